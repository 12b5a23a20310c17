internal import Time

/// Whether another process lives under this node's name, by what a leader says of that name before
/// it has heard this process. Two of one name would take each other's place at the leader.
///
///     asked ──nobody is heard, or this address was──► own        told from here on
///       └───another address is heard, for a second──► another's  this process is refused
///
/// A process that was killed is heard no more after half a second, so it keeps no new one out.
struct NameCheck {
    private let node: String
    private let address: String
    private let clock: any MachineClock
    /// Since when the leader says that it hears another one; nil while it does not.
    private var since: UInt64?
    /// Whether the name is this process's: it may tell the leader where it is.
    private(set) var isOwn: Bool

    /// A process that was heard so lately lives, or has ended just now.
    private static let livingMilliseconds: UInt32 = 500
    /// Longer than one that has ended just now is still heard.
    private static let doubtNanoseconds: UInt64 = 1_000_000_000

    init(_ status: ClusterStatus) {
        node = status.node
        address = status.address
        clock = status.clock
        // Where it is not reached, nobody tells it from another one.
        isOwn = status.address.isEmpty
    }

    /// The leader says which nodes it hears.
    /// - Returns: where another process of this name is; nil for none, or while that is in doubt.
    mutating func hear(_ members: [ClusterMember]) -> String? {
        guard !isOwn else { return nil }
        guard let other = members.first(where: { $0.node == node }), !other.address.isEmpty,
            other.address != address, other.silentMilliseconds < Self.livingMilliseconds
        else {
            isOwn = true
            return nil
        }
        let now = clock.monotonicNanoseconds()
        let began = since ?? now
        since = began
        return now - began >= Self.doubtNanoseconds ? other.address : nil
    }
}
