internal import Availability
internal import Bytes
internal import Cryptography
internal import Time

/// Maintenance, or an announced change, as an event of a calendar file.
///
/// What was cancelled, withdrawn or ended early stays until the time that it was planned for is
/// over: a calendar program that has it already would keep it as it was.
struct PlannedEvent: Equatable {
    enum Subject: Equatable {
        case maintenance(MaintenanceKind)
        case change(degrades: Bool)
    }

    let subject: Subject
    /// The same each time, and no other gateway's (RFC 5545, 3.8.4.7).
    let uid: String
    /// What its readers may know of it.
    let note: String?
    let starts: Timestamp
    /// Nil: it is a moment.
    let ends: Timestamp?
    let isEndKnown: Bool
    let isCancelled: Bool
    /// When what is said of it became so (RFC 5545, 3.8.7.2 and 3.8.7.3).
    let changedAt: Timestamp
    /// Grows with each change (RFC 5545, 3.8.7.4): seconds from the announcement on.
    let sequence: Int64

    /// Of a maintenance that does not know its end: whole hours, one at least, and longer while it
    /// goes on.
    private static var hourMilliseconds: Int64 { 3_600_000 }

    /// - Returns: nil where it is over.
    init?(_ maintenance: Maintenance, note: String?, from start: Timestamp, at now: Timestamp) {
        let state = maintenance.state(at: now)
        if state == .ended, maintenance.stoppedAt == nil { return nil }
        let until = max(maintenance.starts, min(now, maintenance.stoppedAt ?? now))
        let hour = until.milliseconds / Self.hourMilliseconds * Self.hourMilliseconds
        let open = Timestamp(milliseconds: hour + 2 * Self.hourMilliseconds)
        let planned = maintenance.ends ?? open
        let isOver = state == .ended || state == .cancelled
        guard planned > (isOver ? max(start, now) : start) else { return nil }
        subject = .maintenance(maintenance.kind)
        starts = maintenance.starts
        ends = state == .ended ? maintenance.stoppedAt : planned
        isEndKnown = maintenance.ends != nil || isOver
        isCancelled = state == .cancelled
        let changes = [maintenance.extendedAt, maintenance.stoppedAt].compactMap(\.self)
        // Without an end it is another event from hour to hour.
        let isLonger = !isEndKnown && hour > maintenance.starts.milliseconds
        let grown = isLonger ? [Timestamp(milliseconds: hour)] : []
        changedAt = (changes + grown).reduce(maintenance.announcedAt, max)
        sequence = Self.sequence(from: maintenance.announcedAt, to: changedAt)
        self.note = note
        uid = Self.uid(
            "maintenance", maintenance.number, maintenance.announcedAt, maintenance.starts)
    }

    /// - Returns: nil where it has taken effect.
    init?(_ change: ServiceChange, note: String?, from start: Timestamp, at now: Timestamp) {
        let isWithdrawn = change.withdrawnAt != nil
        guard change.takesEffectAt >= (isWithdrawn ? max(start, now) : start) else { return nil }
        subject = .change(degrades: change.degrades)
        starts = change.takesEffectAt
        ends = nil
        isEndKnown = true
        isCancelled = isWithdrawn
        changedAt = change.withdrawnAt ?? change.announcedAt
        sequence = Self.sequence(from: change.announcedAt, to: changedAt)
        self.note = note
        uid = Self.uid("change", change.number, change.announcedAt, change.takesEffectAt)
    }

    private static func sequence(from announced: Timestamp, to changed: Timestamp) -> Int64 {
        (max(changed.milliseconds - announced.milliseconds, 0) + 999) / 1_000
    }

    /// A number is each gateway's; the moments at which it was announced and begins are not.
    /// Hashed: the announcement's is nobody's to read.
    private static func uid(
        _ kind: String, _ number: UInt32, _ announced: Timestamp, _ starts: Timestamp
    ) -> String {
        let text = "\(kind) \(number) \(announced.milliseconds) \(starts.milliseconds)"
        let digest = text.withBytes { bytes in
            var hash = SHA256()
            return String(hash.digest(bytes).hexadecimal.prefix(16))
        }
        return "\(kind)-\(number)-\(digest)"
    }
}

extension PlannedEvent {
    /// Those of maintenance and changes that begin before `end`, the earliest first.
    /// - Parameters:
    ///   - end: nil: all that is announced, which is two years ahead at most for maintenance.
    ///   - isVisible: whether the readers are told of it.
    ///   - note: what they may know of it, by the record.
    static func all(
        of records: ServiceRecords, from start: Timestamp, to end: Timestamp? = nil,
        at now: Timestamp, isVisible: (any ServiceRecord) -> Bool,
        maintenanceNote: (Maintenance) -> String?, changeNote: (ServiceChange) -> String?
    ) -> [PlannedEvent] {
        let maintenance = records.maintenance.all.filter { isVisible($0) }.compactMap {
            PlannedEvent($0, note: maintenanceNote($0), from: start, at: now)
        }
        let changes = records.changes.all.filter { isVisible($0) }.compactMap {
            PlannedEvent($0, note: changeNote($0), from: start, at: now)
        }
        let all = (maintenance + changes).filter { event in end.map { event.starts < $0 } ?? true }
        return all.sorted { ($0.starts, $0.uid) < ($1.starts, $1.uid) }
    }
}
