internal import Cluster
internal import Log
internal import Logging
internal import Sockets
internal import Synchronization
internal import Time
internal import Vault

/// This process's part in a cluster, from its start on: its links, its way to the engine, and once
/// it has the office the thread that keeps it.
final class ClusterNode: Sendable {
    private let configuration: ClusterConfiguration
    private let status: ClusterStatus
    private let shared: Shared
    private let links: LinkServer
    private let office = Mutex<OfficeKeeper?>(nil)

    /// Takes other nodes' links from now on.
    /// - Parameter shared: of a node of a cluster.
    init(_ configuration: ClusterConfiguration, _ shared: Shared) throws(StartError) {
        guard let status = shared.cluster, let address = configuration.address else {
            preconditionFailure("a node of a cluster, whose address was checked")
        }
        self.configuration = configuration
        self.status = status
        self.shared = shared
        links = LinkServer(status, configuration.linkTrust)
        do {
            try Listener.requireFree(address)
            try links.start(Listener(on: address))
        } catch {
            throw .address("--cluster-listen \(configuration.listen): \(error)")
        }
        shared.logger.notice("following the cluster", metadata: ["node": "\(status.node)"])
    }

    /// - Parameter journal: as it was opened.
    func makeFollower(after journal: RecoveryReport) -> Follower<EtcdLog> {
        let beat = followingBeat
        return Follower(
            configuration.makeEngine(meanwhile: beat), status, after: journal,
            address: configuration.listen, trust: configuration.linkTrust,
            report: { [logger = shared.logger] in logger.notice("\($0)") }, beat: beat)
    }

    /// What the sequencer's thread does ten times a second while it waits for others, until the
    /// node leads: nothing it waits for is a hang.
    var followingBeat: () -> Void {
        { [status, configuration, shared] in
            guard status.state != .leading else { return }
            shared.heartbeats.sequencerWaits(at: shared.clock.monotonicNanoseconds())
            configuration.whileFollowing(status.state)
        }
    }

    /// Has the log keep its batches in the log that all nodes share.
    func lead(_ log: inout Log, as owner: LogOwner) {
        let beat = { [heartbeats = shared.heartbeats, clock = shared.clock] in
            heartbeats.sequencerWaits(at: clock.monotonicNanoseconds())
        }
        let appended = { [instruments = shared.instruments] nanoseconds in
            instruments.recordAppend(nanoseconds: nanoseconds)
        }
        log.wrapStore { local in
            ClusterStore(
                local, configuration.makeEngine(meanwhile: beat), as: owner, status, beat: beat,
                appended: appended)
        }
    }

    /// The keys of all nodes, which this one may change for as long as it owns the log.
    func makeKeySpace(as owner: LogOwner) -> any KeySpace {
        ClusterKeys(configuration.makeEngine(meanwhile: followingBeat), as: .owner(owner))
    }

    /// Begins to keep the office: from here on this node leads.
    func keepOffice(_ owner: LogOwner) throws(StartError) {
        let (configuration, shared) = (configuration, shared)
        let keeper = OfficeKeeper(owner, status)
        do {
            try keeper.start(
                { configuration.makeEngine() },
                report: {
                    shared.logger.error(
                        "cannot trim the cluster's log", metadata: ["reason": "\($0)"])
                },
                onDeposed: { other in
                    let name = other.map { "node \($0.node) (term \($0.term))" } ?? "nobody"
                    shared.giveUp("the cluster's log belongs to \(name) now; ending the process")
                })
        } catch {
            throw .thread("\(error)")
        }
        office.withLock { $0 = keeper }
        status.state = .leading
    }

    /// Ends the links, so that another node takes over at once. Everything is stored.
    func stop() {
        links.stop()
        office.withLock { $0 }?.stop()
    }
}
