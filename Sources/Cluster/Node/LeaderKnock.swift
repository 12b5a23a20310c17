internal import Bytes

/// How a follower asks by the log whether its leader lives, where it gets no link to it: it puts a
/// value beside the log, and whoever has the office removes it. So one broken way between two nodes
/// deposes nobody, and a process that has no office any more is not waited for.
struct LeaderKnock {
    private var askedAt: UInt64?
    /// Of the owner that was asked.
    private var term: UInt64 = 0

    enum Answer {
        case lives
        case pending
        /// Nothing came in time.
        case missing
    }

    private static var key: String { "knock" }
    /// An owner looks once in so long, and a follower waits some times that.
    static var lookNanoseconds: UInt64 { 500_000_000 }
    private static var patienceNanoseconds: UInt64 { 2_000_000_000 }

    /// Asks, or looks for the answer.
    /// - Parameter now: nanoseconds of the monotonic clock.
    mutating func ask<Engine: ReplicatedLog & ~Copyable>(
        _ owner: LogOwner, _ engine: inout Engine, at now: UInt64
    ) throws(ReplicatedLogError) -> Answer {
        // What was asked long ago, and was not looked for since, says nothing any more.
        guard let askedAt, term == owner.term,
            now - min(askedAt, now) < 2 * Self.patienceNanoseconds
        else {
            var value = ByteBuffer(capacity: 256)
            value.append(owner.text)
            try engine.put(Self.key, value.bytes)
            self.askedAt = now
            term = owner.term
            return .pending
        }
        if try engine.get(Self.key) == nil {
            self.askedAt = nil
            return .lives
        }
        guard now - min(askedAt, now) >= Self.patienceNanoseconds else { return .pending }
        self.askedAt = nil
        return .missing
    }

    /// What the owner does, where it has just proved that it is.
    static func answer<Engine: ReplicatedLog & ~Copyable>(
        _ engine: inout Engine
    ) throws(ReplicatedLogError) {
        if try engine.get(key) != nil { try engine.delete(key) }
    }
}
