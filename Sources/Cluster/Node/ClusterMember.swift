/// What is known of a node, as it told its leader last.
package struct ClusterMember: Equatable, Sendable {
    package let node: String
    /// The number of the record that its own journal gets next; 0 where it was never heard.
    package var position: UInt64
    /// The number behind the last record that is on stable storage in it: ``position`` or less.
    package var durable: UInt64
    /// Its clock less the leader's, in milliseconds.
    package var clockOffset: Int64
    /// For how long the leader has not heard it; ``never`` where it has not at all.
    package var silentMilliseconds: UInt32
    /// The format level that its build knows; 0 where it was never heard.
    package let level: UInt16
    /// Where other nodes reach it; empty where that is not known.
    package let address: String

    package static var never: UInt32 { .max }

    package init(
        node: String, position: UInt64, durable: UInt64? = nil, clockOffset: Int64,
        silentMilliseconds: UInt32 = never, level: UInt16 = 0, address: String = ""
    ) {
        self.node = node
        self.position = position
        self.durable = min(durable ?? position, position)
        self.clockOffset = clockOffset
        self.silentMilliseconds = silentMilliseconds
        self.level = level
        self.address = address
    }
}

extension [ClusterMember] {
    /// A clock that is further from the others' must not give a log its times: milliseconds.
    package static var maximumClockOffset: Int64 { 2_000 }

    /// Whether a clock may give a log its times.
    /// - Parameter error: as ``clockError(of:)`` tells it: anything, for a node may say anything.
    package static func isRight(clockError error: Int64) -> Bool {
        error.magnitude <= maximumClockOffset.magnitude
    }

    /// By how much a node's clock is off the others', in milliseconds: off the median of all that
    /// were heard. 0 where that is less than three, or the node is not among them: of two nobody
    /// knows which is right.
    package func clockError(of node: String) -> Int64 {
        let heard = filter { $0.position > 0 }
        guard heard.count >= 3, let own = heard.first(where: { $0.node == node }) else { return 0 }
        let sorted = heard.map(\.clockOffset).sorted()
        let (low, high) = (sorted[(sorted.count - 1) / 2], sorted[sorted.count / 2])
        return own.clockOffset.subtractingSaturating(low / 2 + high / 2)
    }

    /// A node that was silent for so much longer than another one has ended.
    private static var goneMilliseconds: UInt32 { 5_000 }

    /// How many go before a node when a leader is missing: those whose journals reach further, and
    /// of equal ones those with the lesser names. Nodes that the leader had not heard for long do
    /// not: they do not stand.
    package func rank(of node: String, at position: UInt64, without leader: String) -> Int {
        let others = filter { $0.node != node && $0.node != leader }
        // While nobody leads, nobody is heard.
        let latest = others.map(\.silentMilliseconds).min() ?? 0
        return others.count { other in
            other.silentMilliseconds - latest < Self.goneMilliseconds
                && (other.position > position
                    || other.position == position && other.node < node)
        }
    }

    /// A node that was heard so lately lives.
    private static var livingMilliseconds: UInt32 { 500 }
    /// A successor reads so many records in a moment.
    private static var nearRecords: UInt64 { 10_000 }

    /// The node that is to take over from a leader that ends: heard lately, close to the log's end,
    /// with a clock that is right; of several the one that reaches furthest, then by name.
    /// - Parameter wanted: the only one that will do; nil for any.
    package func successor(
        of leader: String, at position: UInt64, wanted: String? = nil
    ) -> ClusterMember? {
        filter { other in
            other.node != leader && (wanted ?? other.node) == other.node
                && other.silentMilliseconds < Self.livingMilliseconds
                && other.position >= position - Swift.min(position, Self.nearRecords)
                && Self.isRight(clockError: clockError(of: other.node))
        }
        .min { ($1.position, $0.node) < ($0.position, $1.node) }
    }

    /// The record that a majority's journals reach on stable storage: of each node's the one that
    /// so many have, or more.
    /// - Parameter expected: as many nodes there are at least; of those unknown, none has anything.
    package func majorityPosition(of expected: Int) -> UInt64 {
        let sorted = map(\.durable).sorted(by: >)
        let place = Swift.max(sorted.count, expected) / 2
        return place < sorted.count ? sorted[place] : 0
    }
}

extension Int64 {
    /// A clock may say anything.
    func subtractingSaturating(_ other: Int64) -> Int64 {
        let (difference, overflows) = subtractingReportingOverflow(other)
        return overflows ? (self < other ? .min : .max) : difference
    }
}
