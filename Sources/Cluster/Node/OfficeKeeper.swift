internal import Bytes
internal import Synchronization
internal import Threads
internal import Time

/// A leader's thread beside the one that appends: proves five times a second that the log is still
/// this node's, and trims it.
///
/// So a leader that nothing asks for anything learns too that another node has taken over; and
/// answers that rest on no append seldom wait for a proof of their own.
package final class OfficeKeeper: Sendable {
    private let owner: LogOwner
    private let status: ClusterStatus
    private let thread = StoppableThread()

    private static var proofSeconds: Double { 0.2 }
    private static var trimNanoseconds: UInt64 { 5_000_000_000 }
    /// What stays in the log for nodes that were away.
    private static var keptBytes: Int { 64 << 20 }

    package init(_ owner: LogOwner, _ status: ClusterStatus) {
        self.owner = owner
        self.status = status
    }

    /// - Parameters:
    ///   - makeEngine: makes this thread's own way to the log.
    ///   - report: gets why the log could not be trimmed.
    ///   - onDeposed: called once, where another node has taken over.
    /// - Throws: `ThreadFailure`.
    package func start<Engine: ReplicatedLog & ~Copyable>(
        _ makeEngine: @escaping @Sendable () -> Engine,
        report: @escaping @Sendable (String) -> Void,
        onDeposed: @escaping @Sendable (LogOwner?) -> Void
    ) throws {
        try thread.start(name: "office") { [self] in
            var engine = makeEngine()
            learnMembers(&engine)
            var trimmedAt = SystemClock.monotonicNanoseconds()
            while !thread.isStopping {
                let now = SystemClock.monotonicNanoseconds()
                do throws(ReplicatedLogError) {
                    let found = try engine.owner()
                    guard found == owner else { return onDeposed(found) }
                    status.prove(at: now)
                    if now - trimmedAt >= Self.trimNanoseconds {
                        trimmedAt = now
                        try keepMembers(&engine)
                        try trim(&engine)
                        status.engineBytes = try engine.storedBytes()
                    }
                } catch {
                    status.countUnknown()
                    if case .unknown = error {} else { report("\(error)") }
                }
                Waiting(seconds: Self.proofSeconds).pass()
            }
        }
    }

    package func stop() { thread.stop {} }

    private func trim<Engine: ReplicatedLog & ~Copyable>(
        _ engine: inout Engine
    ) throws(ReplicatedLogError) {
        guard let first = status.trimPoint(keeping: Self.keptBytes) else { return }
        try engine.trim(below: first)
    }

    // MARK: Members

    /// Which nodes there are stands beside the log, so that a leader that has not heard of one yet
    /// trims nothing that it lacks.
    private static var membersKey: String { "members" }

    private func learnMembers<Engine: ReplicatedLog & ~Copyable>(_ engine: inout Engine) {
        while !thread.isStopping {
            do throws(ReplicatedLogError) {
                let value = try engine.get(Self.membersKey) ?? []
                let known = Set(status.members.map(\.node))
                for name in String(decoding: value, as: UTF8.self).split(separator: ",")
                where !known.contains(String(name)) {
                    // It is behind everything until it says where it is.
                    status.note(
                        ClusterMember(node: String(name), position: 0, clockOffset: 0))
                }
                return
            } catch {
                Waiting(seconds: Self.proofSeconds).pass()
            }
        }
    }

    private func keepMembers<Engine: ReplicatedLog & ~Copyable>(
        _ engine: inout Engine
    ) throws(ReplicatedLogError) {
        let names = Array(status.members.map(\.node).sorted().joined(separator: ",").utf8)
        guard try engine.get(Self.membersKey) != names else { return }
        // A span of an array's elements, lent for the call.
        unsafe try engine.put(Self.membersKey, names.span.bytes)
    }
}
