import Cluster
import ClusterTesting
import Log
import Time

/// One seed's run of three nodes: front ends that post to any of them, an operator, faults of
/// processes, machines, disks, clocks, ways and the engine; then all is healed, and what the log
/// has is held against what was told.
///
///     found ─► faults ─► healed ─► at rest ─► all ended ─► verdict
///
/// Threads are real, and one runs at a time, in virtual time (``VirtualWorld``): so a seed repeats
/// exactly. Real are sequencers, ledgers, logs, followers, office keepers, leaders' stores,
/// forwarders and lanes; what sockets, etcd, disks and vaults do is simulated.
struct ClusterSimulation {
    /// Equal seeds give equal ones.
    struct Run: Equatable {
        var trace: UInt64
        var virtualMilliseconds: UInt64
        var acknowledged: Int
        var occurrences: [String: Int]
    }

    /// A promise that was not kept.
    struct Violation: Error, CustomStringConvertible {
        let seed: UInt64
        let texts: [String]
        /// What happened last before.
        let notes: [String]

        var description: String {
            "seed \(seed): \(texts.joined(separator: "; "))"
        }
    }

    private let seed: UInt64
    private let cluster: SimulatedCluster
    private let operators: ClusterOperator
    private let faults: ClusterFaults
    /// Participants of the first operation before the run, and where the log begins behind them.
    private let before: UInt32
    private let start: LogPosition

    /// In which faults begin.
    private static let faultMilliseconds = 5_000
    private static let restSeconds: UInt64 = 40

    init(seed: UInt64, flaw: ClusterFlaw? = nil) throws {
        self.seed = seed
        cluster = try SimulatedCluster(seed: seed, flaw: flaw)
        // One seed in sixteen crosses a cover, which takes a log with as many participants.
        let hasPrehistory = seed % 16 == 0 && flaw == nil
        before = hasPrehistory ? 49_950 : 0
        if hasPrehistory {
            let prehistory = try Prehistory.shared.get()
            try cluster.begin(with: prehistory)
            start = prehistory.batches.last?.end ?? .beginning
        } else {
            start = .beginning
        }
        operators = try ClusterOperator(cluster, hasGala: hasPrehistory)
        faults = ClusterFaults(cluster)
    }

    /// - Throws: ``Violation``.
    func run() throws -> Run {
        // A process holds its node and the cluster, and has descriptors.
        defer { for node in cluster.nodes { node.releaseProcess() } }
        found()
        cluster.frontEnds.begin()
        faults.plan(in: Self.faultMilliseconds)
        planChanges()
        cluster.world.run(until: cluster.world.now + UInt64(Self.faultMilliseconds) * 1_000_000) {
            !cluster.judge.violations.isEmpty
        }
        proceed("healed", seconds: 20) { faults.isOver && operators.isAtRest }
        try comeToRest()
        return Run(
            trace: cluster.judge.trace.value, virtualMilliseconds: cluster.world.now / 1_000_000,
            acknowledged: cluster.judge.acknowledged.count,
            occurrences: cluster.judge.occurrences)
    }

    private func found() {
        for node in cluster.nodes {
            cluster.world.after(milliseconds: cluster.random.below(300)) { node.start() }
        }
        operators.begin()
        proceed("founded", seconds: 20) { operators.isAtRest }
    }

    /// What keeps a node from leading, for good.
    enum Hindrance: CaseIterable {
        /// The leader is cut off from the engine, and from nothing else.
        case leaderCutOff
        /// The leader ends; the node that claims behind it is cut off before it hears that it has
        /// won, or when it has.
        case claimUnanswered, claimUnproven
        /// The leader ends; the disk of one of the others takes nothing.
        case diskFull
    }

    /// How long nobody decides, where one node cannot.
    struct Gap {
        let milliseconds: UInt64
        /// Whether calls of the engine were lost.
        let isRough: Bool
    }

    /// - Returns: until another node leads; nil where none does.
    func gap(behind hindrance: Hindrance, withinSeconds seconds: UInt64) throws -> Gap? {
        defer { for node in cluster.nodes { node.releaseProcess() } }
        found()
        let (world, began) = (cluster.world, cluster.world.now)
        let hindered = hinder(hindrance)
        let since = hindrance == .leaderCutOff || hindrance == .diskFull ? began : world.now
        let isLed = { [cluster] in
            cluster.nodes.contains { $0 !== hindered && $0.process?.leads == true }
        }
        world.run(until: since + seconds * 1_000_000_000) { isLed() }
        let milliseconds = isLed() ? (world.now - since) / 1_000_000 : nil
        for node in cluster.nodes {
            node.process?.stop(isSilent: false)
            node.goOn()
        }
        world.end()
        if !cluster.judge.violations.isEmpty {
            throw Violation(
                seed: seed, texts: cluster.judge.violations, notes: cluster.judge.notes)
        }
        guard hindered != nil, let milliseconds else { return nil }
        return Gap(milliseconds: milliseconds, isRough: cluster.isRough)
    }

    /// - Returns: the node that cannot lead; nil where there is none.
    private func hinder(_ hindrance: Hindrance) -> SimulatedNode? {
        guard let leader = cluster.leader, let term = leader.process?.status.office else {
            return nil
        }
        switch hindrance {
        case .leaderCutOff:
            leader.isCutFromEngine = true
            return leader
        case .claimUnanswered:
            leader.kill(machine: false)
            return cutOff { node in
                cluster.engine.owner.map { $0.term > term && $0.node == node.name } ?? false
            }
        case .claimUnproven:
            leader.kill(machine: false)
            return cutOff { ($0.process?.status.office ?? 0) > term }
        case .diskFull:
            // The one that would stand first: of equal journals, by its name.
            let first = cluster.nodes.first { $0 !== leader }
            first?.disk.memory.isFull = true
            leader.kill(machine: false)
            return first
        }
    }

    /// Cuts the first node off from the engine of which something holds.
    private func cutOff(_ isReached: (SimulatedNode) -> Bool) -> SimulatedNode? {
        let world = cluster.world
        world.run(until: world.now + 20_000_000_000) { cluster.nodes.contains(where: isReached) }
        let node = cluster.nodes.first(where: isReached)
        node?.isCutFromEngine = true
        return node
    }

    /// Another program uses up the engine's quota for some seconds, in which the leader may end.
    /// Then somebody makes room, and all is held against what was told.
    /// - Returns: from then until an entry was acknowledged; nil where none was.
    func fillEngine(endsLeader: Bool) throws -> Gap? {
        defer { for node in cluster.nodes { node.releaseProcess() } }
        found()
        cluster.frontEnds.begin()
        let (world, engine) = (cluster.world, cluster.engine)
        world.run(until: world.now + 1_000_000_000)
        (engine.quotaBytes, engine.otherBytes) = (1 << 30, 1 << 30)
        world.run(until: world.now + 500_000_000)
        let leader = cluster.leader
        if endsLeader { leader?.kill(machine: false) }
        world.run(until: world.now + 2_000_000_000)
        if !engine.isFull { cluster.judge.violate("nothing was written to a full engine") }
        let (freed, count) = (world.now, cluster.judge.acknowledged.count)
        engine.otherBytes = 0
        engine.disarm()
        world.run(until: freed + 30_000_000_000) { cluster.judge.acknowledged.count > count }
        let isServed = cluster.judge.acknowledged.count > count
        let milliseconds = (world.now - freed) / 1_000_000
        leader?.start()
        try comeToRest()
        return isServed ? Gap(milliseconds: milliseconds, isRough: cluster.isRough) : nil
    }

    private func planChanges() {
        let (world, random) = (cluster.world, cluster.random)
        for act in [operators.revoke, operators.change] {
            world.after(milliseconds: random.below(Self.faultMilliseconds)) { act() }
        }
        let suspension = random.below(Self.faultMilliseconds - 1_000)
        world.after(milliseconds: suspension) { operators.suspend() }
        world.after(milliseconds: suspension + 700) { operators.resume() }
    }

    /// Lets time go on until something holds.
    private func proceed(_ what: String, seconds: UInt64, _ isReached: () -> Bool) {
        guard cluster.judge.violations.isEmpty else { return }
        cluster.world.run(until: cluster.world.now + seconds * 1_000_000_000) {
            isReached() || !cluster.judge.violations.isEmpty
        }
        if cluster.judge.violations.isEmpty, !isReached() {
            cluster.judge.violate("not \(what) after \(seconds) s: \(state)")
        }
    }

    private var state: String {
        cluster.nodes.map { node in
            let status = node.process?.status
            return "\(node.name) \(status?.state.name ?? "-") \(status?.position ?? 0)"
        }
        .joined(separator: ", ")
            + "; front ends \(cluster.frontEnds.isAtRest), operator \(operators.isAtRest)"
    }

    /// Whether one node leads, the others follow, and all have the same.
    private var isLevel: Bool {
        let statuses = cluster.nodes.compactMap { $0.process?.status }
        return statuses.count == 3 && statuses.allSatisfy { $0.position == logEnd }
            && statuses.count { $0.state == .leading } == 1
            && statuses.count { $0.state == .following } == 2
    }

    /// The number behind the last record that the engine has.
    private var logEnd: UInt64 {
        guard let last = cluster.engine.history.last else { return start.nextSequence }
        let count = last.batch[16..<20].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        return last.first + count
    }

    // MARK: The end

    /// What was sent is answered, and all members are level, before they are compared.
    /// - Throws: ``Violation``.
    private func comeToRest() throws {
        cluster.engine.settle()
        cluster.noteOwner()
        cluster.frontEnds.stop()
        proceed("at rest", seconds: Self.restSeconds) { cluster.frontEnds.isAtRest && isLevel }
        try finish()
        if !cluster.judge.violations.isEmpty {
            throw Violation(
                seed: seed, texts: cluster.judge.violations, notes: cluster.judge.notes)
        }
    }

    private func finish() throws {
        let judge = cluster.judge
        let isWhole = judge.violations.isEmpty
        for node in cluster.nodes {
            node.process?.stop(isSilent: false)
            node.goOn()
        }
        cluster.world.end()
        let verdict = ClusterVerdict(cluster.engine.history, before: before, judge)
        for fault in verdict.faults { judge.violate(fault) }
        if verdict.crossings > 0 { judge.count("cover crossed") }
        if cluster.engine.trims > 0 { judge.count("trim") }
        if !cluster.engine.areMembersEqual { judge.violate("the engine's members differ") }
        guard isWhole else { return }
        try compareNodes()
    }

    /// Compares all journals with the log, byte for byte, and the states with each other.
    private func compareNodes() throws {
        let judge = cluster.judge
        let log = cluster.engine.history.map(\.batch)
        for node in cluster.nodes {
            let batches = try node.disk.batches(after: start).map(\.bytes)
            if batches != log { judge.violate("the journal of node \(node.name) is not the log") }
        }
        let processes = cluster.nodes.compactMap(\.process)
        for other in processes.dropFirst() {
            if let difference = processes[0].difference(from: other) {
                judge.violate("node \(other.node.name) differs in \(difference)")
            }
        }
    }
}
