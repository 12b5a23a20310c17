internal import Bytes
internal import CLinux
internal import Cluster
package import Contract
internal import Cryptography
internal import Evidence
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

    /// Where it listens for front ends, with the kernel's port where 0 was asked for; at least one.
    package let addresses: [String]
    /// Where it listens for operators.
    package let adminAddresses: [String]
    let shared: Shared
    private let control: Control
    private let loops: [SystemThread]
    private let sequencer: SystemThread
    private let projector: SystemThread
    private let pulse: Pulse
    private let snapshots: SnapshotThread
    private let storeWatch: StoreWatch
    private let webhooks: WebhookDispatcher
    private let events: EventDispatcher
    /// Nil for a gateway that is alone.
    private let cluster: ClusterNode?
    private let standby: Standby?
    /// Nil where the status page is not served.
    private let status: StatusPublisher?

    /// Opens the data folder, recovers what the log holds, and starts to listen.
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
            [.public: configuration.tls, .admin: configuration.adminTLS], logger)
        try WebhookDispatcher.check(authorities: configuration.webhookAuthorities)
        let folder = try DataFolder(
            configuration.data, mustExist: configuration.mustExist,
            accepting: configuration.accepted)
        let identity = try StoreIdentity(
            data: configuration.data, accepting: configuration.accepted,
            keepsKeys: configuration.cluster == nil)
        try identity.check(mustExist: configuration.mustExist, logger)
        var state = Snapshot()
        var snapshotEnd: UInt64 = 0
        var log = try folder.recover(
            &state, snapshotEnd: &snapshotEnd, limits: limits,
            isShared: configuration.cluster != nil, logger: logger)
        var admin: Listener?
        if let node = configuration.cluster {
            let bound = try Listeners.bindAdmin(configuration)
            standby = try Standby(
                ClusterStatus(node: node.node), limits, configuration, certificates,
                sharing: bound, logger)
            admin = consume bound
        } else {
            standby = nil
        }
        cluster = try configuration.join(&log, &state, standby, logger)
        var ledger = Ledger()
        swap(&ledger, &state.ledger)
        let files = state.evidence
        var vault = try folder.openVault(
            masterKey: configuration.masterKey, isGuarded: configuration.masterKeyIsGuarded,
            space: cluster?.makeKeySpace())
        let calendar = try configuration.calendar(after: log.recovery.lastTime)
        try folder.destroyRetiredKeys(&vault, ledger.catalogue)
        try folder.destroyRemovedSecrets(&vault, ledger.catalogue)
        let keys = try folder.operationKeys(&vault, ledger.catalogue, logger)
        try identity.adopt()
        let exports = OperationExport(data: configuration.data)
        try folder.sortOrphans(of: exports, files, logger)
        let tokens = try AdminTokens(data: configuration.data)
        let projections = Projections(
            catalogue: ledger.catalogue, evidence: files, webhooks: state.webhooks,
            position: log.recovery.lastTime.map {
                ProjectedPosition(
                    sequence: log.durableEnd.nextSequence - 1, chain: log.durableEnd.chain, at: $0)
            })
        let listeners = try Listeners(configuration, admin: admin.take())
        do {
            shared = try Shared(
                limits: limits, proxies: configuration.proxies,
                adminNames: configuration.adminNames, workers: configuration.workers,
                state: projections.state, certificates: certificates,
                ruleset: configuration.ruleset, clock: configuration.clock,
                cluster: standby?.status, logger: logger, log: configuration.log)
            pulse = try Pulse(shared)
            snapshots = try SnapshotThread(
                shared, SnapshotFolder(data: configuration.data), after: snapshotEnd)
            storeWatch = try StoreWatch(
                shared, data: configuration.data, keepsKeys: configuration.cluster == nil)
            status = try configuration.hasStatusPage ? StatusPublisher(shared) : nil
        } catch {
            throw .file("cannot open what the gateway needs: \(error)")
        }
        let isCopy = try folder.hasMoved()
        if isCopy {
            logger.notice(
                """
                the data folder is a copy, or was moved; leaving out keys that the original may use
                """,
                metadata: ["data": "\(configuration.data)"])
        }
        try folder.reserveLeaves(
            &vault, from: ledger.nextLeaf, isCopy: isCopy, for: shared.leaves)
        try folder.keepPlace()
        addresses = listeners.addresses.map(\.description)
        adminAddresses = listeners.adminAddresses.map(\.description)
        control = try Control(
            shared: shared, vault: vault, tokens: tokens, exports: exports,
            startedAt: SystemClock.wallClock(), cluster: cluster)
        webhooks = WebhookDispatcher(
            shared, control, authorities: configuration.webhookAuthorities)
        shared.durableRecords.store(ledger.records, ordering: .releasing)
        events = EventDispatcher(shared, control, after: ledger.records)
        cluster?.lead(&log, shared)
        let policy = configuration.startingPolicy(over: ledger, logger)
        let isFirst = ledger.records == 0 || cluster == nil
        var sequencer = Sequencer(shared: shared, ledger: ledger, log: log)
        var projector = Projector(shared: shared, projections: projections, keys: keys)
        // Before the doors open: the first thing that this process decides is its own start.
        do {
            try sequencer.begin(
                version: Gateway.version, policy: policy, calendar: isFirst ? calendar : nil)
        } catch {
            throw .file("cannot write the journal: \(error)")
        }
        _ = projector.turn()
        self.projector = try Gateway.start(projector)
        self.sequencer = try Gateway.start(sequencer)
        for lane in shared.workerLanes { lane.post(.files(configuration.files)) }
        shared.lanes[shared.adminLane].post(.files(configuration.room))
        status?.publish()
        configuration.beforeAccepting()
        try cluster?.start(shared)
        standby?.end()
        loops = try listeners.startLoops(shared, control)
        try pulse.start()
        try snapshots.start()
        try storeWatch.start()
        try shared.challenges.start()
        try webhooks.start()
        try events.start()
        try status?.start()
        control.resumePurges()
    }

    /// The first of ``addresses``.
    package var address: String { addresses[0] }
    /// The first of ``adminAddresses``.
    package var adminAddress: String { adminAddresses[0] }

    /// Finishes what is in flight, stores it, and comes back when all is done. A node that leads a
    /// cluster first has another one take over, where one is near.
    package func drain() {
        // Outcomes of deliveries go on record before the office is another's.
        _ = cluster?.handOver(shared) { webhooks.stop() }
        shared.drain()
        for loop in loops { loop.join() }
        standby?.join()
        pulse.stop()
        status?.stop()
        events.stop()
        // What senders know goes on record: the sequencer decides it before it ends.
        webhooks.stop()
        shared.stop()
        sequencer.join()
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

    /// The name of a thread that has not turned for so long; nil while all do.
    package func thread(silentFor nanoseconds: UInt64) -> String? {
        shared.heartbeats.thread(
            silentFor: nanoseconds, at: shared.clock.monotonicNanoseconds())
    }

    /// Takes other limits while it runs, those of ``Limits/changeable``, and reads its files again:
    /// certificates with their keys, and the admin token. What else can be renewed without a
    /// restart joins here.
    /// - Parameters:
    ///   - wanted: of these the ones that can change are taken.
    ///   - ruleset: the rules for what gives a robot away; nil leaves those in force.
    /// - Returns: what was read again, by name: certificates in any case, the token and the rules
    ///   if they are others.
    /// - Throws: ``StartError`` where limits do not fit together or a file cannot be read; then
    ///   nothing has changed.
    package func reload(
        _ wanted: Limits, _ ruleset: Ruleset? = nil
    ) throws(StartError) -> [String] {
        var limits = shared.limits
        for limit in Limits.settings where Limits.changeable.contains(limit.name) {
            limits[keyPath: limit.path] = wanted[keyPath: limit.path]
        }
        if let contradiction = limits.contradictions.first { throw .configuration(contradiction) }
        let fresh = try shared.certificates.readAgain()
        var renewed = try control.tokens.reload() ? ["admin.token"] : []
        shared.change(to: fresh)
        renewed += fresh.keys.map { "\($0.label) certificates" }.sorted()
        for kind in ListenerKind.allCases {
            shared.addresses(kind).change(perAddress: limits.connectionsPerAddress(kind))
        }
        shared.tableLimit.store(limits.tableLimitBytes(), ordering: .relaxed)
        for lane in shared.lanes { lane.post(.limits(limits)) }
        if let ruleset, shared.change(to: ruleset) {
            renewed.append("ruleset \(ruleset.digest.hexadecimal.prefix(16))")
        }
        return renewed
    }

    /// Tells metrics what came of a reload, those too that failed before ``reload(_:)``.
    package func recordReload(isSuccessful: Bool) {
        shared.reloads.record(isSuccessful: isSuccessful, at: shared.clock.wallClock())
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
                sequencer.shared.giveUp("cannot write the journal; ending the process: \(error)")
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
