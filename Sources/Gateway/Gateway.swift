internal import Bytes
internal import CLinux
internal import Cluster
package import Contract
internal import Cryptography
internal import Evidence
internal import Glibc
internal import Ledger
internal import Log
package import Logging
internal import Projections
package import Robots
internal import Snapshots
package import Sockets
internal import Synchronization
internal import Threads
package import Time
internal import Webhooks

/// A gateway on one data folder: opened, recovered, run, drained.
///
/// The data path reads from here: an `EventLoop` takes an entry off the wire and hands it over, the
/// `Sequencer` decides and stores it, the worker answers. ARCHITECTURE.md has the picture.
package final class Gateway: Sendable {
    /// What a gateway is started with.
    package struct Configuration: Sendable {
        package var listen: String
        package var adminListen: String
        package var data: String
        package var masterKey: String
        /// The master key is a credential: who may read it is its supervisor's care.
        package var masterKeyIsGuarded = false
        /// Whether a data folder without a store in it is refused.
        package var mustExist = false
        /// What is accepted of a store that is not whole.
        package var accepted: Set<StoreException> = []
        /// Event loops for the public listener; at least 1.
        package var workers: Int
        package var limits: Limits
        /// By what the ladder acts from the start on.
        package var policy: Policy
        package var proxies: TrustedProxies
        /// Sockets that listen already; an address is used where there is none.
        package var passed = PassedSockets()
        /// Where messages of the logger go.
        package var log: any ProcessLog = DirectLog()
        /// Called once, before the first connection is taken.
        package var beforeAccepting: @Sendable () -> Void = {}
        /// The operator's time zone (IANA): of operations without one of their own, and of days.
        package var timeZone = "UTC"
        /// The operator's days off.
        package var holidays = PublicHolidays.france
        /// What the public listener speaks TLS with; nil for plain HTTP.
        package var tls: TLSFiles?
        /// The same for the admin listener.
        package var adminTLS: TLSFiles?
        /// A PEM file of the authorities whose certificates receivers of webhooks may have; nil for
        /// the system's.
        package var webhookAuthorities: String?
        /// The rules for what gives a robot away.
        package var ruleset = Ruleset.shipped
        /// What the public listener serves as it is.
        package var files: [PublicFile] = []
        /// Whether the public listener serves the status of the service.
        package var hasStatusPage = false
        /// What the sequencer decides by. Sockets and timers go by the machine's, whatever this is.
        package var clock: any MachineClock = SystemClock()
        /// The operator's room, which the admin listener serves.
        package var room: [PublicFile] = []
        /// The cluster that it is a node of; nil for a gateway that is alone.
        package var cluster: ClusterConfiguration?
        /// The admin listener's names, beside addresses and `localhost`.
        package var adminNames = AdminNames()

        package init(
            listen: String = "127.0.0.1:8080", adminListen: String = "127.0.0.1:8081",
            data: String, masterKey: String? = nil, workers: Int, limits: Limits = Limits(),
            policy: Policy = Policy(), proxies: TrustedProxies = TrustedProxies(),
            tls: TLSFiles? = nil, adminTLS: TLSFiles? = nil
        ) {
            self.listen = listen
            self.adminListen = adminListen
            self.data = data
            self.masterKey = masterKey ?? data + "/master.key"
            self.workers = workers
            self.limits = limits
            self.policy = policy
            self.proxies = proxies
            self.tls = tls
            self.adminTLS = adminTLS
        }
    }

    /// The version that `/metrics` and `--version` tell.
    package static let version = "0.1.0"

    /// Where it listens for operators.
    package let adminAddresses: [String]
    let shared: Shared
    let control: Control
    private let publicDoor: PublicDoor
    private let loops: [SystemThread]
    private let sequencer: SystemThread
    private let projector: SystemThread
    private let pulse: Pulse
    private let snapshots: SnapshotThread
    private let storeWatch: StoreWatch
    private let drainWatch: DrainWatch
    private let webhooks: WebhookDispatcher
    private let events: EventDispatcher
    /// Nil for a gateway that is alone.
    private let cluster: ClusterNode?
    /// Nil where the status page is not served.
    private let status: StatusPublisher?

    /// Opens the data folder, recovers what the log holds, and starts to listen: for operators at
    /// once, for front ends when it decides. A gateway that is alone does so before this returns,
    /// and a node of a cluster with its office.
    /// - Throws: ``StartError``.
    package init(_ configuration: Configuration, logger: Logger) throws(StartError) {
        var limits = configuration.limits
        let contradictions =
            limits.contradictions + configuration.policy.contradictions
            + configuration.proxies.contradictions
            + (configuration.cluster?.contradictions(limits) ?? [])
        if let contradiction = contradictions.first { throw .configuration(contradiction) }
        guard configuration.workers >= 1 else { throw .configuration("workers must be at least 1") }
        DescriptorLimit.fit(&limits, workers: configuration.workers, logger)
        linux_keep_no_large_blocks()
        // Before anything is opened: what is wrong with a file of these is quickly said.
        let certificates = try Certificates(
            [.public: configuration.tls, .admin: configuration.adminTLS],
            configuration.cluster, logger)
        try WebhookDispatcher.check(authorities: configuration.webhookAuthorities)
        let folder = try DataFolder(
            configuration.data, mustExist: configuration.mustExist,
            accepting: configuration.accepted)
        try folder.checkAccess(logger)
        let identity = try StoreIdentity(
            data: configuration.data, accepting: configuration.accepted,
            keepsKeys: configuration.cluster == nil)
        try identity.check(mustExist: configuration.mustExist, logger)
        var state = Snapshot()
        var snapshotEnd: UInt64 = 0
        var log = try folder.recover(
            &state, snapshotEnd: &snapshotEnd, limits: limits,
            othersHave: configuration.othersHave, logger: logger)
        var ledger = Ledger()
        swap(&ledger, &state.ledger)
        let files = state.evidence
        let calendar = try configuration.calendar(after: log.recovery.lastTime)
        let exports = OperationExport(data: configuration.data)
        let vault: SharedVault
        var keys: [UInt32: OperationKeys] = [:]
        var leaves: Range<UInt64>?
        if let node = configuration.cluster {
            try configuration.checkBeforeFollowing(node)
            vault = configuration.readingVault(of: node)
            try identity.adopt()
        } else {
            var own = try folder.openVault(
                masterKey: configuration.masterKey, isGuarded: configuration.masterKeyIsGuarded)
            try folder.finishErasures(&own, ledger.catalogue)
            keys = try folder.operationKeys(&own, ledger.catalogue, logger)
            try identity.adopt()
            try folder.sortOrphans(of: exports, files, logger)
            leaves = try folder.reserveLeaves(&own, from: ledger.nextLeaf, logger)
            vault = SharedVault(own)
        }
        let originKey = try configuration.clusterOriginKey()
        let tokens = try AdminTokens(data: configuration.data)
        let projections = Projections(
            catalogue: ledger.catalogue, evidence: files, webhooks: state.webhooks,
            position: log.recovery.lastTime.map {
                ProjectedPosition(
                    sequence: log.durableEnd.nextSequence - 1, chain: log.durableEnd.chain, at: $0)
            })
        publicDoor = PublicDoor()
        let listeners =
            configuration.cluster == nil ? try publicDoor.bind(configuration) : nil
        let admin = try Listeners.bindAdmin(configuration)
        do {
            shared = try Shared(
                limits: limits, proxies: configuration.proxies,
                adminNames: configuration.adminNames, workers: configuration.workers,
                state: projections.state, certificates: certificates,
                ruleset: configuration.ruleset, clock: configuration.clock,
                cluster: configuration.cluster.map {
                    ClusterStatus(
                        node: $0.node, level: FormatLevel.current,
                        trimming: LogTrimming(keptBytes: limits.logKeptBytes), address: $0.listen)
                },
                originKey: originKey, logger: logger, log: configuration.log)
            // Of a stop of a cluster's log the other nodes know.
            let note = configuration.cluster == nil ? StopFile.note(in: configuration.data) : nil
            pulse = try Pulse(shared, after: note)
            snapshots = try SnapshotThread(
                shared, SnapshotFolder(data: configuration.data), after: snapshotEnd)
            storeWatch = try StoreWatch(shared, configuration)
            drainWatch = try DrainWatch(shared)
            status = try configuration.hasStatusPage ? StatusPublisher(shared) : nil
        } catch {
            throw .file("cannot open what the gateway needs: \(error)")
        }
        if let leaves { shared.leaves.add(leaves) }
        adminAddresses = admin.addresses.map(\.description)
        if let node = configuration.cluster {
            cluster = try ClusterNode(node, shared, journal: configuration.data + "/journal")
        } else {
            cluster = nil
        }
        control = try Control(
            shared: shared, vault: vault, tokens: tokens, exports: exports,
            startedAt: SystemClock.wallClock(), cluster: cluster)
        cluster?.probe.checkAtStart(control)
        webhooks = WebhookDispatcher(
            shared, control, authorities: configuration.webhookAuthorities)
        shared.durableRecords.store(ledger.records, ordering: .releasing)
        events = EventDispatcher(shared, control, after: ledger.records)
        var projector = Projector(
            shared: shared, projections: projections, keys: keys,
            reading: configuration.cluster.map { _ in vault },
            acceptsMissingKeys: configuration.accepted.contains(.missingKeys))
        if let cluster {
            do {
                try log.syncLater { [status = cluster.status] in status.durable = $0 }
            } catch {
                throw .file("\(error)")
            }
            let following = FollowingNode(
                cluster, configuration, folder, after: log.recovery, control,
                OfficeDoors(publicDoor, adminAddresses: adminAddresses, webhooks), calendar)
            let sequencer = Sequencer(
                shared: shared, ledger: ledger, log: log, following: following)
            self.sequencer = try Gateway.start(sequencer)
            try cluster.startForwarding { [publicDoor, shared] in
                do {
                    try publicDoor.open(configuration, shared)
                } catch {
                    shared.giveUp("cannot listen for front ends; ending the process: \(error)")
                }
            }
        } else {
            var sequencer = Sequencer(shared: shared, ledger: ledger, log: log)
            // Before the doors open: the first thing that this process decides is its own start.
            do {
                try sequencer.begin(
                    version: Gateway.version, policy: configuration.policy, calendar: calendar)
            } catch {
                throw .file("cannot write the journal: \(error)")
            }
            _ = projector.turn()
            self.sequencer = try Gateway.start(sequencer)
        }
        self.projector = try Gateway.start(projector)
        for lane in shared.workerLanes { lane.post(.files(configuration.files)) }
        shared.lanes[shared.adminLane].post(.files(configuration.room))
        status?.publish()
        configuration.beforeAccepting()
        loops =
            try Listeners.startPublicLoops(shared, listeners)
            + [admin.startAdminLoop(shared, control)]
        try pulse.start()
        try snapshots.start()
        try storeWatch.start()
        try shared.challenges.start()
        try events.start()
        try status?.start()
        if cluster == nil {
            try webhooks.start()
            control.resumePurges()
        }
    }

    /// Where it listens for front ends, with the kernel's port where 0 was asked for; nothing for a
    /// node that follows.
    package var addresses: [String] { publicDoor.addresses }
    /// The first of ``addresses``; nil for a node that follows.
    package var address: String? { addresses.first }
    /// The first of ``adminAddresses``.
    package var adminAddress: String { adminAddresses[0] }

    /// Finishes what is in flight, stores it, and comes back when all is done. A node that leads a
    /// cluster first has another one take over, where one is near.
    package func drain() {
        _ = cluster?.handOver()
        cluster?.giveUpClaim()
        drainWatch.begin()
        shared.drain()
        for loop in loops { loop.join() }
        pulse.stop()
        status?.stop()
        events.stop()
        // What senders know goes on record: the sequencer decides it before it ends.
        webhooks.stop()
        cluster?.endEntries()
        shared.stop()
        sequencer.join()
        drainWatch.end()
        cluster?.stop()
        shared.projection.close()
        projector.join()
        shared.challenges.stop()
        snapshots.stop()
        storeWatch.stop()
    }

    /// Serves these files on the public listener, in place of those before.
    package func serve(_ files: [PublicFile]) {
        for lane in shared.workerLanes { lane.post(.files(files)) }
    }

    /// Serves these files on the admin listener, in place of those before.
    package func serveOperators(_ files: [PublicFile]) {
        shared.lanes[shared.adminLane].post(.files(files))
    }

    private static func start(
        _ projector: consuming Projector
    ) throws(StartError) -> SystemThread {
        let handover = ThreadHandover(projector)
        return try SystemThread.start(as: "projector") {
            var projector = handover.receive()
            projector.run()
        }
    }

    /// How long a process that cannot write its journal waits for the note of its stop.
    private static var stopNoteMilliseconds: Int32 { 2_000 }
    /// How often it looks meanwhile.
    private static var lookMilliseconds: Int32 { 10 }

    private static func start(
        _ sequencer: consuming Sequencer
    ) throws(StartError) -> SystemThread {
        let handover = ThreadHandover(sequencer)
        return try SystemThread.start(as: "sequencer") {
            var sequencer = handover.receive()
            sequencer.shared.threadTimes.sequencerBegins()
            do {
                try sequencer.run()
            } catch {
                let shared = sequencer.shared
                shared.health.space = .failing
                // The thread that watches the store notes the stop first.
                let looks = Self.stopNoteMilliseconds / Self.lookMilliseconds
                for _ in 0..<looks where shared.cluster == nil && !shared.health.isStopNoted {
                    _ = poll(nil, 0, Self.lookMilliseconds)
                }
                shared.giveUp("cannot write the journal; ending the process: \(error)")
            }
        }
    }
}

extension Gateway {
    /// Whether a time zone of this name can be looked up on this machine.
    package static func knowsTimeZone(_ name: String) -> Bool {
        LocalTime.resolving(name, around: SystemClock.wallClock()) != nil
    }
}

extension Gateway.Configuration {
    /// - Parameter last: the time of the last record, nil for a new log: a clock that is set wrong
    ///   must not give another table of offsets.
    fileprivate func calendar(after last: Timestamp?) throws(StartError) -> OperatorCalendar {
        let now = last ?? SystemClock.wallClock()
        guard let localTime = LocalTime.resolving(timeZone, around: now) else {
            throw .configuration("time_zone: there is no time zone \(timeZone)")
        }
        return OperatorCalendar(timeZone: timeZone, localTime: localTime, holidays: holidays)
    }
}

/// Listening sockets that whoever started the process has opened, and keeps open: what connects
/// while no process accepts waits in their queues.
package struct PassedSockets: Equatable, Sendable {
    /// For front ends; loops share them where there are fewer than loops.
    package var `public`: [Int32] = []
    package var admin: Int32?

    package init(public: [Int32] = [], admin: Int32? = nil) {
        self.public = `public`
        self.admin = admin
    }
}
