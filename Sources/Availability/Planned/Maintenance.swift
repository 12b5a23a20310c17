package import Time

/// One maintenance: announced, extended, ended early or cancelled, each as it was recorded (C13).
///
/// No record makes a maintenance of time that is over: a scheduled one is announced before it
/// begins, an emergency one begins when it is recorded, an extension comes before the end, and what
/// goes on after the end is none.
package struct Maintenance: ServiceRecord, NumberedRecord, Equatable, Codable, Sendable {
    package enum State: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
        case planned, running, ended
        /// Stopped before it began.
        case cancelled
    }

    package let number: UInt32
    package let kind: MaintenanceKind
    /// The client that it is for; `nil`: all clients.
    package let client: String?
    /// The number of the first occurrence, where it recurs.
    package let series: UInt32?
    package let note: String
    package let announcedAt: Timestamp
    package let starts: Timestamp
    /// The planned end; `nil` for an emergency maintenance that does not know it yet.
    package private(set) var ends: Timestamp?
    /// The end that was announced before the maintenance began: what an extension adds later was
    /// not announced.
    package private(set) var announcedEnd: Timestamp?
    /// When the planned end was last put off.
    package private(set) var extendedAt: Timestamp?
    /// When a person ended it before its planned end, or cancelled it.
    package private(set) var stoppedAt: Timestamp?

    /// The longest maintenance, whatever extends it: 31 days.
    package static var maximumMilliseconds: Int64 { 31 * 86_400_000 }

    /// - Throws: ``ServiceRefusal`` where it is not announced beforehand, or has no proper end.
    init(
        number: UInt32, _ order: MaintenanceOrder, starts: Timestamp, series: UInt32?,
        announcedAt: Timestamp
    ) throws(ServiceRefusal) {
        self.number = number
        kind = order.kind
        client = order.client
        self.series = series
        note = order.note
        self.announcedAt = announcedAt
        self.starts = starts
        switch (order.kind, order.durationMilliseconds) {
        case (.scheduled, nil): throw .endMissing
        case (.scheduled, _): guard announcedAt < starts else { throw .notBeforehand }
        case (.emergency, _): guard announcedAt <= starts else { throw .notBeforehand }
        }
        if let duration = order.durationMilliseconds {
            guard duration > 0 else { throw .endBeforeStart }
            guard duration <= Self.maximumMilliseconds else { throw .tooLong }
            ends = starts.advanced(byMilliseconds: duration)
        }
        announcedEnd = ends
    }

    package func state(at time: Timestamp) -> State {
        if let stoppedAt, time >= stoppedAt { return stoppedAt <= starts ? .cancelled : .ended }
        if time < starts { return .planned }
        if let ends, time >= ends { return .ended }
        return .running
    }

    /// When it was over, or will be: a person may have ended it before its planned end. Of one that
    /// was cancelled, the planned end; `nil` where nobody knows it yet.
    package var lastMoment: Timestamp? {
        guard let stoppedAt, stoppedAt > starts else { return ends }
        return ends.map { min($0, stoppedAt) } ?? stoppedAt
    }

    /// Puts the planned end off, or names it where there was none.
    /// - Throws: ``ServiceRefusal`` where it is over, or the new end is not later.
    mutating func extend(until end: Timestamp, at time: Timestamp) throws(ServiceRefusal) {
        let state = state(at: time)
        guard state == .planned || state == .running else { throw .over }
        guard end > starts, end > time, end > ends ?? time else { throw .notLater }
        guard end <= starts.advanced(byMilliseconds: Self.maximumMilliseconds) else {
            throw .tooLong
        }
        ends = end
        extendedAt = time
        if time < starts { announcedEnd = end }
    }

    /// Ends it before its planned end; before its start, cancels it.
    /// - Throws: ``ServiceRefusal`` where it is over.
    mutating func stop(at time: Timestamp) throws(ServiceRefusal) {
        let state = state(at: time)
        guard state == .planned || state == .running else { throw .over }
        stoppedAt = time
    }

    /// The time it takes out of PC, by kind. What an extension adds to a scheduled maintenance that
    /// has begun is emergency maintenance.
    /// - Parameter now: the end of one that goes on and knows no end; none is longer than
    ///   ``maximumMilliseconds``.
    package func periods(until now: Timestamp) -> [MaintenancePeriod] {
        let planned =
            ends
            ?? min(
                max(now, starts), starts.advanced(byMilliseconds: Self.maximumMilliseconds))
        let end = stoppedAt.map { min($0, planned) } ?? planned
        guard end > starts else { return [] }
        guard kind == .scheduled, let announcedEnd, announcedEnd < end else {
            return [MaintenancePeriod(kind: kind, starts: starts, ends: end)]
        }
        return [
            MaintenancePeriod(kind: .scheduled, starts: starts, ends: announcedEnd),
            MaintenancePeriod(kind: .emergency, starts: announcedEnd, ends: end),
        ]
    }

    private enum CodingKeys: String, CodingKey {
        case number, kind, client, series, note, starts, ends
        case announcedAt = "announced_at"
        case announcedEnd = "announced_end"
        case extendedAt = "extended_at"
        case stoppedAt = "stopped_at"
    }
}
