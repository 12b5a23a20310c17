import Cluster
import ClusterTesting
import Cryptography
import Log
import Synchronization
import Time
import Vault

@testable import Gateway

/// Three nodes on one engine, with what is around them, in virtual time on one seed: see
/// ``ClusterSimulation``.
final class SimulatedCluster {
    let world = VirtualWorld()
    let random: SeededRandom
    let engine: SeededEngine
    let network: SimulatedNetwork
    let snapshots: SimulatedSnapshots
    let judge: ClusterJudge
    let flaw: ClusterFlaw?
    private(set) var nodes: [SimulatedNode] = []
    private(set) lazy var frontEnds = FrontEnds(self)
    /// No member of the engine answers anybody.
    var isEngineAway = false
    /// Whether calls of the engine are lost.
    let isRough: Bool
    /// One call of the engine's in so many is slow.
    let slowCallOneIn: Int
    /// Batches that the engine will give back altered.
    var alterations = 0
    private var nextLeaf: UInt64 = 0

    static let operations = ["gala", "daily", "unlimited"]

    /// Deterministic in what they are for; what is sealed under them is not.
    static let keys: [UInt32: OperationKeys] = Dictionary(
        uniqueKeysWithValues: (0..<3).map { ($0, OperationKeys(OperationSecrets(), from: 0)) })

    static var limits: Limits {
        var limits = SimulatedGateway.limits
        limits.commandRingBytes = 128 << 10
        limits.connections = 2_048
        limits.linkEntries = 256
        return limits
    }

    /// So little stays, and goes so soon, that a leader who was deposed finds its place trimmed.
    static var trimming: LogTrimming {
        var trimming = LogTrimming()
        trimming.keptBytes = 8 << 10
        trimming.spacingBytes = 2 << 10
        trimming.nanoseconds = 400_000_000
        return trimming
    }

    init(seed: UInt64, flaw: ClusterFlaw?) throws {
        random = SeededRandom(seed: seed)
        self.flaw = flaw
        isRough = random.oneIn(2)
        var faults =
            isRough ? SeededEngine.Faults(lost: 2, delayed: 4, unanswered: 4) : .none
        faults.stopped = 30
        engine = SeededEngine(seed: ~seed, faults: faults, flaws: flaw?.ofEngine ?? [])
        slowCallOneIn = random.element([20, 100, 1_000])
        network = SimulatedNetwork(world, random)
        snapshots = SimulatedSnapshots(random)
        judge = ClusterJudge()
        nodes = try (0..<3).map { try SimulatedNode(self, $0) }
    }

    // MARK: What nodes ask

    enum Connecting {
        case connected(SimulatedLinkEnd)
        /// Nobody listens there.
        case refused
        /// Nothing comes back.
        case silent
    }

    /// Makes a link from a process to the one at an address.
    func connect(
        _ node: SimulatedNode, _ life: ProcessLife, to address: String
    ) -> Connecting {
        guard let other = nodes.first(where: { $0.address == address }),
            network.reaches(node.place, other.place), network.reaches(other.place, node.place),
            !other.isDark
        else { return .silent }
        guard let process = other.process, !process.life.hasEnded else { return .refused }
        let (near, far) = SimulatedLinkEnd.pair(network, node.place, other.place)
        life.add(near)
        process.life.add(far)
        // The kernel accepts it, also while the process stands still.
        other.perform { process.accept(far) }
        return .connected(near)
    }

    /// Leaves that nobody has, as the vault reserves them.
    func reserveLeaves(from lowest: UInt64) -> Range<UInt64> {
        let start = max(nextLeaf, lowest)
        nextLeaf = start + 1 << 14
        return start..<nextLeaf
    }

    /// Looks whether the log has another owner now.
    func noteOwner() {
        if let owner = engine.owner { judge.noteOwner(owner, at: world.now) }
    }

    /// Whether the batch that is read now is given back altered.
    func altersBatch() -> Bool {
        guard alterations > 0, random.oneIn(3) else { return false }
        alterations -= 1
        judge.count("altered batch")
        return true
    }

    // MARK: Nodes

    var leader: SimulatedNode? { nodes.first { $0.process?.leads == true } }

    /// A process has ended by itself: its supervisor starts another one.
    func processEnded(_ process: NodeProcess, because reason: String) {
        let node = process.node
        judge.note("\(node.name) ends: \(reason)")
        if reason.contains("was trimmed") {
            judge.count("behind the log")
            node.needsCopy = true
        } else if !process.mayStop {
            judge.checkEnd(of: node.name, process.status.owner?.term ?? 0, because: reason)
        }
        world.after(milliseconds: 100 + random.below(400)) { [weak node] in node?.start() }
    }

    /// What an operator does for a node that is behind what the log still has.
    func copyJournal(to node: SimulatedNode) throws {
        let others = try nodes.filter { $0 !== node }.map { try $0.disk.batches() }
        guard let furthest = others.max(by: { $0.count < $1.count }) else { return }
        judge.count("journal copied")
        try node.disk.preload(furthest)
    }

    /// Begins with a journal that was one node's, and a snapshot of it.
    func begin(with prehistory: Prehistory) throws {
        for node in nodes { try node.disk.preload(prehistory.batches) }
        try snapshots.preload(prehistory.snapshot, lastSequence: prehistory.lastSequence)
    }
}
