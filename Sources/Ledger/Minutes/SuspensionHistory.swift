package import Availability
internal import Contract
package import Time

/// When operations were suspended while they were open by their dates, by client: what C9 reckons
/// with. The last 400 days are kept, the log has all of them.
package struct SuspensionHistory: Equatable, Sendable {
    /// By the operation's index, what suspends it now.
    private var current: [UInt32: Current] = [:]
    /// By client, what is over.
    private var ended: [String: Ended] = [:]

    fileprivate struct Current: Equatable, Codable, Sendable {
        let operation: UInt32
        let client: String
        let since: Timestamp
        /// The operation's dates.
        let opens: Timestamp?
        let closes: Timestamp?
        let isOperatorsFaultAlone: Bool

        /// The part in which the operation was open by its dates.
        func interval(until end: Timestamp) -> Range<Timestamp> {
            let start = max(since, opens ?? since)
            return start..<max(start, min(end, closes ?? end))
        }

        func continues(_ other: Current) -> Bool {
            client == other.client && opens == other.opens && closes == other.closes
                && isOperatorsFaultAlone == other.isOperatorsFaultAlone
        }
    }

    private struct Ended: Equatable, Sendable {
        /// By the operator's own fault alone (B 3.7).
        var faults = RangeSet<Timestamp>()
        var others = RangeSet<Timestamp>()
    }

    /// Periods of one client and one kind that are kept; of more, the oldest are forgotten.
    static var maximumPeriods: Int { 4_096 }
    static var keptMilliseconds: Int64 { MinuteHistory.maximumMinutes * 60_000 }

    package init() {}

    // MARK: Reading

    /// The suspensions of a client's operations.
    /// - Parameter now: the end of those that hold.
    package func periods(
        of client: String, until now: Timestamp
    ) -> [ServiceFacts.SuspensionPeriod] {
        var all: [ServiceFacts.SuspensionPeriod] = []
        func add(_ interval: Range<Timestamp>, isFault: Bool) {
            all.append(
                ServiceFacts.SuspensionPeriod(
                    starts: interval.lowerBound, ends: interval.upperBound,
                    isOperatorsFaultAlone: isFault))
        }
        let over = ended[client] ?? Ended()
        for interval in over.faults.ranges { add(interval, isFault: true) }
        for interval in over.others.ranges { add(interval, isFault: false) }
        for (_, open) in current.sorted(by: { $0.key < $1.key }) where open.client == client {
            add(open.interval(until: now), isFault: open.isOperatorsFaultAlone)
        }
        return all
    }

    // MARK: Recording

    /// Follows the operation at this index.
    mutating func update(_ operation: Catalogue.Operation, _ index: UInt32, at time: Timestamp) {
        let new = operation.state == .suspended ? Current(operation, index, at: time) : nil
        let old = current[index]
        switch (old, new) {
        case (nil, nil): return
        case (let old?, let new?) where new.continues(old): return
        default: break
        }
        if let old { end(old, at: time) }
        current[index] = new
    }

    private mutating func end(_ period: Current, at time: Timestamp) {
        let interval = period.interval(until: time)
        if interval.isEmpty { return }
        var ended = self.ended[period.client] ?? Ended()
        if period.isOperatorsFaultAlone {
            Self.add(interval, to: &ended.faults, at: time)
        } else {
            Self.add(interval, to: &ended.others, at: time)
        }
        self.ended[period.client] = ended
    }

    private static func add(
        _ interval: Range<Timestamp>, to periods: inout RangeSet<Timestamp>, at time: Timestamp
    ) {
        periods.insert(contentsOf: interval)
        let oldest = time.advanced(byMilliseconds: -keptMilliseconds)
        periods.remove(contentsOf: Timestamp(milliseconds: .min)..<oldest)
        if periods.ranges.count > maximumPeriods, let first = periods.ranges.first {
            periods.remove(contentsOf: first)
        }
    }

    // MARK: Storage

    /// Makes the storage this history's alone.
    mutating func detachStorage() {
        current.reserveCapacity(current.count + 1)
        ended.reserveCapacity(ended.count + 1)
    }
}

extension SuspensionHistory.Current {
    fileprivate init(_ operation: Catalogue.Operation, _ index: UInt32, at time: Timestamp) {
        // The ladder's is no fault of the operator's alone: somebody brought the traffic.
        let isFault = operation.suspensions.allSatisfy { $0.order?.basis.fault == .operator }
        self.init(
            operation: index, client: operation.client, since: time,
            opens: operation.settings.opens, closes: operation.settings.closes,
            isOperatorsFaultAlone: isFault)
    }
}

// MARK: JSON

/// In JSON two lists, since a dictionary has no order: `current` by operation, `ended` by client,
/// whose periods are start and end in turn.
extension SuspensionHistory: Codable {
    private enum Member: String, CodingKey {
        case current, ended
    }

    private struct EndedOfClient: Codable {
        var client: String
        var faults: [Timestamp]
        var others: [Timestamp]
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        for period in try members.decode([Current].self, forKey: .current) {
            current[period.operation] = period
        }
        for row in try members.decode([EndedOfClient].self, forKey: .ended) {
            guard let faults = RangeSet(bounds: row.faults),
                let others = RangeSet(bounds: row.others)
            else {
                throw DecodingError.dataCorruptedError(
                    forKey: .ended, in: members, debugDescription: "Must be periods in order.")
            }
            ended[row.client] = Ended(faults: faults, others: others)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(current.values.sorted { $0.operation < $1.operation }, forKey: .current)
        let rows = ended.sorted { $0.key < $1.key }.map { client, periods in
            EndedOfClient(
                client: client, faults: periods.faults.bounds, others: periods.others.bounds)
        }
        try members.encode(rows, forKey: .ended)
    }
}

extension RangeSet<Timestamp> {
    /// - Returns: `nil` for bounds that are no periods in order.
    fileprivate init?(bounds: [Timestamp]) {
        let isAscending = zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
        guard isAscending, bounds.count.isMultiple(of: 2) else { return nil }
        self.init(
            stride(from: 0, to: bounds.count, by: 2).map { bounds[$0]..<bounds[$0 + 1] })
    }

    fileprivate var bounds: [Timestamp] { ranges.flatMap { [$0.lowerBound, $0.upperBound] } }
}
