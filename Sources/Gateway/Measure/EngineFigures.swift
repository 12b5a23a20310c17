internal import Synchronization

/// What a node that leads has found out of its cluster's engine, for metrics.
final class EngineFigures: Sendable {
    private let voting = Atomic<Int>(-1)
    private let unsynced = Atomic<Int>(-1)

    /// Members that vote; nil where no member has said.
    var votingMembers: Int? {
        get { Self.known(voting.load(ordering: .relaxed)) }
        set { voting.store(newValue ?? -1, ordering: .relaxed) }
    }

    /// Members that did not sync what was written at the last probe; nil before the first one.
    var unsyncedMembers: Int? {
        get { Self.known(unsynced.load(ordering: .relaxed)) }
        set { unsynced.store(newValue ?? -1, ordering: .relaxed) }
    }

    private static func known(_ count: Int) -> Int? { count < 0 ? nil : count }
}
