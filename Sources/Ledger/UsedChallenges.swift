internal import Time

/// The challenges that entries were let in with, until they expire: each is good for one entry.
///
/// Two tables, by the span of ``LedgerLimits/challengeMilliseconds`` since 1970 that a challenge
/// expires in. One that expires later than a span from now is refused, so a challenge that is good
/// expires in the current span or in the next; when a further span begins, the older table is
/// released. When it is released changes no outcome: what it holds has expired. Nor does the limit
/// depend on it: it is of the challenges that expire in one span.
struct UsedChallenges: ~Copyable {
    /// Of challenges that expire during the span `span`, and during the one behind it.
    private(set) var current: ParticipantTable
    private(set) var next: ParticipantTable
    /// A table that is no longer read, released part by part: all at once would be a pause.
    private var retired = ParticipantTable()
    /// Number of the current span since 1970.
    private(set) var span: Int64 = .min
    private let memoryLimitBytes: Int
    /// Challenges that expire in one span.
    private let limit: Int

    init(memoryLimitBytes: Int, limit: Int = LedgerLimits.challengesOfSpan) {
        self.memoryLimitBytes = memoryLimitBytes
        self.limit = limit
        current = ParticipantTable(memoryLimitBytes: memoryLimitBytes)
        next = ParticipantTable(memoryLimitBytes: memoryLimitBytes)
    }

    var memoryBytes: Int { current.memoryBytes + next.memoryBytes + retired.memoryBytes }

    /// Why an entry is not let in with this challenge; `nil` where it is.
    func refusal(of challenge: SolvedChallenge, at time: Timestamp) -> EntryOutcome? {
        guard challenge.state == .solved, time < challenge.end,
            challenge.end <= time.advanced(byMilliseconds: LedgerLimits.challengeMilliseconds)
        else { return .refused(.challengeFailed) }
        // Wrapping: before the first of all, and in a damaged snapshot, the span is any number.
        switch Self.span(of: challenge.end) &- span {
        case 0: return refusal(of: challenge, current)
        case 1: return refusal(of: challenge, next)
        // No challenge of that span was used yet.
        default: return nil
        }
    }

    private func refusal(
        of challenge: SolvedChallenge, _ table: borrowing ParticipantTable
    ) -> EntryOutcome? {
        if table.find(challenge.mark) != nil { return .refused(.challengeFailed) }
        return table.count < limit ? nil : .full(.challenges)
    }

    /// Makes room for this challenge.
    /// - Precondition: it was not refused at the same time.
    /// - Returns: `false` if there is no memory for it.
    mutating func reserve(for challenge: SolvedChallenge, at time: Timestamp) -> Bool {
        turn(to: time)
        return Self.span(of: challenge.end) == span
            ? current.reserve(for: challenge.mark) : next.reserve(for: challenge.mark)
    }

    /// - Precondition: it was reserved for at the same time.
    mutating func put(_ challenge: SolvedChallenge, _ firstEntry: ParticipantTable.FirstEntry) {
        retired.drain()
        if Self.span(of: challenge.end) == span {
            current.insert(challenge.mark, firstEntry)
        } else {
            next.insert(challenge.mark, firstEntry)
        }
    }

    /// Releases a part of the memory of challenges that have expired, where none is put: no outcome
    /// changes.
    mutating func release(at time: Timestamp) {
        turn(to: time)
        for _ in 0..<Self.partsReleased { retired.drain() }
    }

    /// Some milliseconds' work at most.
    private static var partsReleased: Int { 16 }

    private static func span(of time: Timestamp) -> Int64 {
        time.milliseconds / LedgerLimits.challengeMilliseconds
    }

    private mutating func turn(to time: Timestamp) {
        let now = Self.span(of: time)
        guard now > span else { return }
        var elder = ParticipantTable(memoryLimitBytes: memoryLimitBytes)
        swap(&elder, &next)
        swap(&elder, &current)
        if now - 1 != span { current = ParticipantTable(memoryLimitBytes: memoryLimitBytes) }
        retired = elder
        span = now
    }

    // MARK: Snapshots

    /// Writes what is read; a table without challenges, as most are, is left out.
    func encode(into writer: inout SnapshotWriter) throws {
        writer.append(span)
        writer.append(UInt8(current.count > 0 ? 1 : 0))
        if current.count > 0 { try current.encode(into: &writer) }
        writer.append(UInt8(next.count > 0 ? 1 : 0))
        if next.count > 0 { try next.encode(into: &writer) }
    }

    init(from reader: inout SnapshotReader, memoryLimitBytes: Int) throws {
        self.init(memoryLimitBytes: memoryLimitBytes)
        span = try reader.read()
        if try reader.read(UInt8.self) != 0 {
            current = try ParticipantTable(from: &reader, memoryLimitBytes: memoryLimitBytes)
        }
        if try reader.read(UInt8.self) != 0 {
            next = try ParticipantTable(from: &reader, memoryLimitBytes: memoryLimitBytes)
        }
    }
}
