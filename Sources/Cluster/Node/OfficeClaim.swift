internal import Log
internal import Time

/// A claim of the log, from the wish for it to the end of the log behind it.
struct OfficeClaim {
    let me: LogOwner
    /// Who owned the log when this node stood.
    let seen: LogOwner?
    /// Why it stands.
    let reason: String

    /// A claim that is not an office yet is proved so often: others see that its node is not cut
    /// off from the engine. Nanoseconds.
    private static let proofNanoseconds: UInt64 = 200_000_000

    /// Takes the log over. The office is proved from here on: a node that reaches the engine no
    /// more is followed by another one as soon as one that has led for long.
    /// - Parameter end: of this node's journal, for a log that nobody has begun.
    /// - Returns: false where another node has won.
    func take<Engine: ReplicatedLog & ~Copyable>(
        _ engine: inout Engine, from end: LogPosition, _ status: ClusterStatus
    ) throws(ReplicatedLogError) -> Bool {
        let asked = status.clock.elapsedNanoseconds()
        let isMine =
            seen == nil
            ? try engine.begin(LogBeginning(end), as: me) : try engine.claim(me, after: seen)
        guard isMine else { return false }
        status.prove(at: asked)
        // The others see it at once, and do not stand.
        status.owner = me
        status.office = me.term
        status.state = .catchingUp
        return true
    }

    /// Whether the claim still stands. The engine is asked where the last proof is old.
    /// - Returns: false where another node owns the log, or this node has given its claim up.
    func stands<Engine: ReplicatedLog & ~Copyable>(
        _ engine: inout Engine, _ status: ClusterStatus
    ) throws(ReplicatedLogError) -> Bool {
        guard status.office == me.term else { return false }
        let asked = status.clock.elapsedNanoseconds()
        guard !status.isProven(at: asked, within: Self.proofNanoseconds) else { return true }
        guard try engine.owner() == me else { return false }
        status.prove(at: asked)
        return true
    }
}
