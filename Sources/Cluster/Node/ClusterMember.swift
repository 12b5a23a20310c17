/// What is known of a node, as it told its leader last.
package struct ClusterMember: Equatable, Sendable {
    package let node: String
    /// The number of the record that its own journal gets next; 0 where it was never heard.
    package var position: UInt64
    /// Its clock less the leader's, in milliseconds.
    package var clockOffset: Int64

    package init(node: String, position: UInt64, clockOffset: Int64) {
        self.node = node
        self.position = position
        self.clockOffset = clockOffset
    }
}

extension [ClusterMember] {
    /// A clock that is further from the others' must not give a log its times: milliseconds.
    package static var maximumClockOffset: Int64 { 2_000 }

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

    /// How many go before a node when a leader is missing: those whose journals reach further, and
    /// of equal ones those with the lesser names.
    package func rank(of node: String, at position: UInt64, without leader: String) -> Int {
        count { other in
            other.node != node && other.node != leader
                && (other.position > position
                    || other.position == position && other.node < node)
        }
    }

    /// The record that a majority's journals reach: of each node's position the one that so many
    /// have, or more.
    package var majorityPosition: UInt64 {
        let sorted = map(\.position).sorted(by: >)
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
}

extension Int64 {
    /// A clock may say anything.
    func subtractingSaturating(_ other: Int64) -> Int64 {
        let (difference, overflows) = subtractingReportingOverflow(other)
        return overflows ? (self < other ? .min : .max) : difference
    }
}
