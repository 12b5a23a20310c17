internal import Ledger

/// What a leader made of a change that this node was asked for, on its way to whoever asked: told
/// once this node has the records that it rests on, and shows them.
struct FollowedOutcome: Sendable {
    /// So many records this node must have.
    let records: UInt64
    /// What was changed; nil for nothing, or a refusal.
    let change: Change?
    /// Called once, on the projector's thread.
    let finish: @Sendable () -> Void
}

/// Outcomes of changes, in the order in which the leader told them.
typealias FollowedLane = ControlLane<FollowedOutcome>
