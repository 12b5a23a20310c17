internal import Cluster
internal import Ledger
internal import LockFree
internal import Log
internal import Logging
internal import Projections
internal import Sockets
internal import Synchronization
internal import Time
internal import Vault

/// This process's part in a cluster, from its start on: its links, its way to the engine, and once
/// it has the office the thread that keeps it.
final class ClusterNode: Sendable {
    let configuration: ClusterConfiguration
    let status: ClusterStatus
    let shared: Shared
    let links: LinkServer
    /// Whether the engine syncs.
    let probe: EngineProbe
    private let forwarding: EntryForwarding
    private let office = Mutex<OfficeKeeper?>(nil)
    private let watch = OfficeWatch()
    /// What the office opened; nil before it.
    private let doors = Mutex<OfficeDoors?>(nil)

    /// What the kernel keeps of answers for a node that is about to read them.
    private static var linkUnsentBytes: Int { 256 << 10 }

    /// Takes other nodes' links from now on.
    /// - Parameters:
    ///   - shared: of a node of a cluster.
    ///   - journal: the folder with this node's segments.
    init(
        _ configuration: ClusterConfiguration, _ shared: Shared, journal: String
    ) throws(StartError) {
        guard let status = shared.cluster, let bell = shared.forwarderBell,
            let address = configuration.address
        else {
            preconditionFailure("a node of a cluster, whose address was checked")
        }
        self.configuration = configuration
        probe = EngineProbe(configuration)
        self.status = status
        self.shared = shared
        status.expectedNodes = configuration.nodes ?? configuration.endpoints.count
        forwarding = EntryForwarding(shared, status, configuration.linkTrust, bell)
        do {
            links = try LinkServer(status, configuration.linkTrust, journal: journal)
            try Listener.requireFree(address)
            try links.start(Listener(on: address, unsentBytes: Self.linkUnsentBytes))
        } catch {
            throw .address("--cluster-listen \(configuration.listen): \(error)")
        }
        shared.logger.notice("following the cluster", metadata: ["node": "\(status.node)"])
    }

    /// Forwards entries from now on, until this node has the office.
    /// - Parameter opens: called once, by the thread that forwards, when a leader takes entries.
    func startForwarding(_ opens: @escaping @Sendable () -> Void) throws(StartError) {
        do {
            try forwarding.start(opens)
        } catch {
            throw .thread("\(error)")
        }
    }

    /// Forwards nothing any more.
    /// - Returns: what was sent to another leader, or was to be, and is not answered.
    func giveUpLanes() -> KeptEntries? { forwarding.giveUpLanes() }

    /// - Parameter journal: as it was opened.
    func makeFollower(after journal: RecoveryReport) -> Follower<EtcdLog, LinkClient> {
        let beat = sequencerBeat
        return Follower(
            configuration.makeEngine(meanwhile: beat), status, after: journal,
            address: configuration.listen,
            over: LinkClient(configuration.linkTrust, meanwhile: beat),
            fetchingFrom: BatchLink(configuration.linkTrust, meanwhile: beat),
            report: { [logger = shared.logger] in logger.notice("\($0)") }, beat: beat)
    }

    /// What the sequencer's thread does ten times a second while it waits for others: nothing it
    /// waits for is a hang.
    private var sequencerBeat: () -> Void {
        { [status, configuration, shared] in
            shared.heartbeats.sequencerWaits(at: shared.clock.monotonicNanoseconds())
            if status.state != .leading { configuration.whileFollowing(status.state) }
        }
    }

    /// The same until the node leads: of what other threads use then.
    var followingBeat: () -> Void {
        { [status, configuration, shared] in
            guard status.state != .leading else { return }
            shared.heartbeats.sequencerWaits(at: shared.clock.monotonicNanoseconds())
            configuration.whileFollowing(status.state)
        }
    }

    /// Has the log keep its batches in the log that all nodes share.
    /// - Parameter engine: has claimed it; it is connected.
    func lead(_ log: inout Log, as owner: LogOwner, by engine: consuming EtcdLog) {
        let beat = sequencerBeat
        let appended = { [instruments = shared.instruments] nanoseconds in
            instruments.recordAppend(nanoseconds: nanoseconds)
        }
        var engine: EtcdLog? = consume engine
        log.wrapStore { local in
            guard let engine = engine.take() else { preconditionFailure("a log is wrapped once") }
            return ClusterStore(
                local, engine, as: owner, status, beat: beat, appended: appended)
        }
    }

    /// The keys of all nodes, which this one may change for as long as it owns the log.
    func makeKeySpace(as owner: LogOwner) -> any KeySpace {
        ClusterKeys(configuration.makeEngine(meanwhile: followingBeat), as: .owner(owner))
    }

    /// Begins to keep the office; nothing where that was begun. Ahead of its first entry where what
    /// it needs takes some time, so that the others see that this node is not cut off from etcd.
    func keepOffice(_ owner: LogOwner) throws(StartError) {
        guard office.withLock({ $0 == nil }) else { return }
        let (configuration, shared, status) = (configuration, shared, status)
        let keeper = OfficeKeeper(owner, status)
        do {
            try keeper.start(
                { configuration.makeEngine() },
                report: {
                    shared.logger.error(
                        "cannot trim the cluster's log", metadata: ["reason": "\($0)"])
                },
                onNotice: { shared.logger.error("\($0)") },
                onLevel: { level in
                    guard status.state == .leading,
                        level > shared.projected.catalogue.level
                    else { return }
                    shared.administration.enqueue(.own(.fact(.level(level))))
                    shared.sequencerBell.ring()
                },
                onDeposed: { other in
                    let name = other.map { "node \($0.node) (term \($0.term))" } ?? "nobody"
                    shared.giveUp("the cluster's log belongs to \(name) now; ending the process")
                })
        } catch {
            throw .thread("\(error)")
        }
        office.withLock { $0 = keeper }
    }

    /// From here on this node leads.
    /// - Parameters:
    ///   - control: decides what other nodes are asked for.
    ///   - doors: what the office opens then.
    func lead(_ control: Control, _ doors: OfficeDoors) throws(StartError) {
        self.doors.withLock { $0 = doors }
        status.state = .leading
        try watch.start(self)
        links.lend(LinkLanes(shared, shared.linkLanes, shared.links), CommandDesk(control))
    }

    /// Before a hand-over: no event goes out from two nodes.
    func pauseSending() { doors.withLock { $0 }?.pauseSending() }

    /// After one that came to nothing.
    func resumeSending() {
        // Of two that were asked for at once, the other one is still under way.
        guard !status.succession.isBegun else { return }
        do throws(StartError) {
            try doors.withLock { $0 }?.resumeSending()
        } catch {
            shared.logger.error(
                "cannot start the threads that send to webhooks; events wait until the next start",
                metadata: ["reason": "\(error)"])
        }
    }

    /// Has a node that will not come back count no more.
    func forget(_ node: String) throws(ReplicatedLogError) -> OfficeKeeper.Forgetting {
        guard let keeper = office.withLock({ $0 }) else { return .deposed }
        var engine = configuration.makeEngine()
        return try keeper.forget(node, &engine)
    }

    /// Takes no more entries from other nodes; those that came are answered before this returns,
    /// or a second has passed. Their nodes wait for another leader with the rest.
    func endEntries() { links.endEntries() }

    /// Where this node has claimed the log and does not lead yet, it will not: others see at once
    /// that it is gone.
    func giveUpClaim() {
        let state = status.state
        if status.office > 0, state != .leading, state != .handingOver { links.stop() }
    }

    /// Ends the links, so that another node takes over at once. Everything is stored.
    func stop() {
        watch.stop()
        links.stop()
        forwarding.stop()
        office.withLock { $0 }?.stop()
    }
}
