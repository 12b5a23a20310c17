internal import Bytes
internal import Synchronization
internal import Threads
internal import Time

/// A leader's thread beside the one that appends: proves five times a second that the log is still
/// this node's, answers nodes that ask by the log whether it lives, and trims it.
///
/// So a leader that nothing asks for anything learns too that another node has taken over; and
/// answers that rest on no append seldom wait for a proof of their own.
package final class OfficeKeeper: Sendable {
    private let owner: LogOwner
    private let status: ClusterStatus
    private let thread = StoppableThread()
    /// Held while the list of nodes is written.
    private let writing = Mutex<Void>(())
    /// Whether the nodes that earlier leaders knew of are known.
    private let hasLearned = Atomic<Bool>(false)

    private static var proofSeconds: Double { 0.2 }

    package init(_ owner: LogOwner, _ status: ClusterStatus) {
        self.owner = owner
        self.status = status
    }

    /// - Parameters:
    ///   - makeEngine: makes this thread's own way to the log.
    ///   - report: gets why the log could not be trimmed.
    ///   - onNotice: gets what is wrong with the other nodes, once each.
    ///   - onLevel: gets five times a second the format level that all nodes know, once it is known
    ///     which nodes there are.
    ///   - onDeposed: called once, where another node has taken over that was not asked to.
    /// - Throws: `ThreadFailure`.
    package func start<Engine: ReplicatedLog & ReplicatedValues & ~Copyable>(
        _ makeEngine: @escaping @Sendable () -> Engine,
        report: @escaping @Sendable (String) -> Void,
        onNotice: @escaping @Sendable (String) -> Void = { _ in },
        onLevel: @escaping @Sendable (UInt16) -> Void = { _ in },
        onDeposed: @escaping @Sendable (LogOwner?) -> Void
    ) throws {
        try thread.start(name: "office") { [self] in
            var engine = makeEngine()
            keep(
                &engine, report: report, onNotice: onNotice, onLevel: onLevel,
                onDeposed: onDeposed
            ) {
                Waiting(seconds: $0).pass()
            }
        }
    }

    /// What the thread does, until it is stopped or this node is deposed.
    /// - Parameter pass: lets seconds pass.
    package func keep<Engine: ReplicatedLog & ReplicatedValues & ~Copyable>(
        _ engine: inout Engine, report: (String) -> Void, onNotice: (String) -> Void = { _ in },
        onLevel: (UInt16) -> Void = { _ in }, onDeposed: (LogOwner?) -> Void, pass: (Double) -> Void
    ) {
        learnMembers(&engine, pass)
        var trimmedAt = status.clock.monotonicNanoseconds()
        var answeredAt: UInt64 = 0
        var hasToldOfTooFew = false
        while !thread.isStopping {
            let now = status.clock.monotonicNanoseconds()
            let asked = status.clock.elapsedNanoseconds()
            do throws(ReplicatedLogError) {
                let found = try engine.owner()
                guard found == owner else {
                    // One that it hands over to is waited for, and the hand-over may end
                    // otherwise: then it has lost the log all the same.
                    if status.succession.isBegun {
                        pass(Self.proofSeconds)
                        continue
                    }
                    return onDeposed(found)
                }
                status.prove(at: asked)
                if now - answeredAt >= LeaderKnock.lookNanoseconds {
                    answeredAt = now
                    try LeaderKnock.answer(&engine)
                }
                for notice in status.takeNotices() { onNotice(notice) }
                if hasLearned.load(ordering: .relaxed) { onLevel(status.commonLevel) }
                // Whether there is room is known before the first trim.
                if status.engineBytes == 0 { status.engineBytes = try engine.storedBytes() }
                if now - trimmedAt >= status.trimming.nanoseconds {
                    trimmedAt = now
                    // Where another node owns the log, the next proof finds it.
                    guard try keepMembers(&engine) else { continue }
                    try trim(&engine, &hasToldOfTooFew, report)
                    if !status.hasEngineRoom { try reclaim(&engine) }
                    status.engineBytes = try engine.storedBytes()
                }
            } catch {
                status.countUnknown()
                if case .unknown = error {} else { report("\(error)") }
            }
            pass(Self.proofSeconds)
        }
    }

    package func stop() { thread.stop {} }

    /// - Parameter hasTold: whether it was reported that too few nodes are known; once is enough.
    private func trim<Engine: ReplicatedLog & ~Copyable>(
        _ engine: inout Engine, _ hasTold: inout Bool, _ report: (String) -> Void
    ) throws(ReplicatedLogError) {
        let kept = status.trimming.keptBytes
        var point = status.trimPoint(keeping: kept)
        if point == nil { point = try trimPoint(&engine, keeping: kept) }
        if let first = point {
            do throws(ReplicatedLogError) {
                try engine.trim(below: first)
            } catch {
                // A call that was lost is made again, with the next trim.
                if case .refused = error { status.noteTrim(below: first) }
                throw error
            }
            return status.noteTrim(below: first)
        }
        guard !hasTold, let known = status.nodesTooFewToTrim(keeping: kept) else { return }
        hasTold = true
        report(
            "\(known) of \(status.expectedNodes) nodes are known, and a majority of all must have "
                + "what leaves etcd; start the others, or set cluster_nodes where there are fewer")
    }

    /// Batches that are listed for one trim, at most: what is left goes with later ones.
    private static var listedBatches: Int { 8_192 }

    /// Where the log may be trimmed by what the engine lists: for a store without room whose
    /// batches this process has never seen. Nothing more is appended then, and so nothing marked.
    ///
    /// The bytes of a batch are not known: of the mean one, so many stay.
    private func trimPoint<Engine: ReplicatedLog & ~Copyable>(
        _ engine: inout Engine, keeping bytes: Int
    ) throws(ReplicatedLogError) -> UInt64? {
        guard !status.hasEngineRoom else { return nil }
        var found: [UInt64] = []
        var hasMore = true
        while hasMore, found.count < Self.listedBatches {
            let next = found.last.map { $0 + 1 } ?? 0
            hasMore = try engine.listBatches(from: next) { found.append($0) }
        }
        guard !found.isEmpty else { return nil }
        let mean = max(status.engineBytes / UInt64(found.count), 1)
        let kept = min((UInt64(bytes) + mean - 1) / mean, UInt64(found.count))
        let durable = status.majorityPosition
        let place = found.dropLast(Int(kept)).lastIndex { $0 <= durable }
        // Below the first one there is nothing.
        return place.flatMap { $0 > 0 ? found[$0] : nil }
    }

    /// Has what was trimmed leave the store now. Else it leaves with the next trim, which comes
    /// behind an append: and where there is no room, nothing is appended.
    func reclaim<Engine: ReplicatedLog & ReplicatedValues & ~Copyable>(
        _ engine: inout Engine
    ) throws(ReplicatedLogError) {
        let revision = try writing.withLock { _ throws(ReplicatedLogError) in
            try MemberList.renew(as: owner, &engine)
        }
        guard let revision else { return }
        try engine.compact(to: revision, waits: false)
    }

    // MARK: Members

    private func learnMembers<Engine: ReplicatedLog & ~Copyable>(
        _ engine: inout Engine, _ pass: (Double) -> Void
    ) {
        while !thread.isStopping {
            do throws(ReplicatedLogError) {
                let names = try MemberList.read(&engine)
                // What the leader before told last may be older than what it forgot.
                let members = status.members
                for member in members
                where !names.isEmpty && !names.contains(member.node)
                    && member.silentMilliseconds >= Self.forgettableMilliseconds
                {
                    status.forget(member.node)
                }
                let known = Set(members.map(\.node))
                for name in names where !known.contains(name) {
                    // It is behind everything until it says where it is.
                    status.note(ClusterMember(node: name, position: 0, clockOffset: 0))
                }
                return hasLearned.store(true, ordering: .releasing)
            } catch {
                pass(Self.proofSeconds)
            }
        }
    }

    /// - Returns: false where another node owns the log.
    private func keepMembers<Engine: ReplicatedLog & ReplicatedValues & ~Copyable>(
        _ engine: inout Engine
    ) throws(ReplicatedLogError) -> Bool {
        // Between a look at who is known and the change nobody is forgotten.
        try writing.withLock { _ throws(ReplicatedLogError) in
            try MemberList.write(status.members.map(\.node), as: owner, &engine)
        }
    }

    /// What came of a wish to forget a node.
    package enum Forgetting: Equatable, Sendable {
        case done
        /// Nobody knows it.
        case unknown
        /// It was heard so many milliseconds ago, or is this node.
        case isHeard(UInt32)
        /// Another node owns the log.
        case deposed
        /// This office has just begun: which nodes there are is not known yet.
        case tooEarly
    }

    /// A node that is silent for so long may be forgotten.
    package static var forgettableMilliseconds: UInt32 { 10_000 }

    /// Has a node that will not come back count no more: the log is trimmed without it. One that
    /// comes back all the same counts again from its first word on.
    /// - Parameter engine: of the calling thread.
    package func forget<Engine: ReplicatedLog & ReplicatedValues & ~Copyable>(
        _ node: String, _ engine: inout Engine
    ) throws(ReplicatedLogError) -> Forgetting {
        guard hasLearned.load(ordering: .acquiring) else { return .tooEarly }
        guard let member = status.members.first(where: { $0.node == node }) else {
            return .unknown
        }
        guard member.silentMilliseconds >= Self.forgettableMilliseconds else {
            return .isHeard(member.silentMilliseconds)
        }
        return try writing.withLock { _ throws(ReplicatedLogError) in
            let names = status.members.map(\.node).filter { $0 != node }
            guard try MemberList.write(names, as: owner, &engine) else { return .deposed }
            status.forget(node)
            return .done
        }
    }
}
