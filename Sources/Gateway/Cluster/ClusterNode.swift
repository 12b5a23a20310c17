internal import Cluster
internal import Ledger
internal import Log
internal import Logging
internal import Snapshots
internal import Sockets
internal import Time
internal import Vault

/// This process's part in a cluster, from its start on: it follows until it owns the log, and then
/// keeps the office until it ends. An office is never given back: a process that has lost it ends,
/// because its ledger may be ahead of the log; its supervisor starts it again, as a follower.
final class ClusterNode: Sendable {
    let status: ClusterStatus
    private let configuration: ClusterConfiguration
    private let links: LinkServer
    private let office: OfficeKeeper
    private let owner: LogOwner
    private let logger: Logger

    /// How often who holds tokens is published while records come.
    private static var publishedEachNanoseconds: UInt64 { 5_000_000_000 }

    /// What the kernel keeps of answers for a node that is about to read them.
    private static var linkUnsentBytes: Int { 256 << 10 }

    private init(
        _ configuration: ClusterConfiguration, _ status: ClusterStatus, _ links: LinkServer,
        _ owner: LogOwner, _ logger: Logger
    ) {
        self.configuration = configuration
        self.status = status
        self.links = links
        self.owner = owner
        self.logger = logger
        office = OfficeKeeper(owner, status)
    }

    /// Follows, until this node owns the log and its journal has all of it.
    /// - Parameters:
    ///   - log: as it was recovered; goes on with what other nodes have appended.
    ///   - state: of the log's end.
    static func join(
        _ configuration: ClusterConfiguration, _ log: inout Log, _ state: inout Snapshot,
        _ standby: Standby, _ logger: Logger
    ) throws(StartError) -> ClusterNode {
        let status = standby.status
        let links: LinkServer
        do {
            links = try LinkServer(status, configuration.linkTrust)
        } catch {
            throw .file("cannot open what the links need: \(error)")
        }
        guard let address = configuration.address else {
            preconditionFailure("the address was checked")
        }
        do {
            try Listener.requireFree(address)
            try links.start(Listener(on: address, unsentBytes: linkUnsentBytes))
        } catch {
            throw .address("--cluster-listen \(configuration.listen): \(error)")
        }
        let beat = { configuration.whileFollowing(status.state) }
        var follower = Follower(
            configuration.makeEngine(meanwhile: beat), status, address: configuration.listen,
            trust: configuration.linkTrust, report: { logger.notice("\($0)") }, beat: beat)
        do {
            standby.publish(state.ledger.catalogue)
            var publishedAt = SystemClock.monotonicNanoseconds()
            let owner = try follower.takeOffice(log.recovery) { bytes throws(LogError) in
                try log.follow(bytes) { batch in try state.replay(batch) }
                let now = SystemClock.monotonicNanoseconds()
                if now - publishedAt >= publishedEachNanoseconds {
                    standby.publish(state.ledger.catalogue)
                    publishedAt = now
                }
                return log.durableEnd
            }
            try state.ledger.endReplay()
            return ClusterNode(configuration, status, links, owner, logger)
        } catch {
            links.stop()
            throw .file("\(error)")
        }
    }

    /// Has the log keep its batches in the log that all nodes share.
    func lead(_ log: inout Log, _ shared: Shared) {
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
        status.prove(at: SystemClock.monotonicNanoseconds())
    }

    /// The keys of all nodes, which this one may change for as long as it owns the log.
    func makeKeySpace() -> any KeySpace {
        ClusterKeys(configuration.makeEngine(), as: .owner(owner))
    }

    /// Begins to keep the office: the doors are about to open.
    func start(_ shared: Shared) throws(StartError) {
        let configuration = configuration
        do {
            try office.start(
                { configuration.makeEngine() },
                report: { [logger] in
                    logger.error("cannot trim the cluster's log", metadata: ["reason": "\($0)"])
                },
                onDeposed: { other in
                    let name = other.map { "node \($0.node) (term \($0.term))" } ?? "nobody"
                    shared.giveUp("the cluster's log belongs to \(name) now; ending the process")
                })
        } catch {
            throw .thread("\(error)")
        }
        status.state = .leading
        links.lend(LinkLanes(shared, shared.linkLanes, shared.links))
    }

    /// Ends the links, so that another node takes over at once. Everything is stored.
    func stop() {
        links.stop()
        office.stop()
    }
}
