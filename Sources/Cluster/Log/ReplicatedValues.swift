/// Values beside a ``ReplicatedLog`` that its owner alone changes, and every node reads. Every call
/// is linearizable.
package protocol ReplicatedValues: ~Copyable {
    /// Changes values: all of them or none, and only if `me` owns the log.
    ///
    /// After ``ReplicatedLogError/unknown(_:)`` the change was made, or will be, or will never be:
    /// the same call says which. A copy of it that arrives later changes nothing, because the turn
    /// has gone on; without the turn, a removed value would come back with a late copy of its put.
    /// - Parameters:
    ///   - changes: up to ``EtcdLimits/changes``; nil removes a key.
    ///   - turn: goes on with this change; each of its values is used once.
    ///   - me: nil where the log must have no owner yet.
    mutating func change(
        _ changes: [(key: String, value: [UInt8]?)], turn: ValueTurn, as me: LogOwner?
    ) throws(ReplicatedLogError) -> ChangeOutcome

    mutating func get(_ key: String) throws(ReplicatedLogError) -> [UInt8]?

    /// Lends keys that begin so, in order, as many as fit an answer.
    /// - Parameters:
    ///   - key: begins behind this one; nil for the first.
    ///   - withValues: else each value is empty.
    /// - Returns: whether there are more.
    mutating func list(
        _ prefix: String, after key: String?, withValues: Bool,
        _ body: (_ key: String, _ value: RawSpan) -> Void
    ) throws(ReplicatedLogError) -> Bool

    /// Forgets values that were replaced or removed before a change.
    /// - Parameters:
    ///   - revision: of a change that removed nothing: a member that stops in the middle of a
    ///     compaction to a removal may come back with another history (etcd issue 17780).
    ///   - waits: until the member that is asked has done so on its disk. After
    ///     ``ReplicatedLogError/unknown(_:)`` that is not known of this revision any more: only a
    ///     later one's compaction is waited for.
    mutating func compact(to revision: Int64, waits: Bool) throws(ReplicatedLogError)
}

/// What orders changes of values: one key whose value each of them replaces.
package struct ValueTurn: Equatable, Sendable {
    package let key: String
    /// Nil where the key does not exist.
    package let from: [UInt8]?
    package let to: [UInt8]

    package init(key: String, from: [UInt8]?, to: [UInt8]) {
        self.key = key
        self.from = from
        self.to = to
    }
}

/// What became of a change.
package enum ChangeOutcome: Equatable, Sendable {
    /// It was made, this time or by an earlier try, at a revision of the engine's store.
    case made(revision: Int64)
    /// It was not made and never will be: somebody else owns the log.
    case fenced(by: LogOwner?)
    /// It was not made and never will be: the turn is another one.
    case overtaken
}
