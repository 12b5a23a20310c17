import Bytes
import Cluster
import Contract
import Evidence
import Ledger
import Log
import Logging
import Projections
import Snapshots
import Synchronization
import Time

@testable import Gateway

/// A process of a simulated node, from its start to its end: the real sequencer, following or
/// leading, on a thread that runs in virtual time; the real projector behind it; a worker's side, a
/// thread that keeps the office, and links to the other nodes.
final class NodeProcess: @unchecked Sendable {
    // `@unchecked Sendable`: used by whoever has the world's turn.

    let node: SimulatedNode
    let shared: Shared
    let status: ClusterStatus
    let life: ProcessLife
    private let loop: SimulatedLoop
    private let cluster: SimulatedCluster
    private let thread: VirtualThread
    private let store: NodeStore
    private var sequencer: Sequencer
    private var projector: Projector
    private let office: NodeOffice
    private var server: SimulatedLinkServer?
    private var forwarding: SimulatedForwarding?
    private var keeper: OfficeKeeper?
    /// Its store as a leader, where that has a flaw.
    private var flawed: FlawedStore?
    private let isLow = Atomic<Bool>(false)
    /// Whether front ends may come, as a leader.
    private var hasOpened = false
    /// The number of the front end's next connection.
    private var connections: UInt32 = 0

    /// What a call says of a process that has ended.
    static let endedText = "the process has ended"
    private static let idleNanoseconds: UInt64 = 20_000_000
    private static let tickMilliseconds = 100
    private static let forwardMilliseconds = 10

    /// Starts on what the disk has.
    init(_ cluster: SimulatedCluster, _ node: SimulatedNode) throws {
        self.cluster = cluster
        self.node = node
        let life = ProcessLife()
        let thread = cluster.world.makeThread()
        let store = NodeStore(node.disk, life, thread, cluster.random)
        self.life = life
        self.thread = thread
        self.store = store
        let status = ClusterStatus(
            node: node.name, clock: node.clock, trimming: SimulatedCluster.trimming)
        self.status = status
        var state = Snapshot()
        var end: UInt64 = 0
        var log = try cluster.snapshots.recover(&state, end: &end) { state in
            let log = try node.disk.open(
                after: state.position, committedAt: state.time, at: node.clock.wallClock(), store
            ) { batch in try state.replay(batch) }
            try state.ledger.endReplay()
            return log
        }
        var ledger = Ledger()
        swap(&ledger, &state.ledger)
        let projections = Projections(catalogue: ledger.catalogue, evidence: state.evidence)
        shared = try Shared(
            limits: SimulatedCluster.limits, workers: 1, state: projections.state,
            clock: node.clock, random: cluster.random, cluster: status,
            logger: Logger(label: "node") { _ in SwiftLogNoOpLogHandler() })
        try log.syncLater { status.durable = $0 }
        office = NodeOffice(cluster, node, life, thread, status, after: log.recovery)
        loop = SimulatedLoop(shared, number: 0)
        sequencer = Sequencer(shared: shared, ledger: ledger, log: log, following: office)
        projector = Projector(
            shared: shared, projections: projections, keys: SimulatedCluster.keys)
        office.process = self
    }

    /// Begins to run.
    func start() throws {
        server = SimulatedLinkServer(node, status) { [weak self] in self?.thread.wake() }
        forwarding = SimulatedForwarding(cluster, node, life, shared, status) { [weak self] in
            self?.passAnswers()
        }
        loop.receive()
        try thread.start({ [node] in node.perform($0) }) { [self] in run() }
        tick()
        forward()
    }

    // MARK: What comes by itself

    private func tick() {
        guard !life.hasEnded else { return }
        node.perform { [self] in
            server?.tell()
            store.sync()
        }
        cluster.world.after(milliseconds: Self.tickMilliseconds) { [weak self] in self?.tick() }
    }

    private func forward() {
        guard !life.hasEnded, !hasOpened else { return }
        node.perform { [self] in forwarding?.turn() }
        cluster.world.after(milliseconds: Self.forwardMilliseconds) { [weak self] in
            self?.forward()
        }
    }

    // MARK: The sequencer's thread

    private func run() {
        do {
            while !life.hasEnded {
                if sequencer.followed != nil { try sequencer.follow() } else { try lead() }
                project()
            }
        } catch {
            end(because: "\(error)")
        }
    }

    private func lead() throws {
        try flawed?.flush()
        if !sequencer.hasWork {
            thread.wait(until: cluster.world.now + Self.idleNanoseconds, orWoken: true)
        }
        guard !life.hasEnded else { return }
        let isHandedOver = status.succession.isBegun
        let turn = try sequencer.turn()
        // Where nothing could be done, the next turn comes later.
        if turn == SequencerTurn() { thread.wait(seconds: 0.001) }
        if isHandedOver { return }
        cluster.judge.noteTurn(turn, of: node.name, term: status.office, at: cluster.world.now)
    }

    /// What the projector's thread and the worker's do behind a turn.
    private func project() {
        _ = projector.turn()
        if isLow.exchange(false, ordering: .relaxed) {
            shared.leaves.add(cluster.reserveLeaves(from: 0))
        }
        server?.sendAnswers()
        passAnswers()
    }

    private func passAnswers() {
        guard !life.hasEnded else { return }
        loop.receive()
        for answer in loop.drainAnswers() { cluster.frontEnds.take(answer, from: self) }
    }

    // MARK: Others' calls

    /// Whether front ends may come.
    var isOpen: Bool { !life.hasEnded && (hasOpened || forwarding?.hasOpened == true) }

    var leads: Bool { !life.hasEnded && hasOpened && status.state == .leading }

    func accept(_ end: SimulatedLinkEnd) { server?.accept(end) }

    /// An entry of a front end.
    /// - Returns: the number of its connection; nil where it was shed.
    func post(_ entry: (UInt32) -> SimulatedLoop.Entry) -> UInt32? {
        let connection = connections + 1
        guard loop.post(entry(connection)) else { return nil }
        connections = connection
        thread.wake()
        cluster.world.at(cluster.world.now) { [node, forwarding] in
            node.perform { forwarding?.turn() }
        }
        return connection
    }

    /// A command of an operator, for a process that leads.
    func submit(
        _ command: AdministrativeCommand,
        finish: @escaping @Sendable (AdministrativeOutcome) -> Void
    ) throws {
        let record = AdministrativeRecord(command, by: .admin)
        shared.administration.enqueue(
            AdministrativeRequest(record: record, encoded: try record.json(), finish: finish))
        thread.wake()
    }

    // MARK: The office

    func wrap(_ log: inout Log, as owner: LogOwner) {
        log.wrapStore { local in
            let store = ClusterStore(
                local, TimedLog(cluster, node, life, thread), as: owner, status)
            guard let flaw = cluster.flaw else { return store }
            let flawed = FlawedStore(store, flaw)
            self.flawed = flawed
            return flawed
        }
    }

    func prepareOffice(_ ledger: borrowing Ledger) -> OwnStart {
        _ = projector.turn()
        shared.leaves.add(cluster.reserveLeaves(from: ledger.nextLeaf))
        return OwnStart(
            version: "simulated", policy: ledger.records == 0 ? Policy() : ledger.policy)
    }

    func giveUpLanes() -> KeptEntries? {
        let kept = forwarding?.giveUpLanes(thread)
        shared.leaves.setRefill { [weak self] in self?.isLow.store(true, ordering: .relaxed) }
        return kept
    }

    func beginOffice(_ owner: LogOwner) throws {
        let keeper = OfficeKeeper(owner, status)
        self.keeper = keeper
        let thread = cluster.world.makeThread()
        try thread.start({ [node] in node.perform($0) }) { [self] in
            var engine = TimedLog(cluster, node, life, thread)
            keeper.keep(
                &engine, report: { _ in }, onDeposed: { _ in end(because: Self.deposedText) },
                pass: { thread.wait(seconds: $0) })
        }
        status.state = .leading
        hasOpened = true
        server?.lend(LinkLanes(shared, shared.linkLanes, shared.links))
    }

    /// Has another node take over; then this process ends.
    func handOver() throws {
        let (status, succession) = (status, status.succession)
        guard leads, !succession.isBegun,
            let next = status.members.successor(of: node.name, at: status.position)
        else { return }
        _ = succession.begin(to: next.node)
        status.state = .handingOver
        self.thread.wake()
        let thread = cluster.world.makeThread()
        try thread.start({ [node] in node.perform($0) }) { [self] in
            if let taken = waitForClaim(thread) {
                cluster.judge.count("hand-over")
                status.office = 0
                status.owner = taken
                server?.tell()
                let limit = cluster.world.now + 1_000_000_000
                while server?.endEntries() == false, cluster.world.now < limit, !life.hasEnded {
                    thread.wait(seconds: 0.002)
                }
                end(because: Self.handedOverText)
            } else if !life.hasEnded {
                succession.cancel()
                status.state = .leading
                self.thread.wake()
                server?.tell()
            }
        }
    }

    static let handedOverText = "handed over"
    static let deposedText = "deposed"

    private func waitForClaim(_ thread: VirtualThread) -> LogOwner? {
        var engine = TimedLog(cluster, node, life, thread)
        let limit = cluster.world.now + 1_000_000_000
        var hasTold = false
        while cluster.world.now < limit, !life.hasEnded {
            if status.succession.isSettled, !hasTold {
                hasTold = true
                server?.tell()
            }
            do throws(ReplicatedLogError) {
                if hasTold, let found = try engine.owner(), found.term > status.office {
                    return found
                }
            } catch {
                // Asked again.
                status.countUnknown()
            }
            thread.wait(seconds: 0.002)
        }
        return nil
    }

    // MARK: The end

    /// The process ends by itself.
    private func end(because reason: String) {
        guard !life.hasEnded else { return }
        stop(isSilent: false)
        cluster.processEnded(self, because: reason)
    }

    /// Whether its end is what a fault of the simulation brings about.
    var mayStop: Bool { life.hasReadAltered || node.disk.hasFailed }

    /// Ends it, in the middle of whatever it does.
    /// - Parameter isSilent: with the machine, so that nobody hears of it.
    func stop(isSilent: Bool) {
        life.end(isSilent: isSilent)
        keeper?.stop()
        thread.interrupt()
        cluster.frontEnds.loseConnections(to: self)
    }

    // MARK: What must hold

    /// What differs from the state of another node; nil where nothing does. To be asked when both
    /// have ended.
    func difference(from other: NodeProcess) -> String? {
        let catalogue = sequencer.ledger.catalogue
        if catalogue != other.sequencer.ledger.catalogue { return "the catalogue" }
        if sequencer.ledger.records != other.sequencer.ledger.records { return "the records" }
        if sequencer.ledger.lastEntry != other.sequencer.ledger.lastEntry {
            return "the last entry"
        }
        for index in catalogue.standing {
            let counts = sequencer.ledger.counts(of: index)
            if counts != other.sequencer.ledger.counts(of: index) { return "counts of \(index)" }
            if shared.board.counts(of: index) != counts { return "the board's counts of \(index)" }
        }
        return nil
    }

    /// How many participants an operation has by the ledger's own count.
    func participants(of operation: UInt32) -> UInt32 {
        sequencer.ledger.counts(of: operation)?.participants ?? 0
    }
}
