import Bytes
import Cluster
import ClusterTesting

/// One thread's way to the engine, in virtual time: a call travels, is carried out, lost or late as
/// the ``SeededEngine`` draws it, and its answer travels back; the node may be cut off, stand still
/// or end meanwhile.
struct TimedLog: ReplicatedLog, ReplicatedValues {
    private let cluster: SimulatedCluster
    private let node: SimulatedNode
    private let process: ProcessLife
    private let thread: VirtualThread
    private var log: SeededLog
    /// Of an append whose outcome is not known.
    private var unknownFirst: UInt64?

    /// A call is given up after so long.
    private static var timeoutNanoseconds: UInt64 { 500_000_000 }

    init(
        _ cluster: SimulatedCluster, _ node: SimulatedNode, _ process: ProcessLife,
        _ thread: VirtualThread
    ) {
        self.cluster = cluster
        self.node = node
        self.process = process
        self.thread = thread
        log = SeededLog(cluster.engine)
    }

    private mutating func call<Result>(
        _ body: (inout SeededLog) throws(ReplicatedLogError) -> Result
    ) throws(ReplicatedLogError) -> Result {
        let end = cluster.world.now + Self.timeoutNanoseconds
        try travel(until: end)
        let result: Result
        do throws(ReplicatedLogError) {
            result = try body(&log)
        } catch {
            cluster.noteOwner()
            if case .unknown = error {
                // The connection breaks, or nothing comes.
                thread.wait(
                    until: cluster.random.oneIn(3) ? end : cluster.world.now + 2_000_000)
                try requireLife()
            }
            throw error
        }
        cluster.noteOwner()
        try travel(until: end)
        // Who stood still meanwhile looks at the time first, or at what has come.
        if cluster.world.now > end, cluster.random.oneIn(2) { throw .unknown("no answer in time") }
        return result
    }

    private func travel(until end: UInt64) throws(ReplicatedLogError) {
        let random = cluster.random
        let usual = UInt64(100 + random.below(900)) * 1_000
        let isSlow = random.oneIn(cluster.slowCallOneIn)
        thread.wait(until: cluster.world.now + (isSlow ? usual * 250 : usual))
        try requireLife()
        guard cluster.isEngineAway || node.isCutFromEngine else { return }
        thread.wait(until: max(end, cluster.world.now))
        try requireLife()
        throw .unknown("no member of the engine answers")
    }

    private func requireLife() throws(ReplicatedLogError) {
        if process.hasEnded { throw .refused(NodeProcess.endedText) }
    }

    // MARK: Calls

    mutating func owner() throws(ReplicatedLogError) -> LogOwner? {
        try call { log throws(ReplicatedLogError) in try log.owner() }
    }

    mutating func claim(
        _ me: LogOwner, after seen: LogOwner?
    ) throws(ReplicatedLogError) -> Bool {
        try call { log throws(ReplicatedLogError) in try log.claim(me, after: seen) }
    }

    mutating func begin(
        _ beginning: LogBeginning, as me: LogOwner
    ) throws(ReplicatedLogError) -> Bool {
        try call { log throws(ReplicatedLogError) in try log.begin(beginning, as: me) }
    }

    mutating func beginning() throws(ReplicatedLogError) -> LogBeginning? {
        try call { log throws(ReplicatedLogError) in try log.beginning() }
    }

    mutating func storedBytes() throws(ReplicatedLogError) -> UInt64 {
        try call { log throws(ReplicatedLogError) in try log.storedBytes() }
    }

    mutating func append(
        _ batch: RawSpan, first: UInt64, as me: LogOwner
    ) throws(ReplicatedLogError) -> AppendOutcome {
        let isOther = cluster.flaw == .retryWithOtherBytes && unknownFirst == first
        let bytes = isOther ? Reseal.bytes(of: batch, later: 1) : batch.array
        unknownFirst = first
        let outcome = try call { log throws(ReplicatedLogError) in
            try log.append(bytes: bytes, first: first, as: me)
        }
        unknownFirst = nil
        return outcome
    }

    mutating func read(
        from first: UInt64, _ body: (_ first: UInt64, _ batch: RawSpan) -> Void
    ) throws(ReplicatedLogError) -> LogEnd {
        let (cluster, process) = (cluster, process)
        return try call { log throws(ReplicatedLogError) in
            try log.read(from: first) { first, batch in
                guard cluster.altersBatch() else { return body(first, batch) }
                process.hasReadAltered = true
                Reseal.altered(batch).withBytes { body(first, $0) }
            }
        }
    }

    mutating func listBatches(
        from record: UInt64, _ body: (_ first: UInt64) -> Void
    ) throws(ReplicatedLogError) -> Bool {
        try call { log throws(ReplicatedLogError) in try log.listBatches(from: record, body) }
    }

    mutating func trim(below first: UInt64) throws(ReplicatedLogError) {
        try call { log throws(ReplicatedLogError) in try log.trim(below: first) }
    }

    mutating func put(_ key: String, _ value: RawSpan) throws(ReplicatedLogError) {
        try call { log throws(ReplicatedLogError) in try log.put(key, value) }
    }

    mutating func get(_ key: String) throws(ReplicatedLogError) -> [UInt8]? {
        try call { log throws(ReplicatedLogError) in try log.get(key) }
    }

    mutating func delete(_ key: String) throws(ReplicatedLogError) {
        try call { log throws(ReplicatedLogError) in try log.delete(key) }
    }

    mutating func change(
        _ changes: [(key: String, value: [UInt8]?)], turn: ValueTurn, as me: LogOwner?
    ) throws(ReplicatedLogError) -> ChangeOutcome {
        try call { log throws(ReplicatedLogError) in
            try log.change(changes, turn: turn, as: me)
        }
    }

    mutating func list(
        _ prefix: String, after key: String?, withValues: Bool,
        _ body: (_ key: String, _ value: RawSpan) -> Void
    ) throws(ReplicatedLogError) -> Bool {
        try call { log throws(ReplicatedLogError) in
            try log.list(prefix, after: key, withValues: withValues, body)
        }
    }

    mutating func compact(to revision: Int64, waits: Bool) throws(ReplicatedLogError) {
        try call { log throws(ReplicatedLogError) in
            try log.compact(to: revision, waits: waits)
        }
    }
}
