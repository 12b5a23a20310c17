internal import Cluster
internal import Cryptography
internal import Glibc
internal import Ledger
internal import LockFree
internal import Log
internal import Logging
internal import Projections
internal import Robots
internal import Sockets
internal import Synchronization
internal import Time

/// What the threads of one gateway share. Everything here is either constant, a lane with one
/// writer and one reader, a lock-free table with one writer for each of its cells, or rare.
final class Shared: Sendable {
    let limits: Limits
    /// What time it is for the sequencer, the projector and the pulse.
    let clock: any MachineClock
    /// What they draw from, beside keys.
    let random: any RandomSource
    let logger: Logger
    /// Where the logger's messages go.
    let log: any ProcessLog
    /// One for each public worker, then one for the admin loop.
    let lanes: [WorkerLane]
    /// The public workers' lanes: the ones that entries come by.
    let workerLanes: ArraySlice<WorkerLane>
    /// The lanes that the sequencer reads entries from: the workers', then one for each link that
    /// another node may send entries over.
    let entryLanes: ArraySlice<WorkerLane>
    /// Entries that went over links between nodes.
    let links = LinkCounts()
    let administration = AdministrationLane()
    /// Changes that this node was asked for while it follows; nil for a gateway that is alone.
    let commands: CommandForwarding?
    /// What a leader made of them.
    let followedOutcomes = FollowedLane()
    /// What other nodes say of their pressure, and this one to them.
    let nodes = NodeSamples()
    /// What the control side asks the sequencer of a month.
    let consumption = ConsumptionLane()
    /// Wakes the sequencer.
    let sequencerBell: Doorbell
    /// Wakes whoever forwards entries while the node follows; nil for a gateway that is alone.
    let forwarderBell: Doorbell?
    /// Ends a batch's gathering, where no loop has anything to bring.
    let gatheringBell: Doorbell
    /// Whether the sequencer is not to gather before its next batch; see ``endGathering()``.
    let endsGathering = Atomic<Bool>(false)
    let board: OperationBoard
    /// Connections that are not read because their operation is held.
    let withheld: WithheldConnections
    /// What runs of test entries have brought.
    let runs = RunBoard()
    let instruments: Instruments
    /// What keeps entries from being stored.
    let health: Health
    /// The cluster that this is a node of; nil for a gateway that is alone.
    let cluster: ClusterStatus?
    let engine = EngineFigures()
    let heartbeats: Heartbeats
    let threadTimes: ThreadTimes
    private let publicAddresses: ConnectionCounts
    private let adminAddresses: ConnectionCounts
    let proxies: TrustedProxies
    let adminNames: AdminNames
    /// Pages that may not send entries, and do.
    let foreignOrigins = ForeignOrigins()
    /// Requests of the admin listener that were refused for their token.
    let refusedTokens = RefusedTokens()
    /// How often keys and tokens that are suspected are used.
    let suspectedUses: SuspectedUses
    /// What campaign tags have brought.
    let sources: SourceBoard
    /// What operations had brought some seconds ago; the pulse writes it.
    let recent: RecentCounts
    /// What of the log's room is used.
    let journal: JournalUse
    /// What came of the last reload.
    let reloads: ReloadStatus
    let handshakes: HandshakeBudget
    /// The rules for what gives a robot away.
    let ruleset: CurrentRuleset
    /// What was done about entries that look like a robot's.
    let robots: RobotReporter
    /// Hashes of where entries come from, the same for all workers, and all nodes of a cluster.
    let origins: OriginHash
    /// Puzzles for the challenges to come.
    let challenges: ChallengePool
    /// Leaves of the key trees for the entries to come.
    let leaves = LeafPool()
    /// What the listeners that speak TLS show.
    let certificates: Certificates
    /// What the sequencer hands to the projector.
    let projection: ProjectionQueue
    /// What the projector and others hand to the thread that sends events to those who follow.
    let events: EventFeed
    /// What the senders of webhooks share with the projector and with readers.
    let webhooks: WebhookBoard
    /// The views as of the last batch that was projected. The projector replaces the reference; the
    /// lock is held to copy it.
    private let views: Mutex<ProjectedState>
    /// When operations will cross their covers; the pulse writes them.
    let forecasts = ForecastBoard()
    /// The last sample of the pulse, which writes it ten times a second.
    let pressure = Mutex(PressureSample())
    /// Entries a second that the platform takes; 0 while that is not known. The pulse writes it.
    let capacityPerSecond = Atomic<Int>(0)
    /// Records of the log that are on stable storage. The sequencer's thread writes it.
    let durableRecords = Atomic<UInt64>(0)
    /// Those of them whose batches are with the projector, as far as it takes them. The sequencer's
    /// thread writes it once a batch.
    let publishedRecords = Atomic<UInt64>(0)
    /// Operations that stand and whose keys the loops do not have yet: another node made them. The
    /// projector's thread writes it before it says that it has projected them.
    let lackingKeys = Atomic<Int>(0)
    /// Whether what the pulse has counted is to go on record before its time: another node is about
    /// to decide. The pulse's thread ends it.
    let areCountsDue = Atomic<Bool>(false)
    /// Entries that the sequencer answered in its last turn with any. Its thread writes it.
    let lastBatch = Atomic<Int>(0)
    /// The place in the log behind the durable ones. The sequencer's thread writes it once a batch.
    let durableEnd = Mutex(LogPosition.beginning)
    /// Bytes of the tables that grow with entries. The sequencer's thread writes it.
    let tableBytes = Atomic<Int>(0)
    /// Bytes that they may take: `limits.table_bytes`. Written at the start and by a reload.
    let tableLimit = Atomic<Int>(.max)
    /// `limits.answer_seconds`, for the link to the leader and for the keys. Written likewise.
    let answerSeconds: Atomic<Int>
    /// `limits.drain_seconds`, for the watch of a drain. Written likewise.
    let drainSeconds: Atomic<Int>
    /// When they will be full, in milliseconds since 1970; the end of the range if not soon. The
    /// pulse's thread writes it.
    let tablesFullAt = Atomic<Int64>(.max)
    /// What waits for the sequencer to believe the clock; and whether anything does.
    private let clockConfirmations = Mutex<[@Sendable () -> Void]>([])
    private let hasClockConfirmations = Atomic<Bool>(false)
    private let stopping = Atomic<Bool>(false)
    private let draining = Atomic<Bool>(false)

    init(
        limits: Limits, proxies: TrustedProxies = TrustedProxies(),
        adminNames: AdminNames = AdminNames(), workers: Int,
        state: ProjectedState, certificates: Certificates = Certificates(),
        ruleset: Ruleset = .shipped,
        clock: any MachineClock = SystemClock(), random: any RandomSource = SystemRandom(),
        cluster: ClusterStatus? = nil, originKey: UInt64? = nil, logger: Logger,
        log: any ProcessLog = DirectLog()
    ) throws {
        self.cluster = cluster
        health = Health(firstWait: cluster == nil ? .disk : .log)
        self.limits = limits
        answerSeconds = Atomic(limits.answerSeconds)
        drainSeconds = Atomic(limits.drainSeconds)
        self.clock = clock
        self.random = random
        self.proxies = proxies
        self.adminNames = adminNames
        self.logger = logger
        self.log = log
        projection = try ProjectionQueue()
        events = try EventFeed()
        webhooks = try WebhookBoard()
        views = Mutex(state)
        lanes = try (0...workers).map { lane in
            try WorkerLane(
                limits: limits, connections: limits.connections(lane < workers ? .public : .admin))
        }
        workerLanes = lanes[0..<workers]
        let linkLanes = try (0..<(cluster == nil ? 0 : LinkFrame.maximumMembers)).map { _ in
            try WorkerLane(limits: limits, connections: limits.linkEntries)
        }
        entryLanes = ArraySlice(lanes[0..<workers] + linkLanes)
        let forwarderBell = try cluster == nil ? nil : Doorbell()
        self.forwarderBell = forwarderBell
        commands = forwarderBell.map { CommandForwarding($0) }
        sequencerBell = try Doorbell()
        gatheringBell = try Doorbell()
        board = OperationBoard(operations: LedgerLimits.operations)
        withheld = WithheldConnections(
            lanes: lanes.count, operations: LedgerLimits.operations)
        instruments = Instruments(lanes: lanes.count, operations: LedgerLimits.operations)
        suspectedUses = SuspectedUses(lanes: lanes.count)
        sources = SourceBoard(operations: LedgerLimits.operations)
        recent = RecentCounts(at: clock.monotonicNanoseconds())
        journal = JournalUse(at: clock.monotonicNanoseconds())
        reloads = ReloadStatus(startedAt: clock.wallClock())
        publicAddresses = ConnectionCounts(limits, .public, proxies)
        adminAddresses = ConnectionCounts(limits, .admin, proxies)
        heartbeats = Heartbeats(lanes: lanes.count, at: clock.monotonicNanoseconds())
        threadTimes = ThreadTimes(workers: workers)
        handshakes = HandshakeBudget(perSecond: limits.handshakesPerAddress)
        self.ruleset = CurrentRuleset(ruleset)
        robots = RobotReporter(lanes: lanes.count, operations: LedgerLimits.operations)
        robots.names.register(ruleset)
        let ownKey = random.word()
        origins = OriginHash(key: originKey ?? ownKey, ownKey: ownKey)
        challenges = try ChallengePool(limits, workers: workers)
        tableLimit.store(limits.tableLimitBytes(), ordering: .relaxed)
        self.certificates = certificates
    }

    /// Whether every worker waits for its clients, or is about to. The one that asks has prepared
    /// itself to sleep before: of two that do so at once, one at least sees the other.
    var workersAreIdle: Bool { workerLanes.allSatisfy { $0.bell.isAwaited } }

    /// An entry was handed over that came beside a crowd: a batch that gathers is decided now, and
    /// the next one does not gather. Called behind the entry.
    func endGathering() {
        endsGathering.store(true, ordering: .relaxed)
        gatheringBell.ring()
    }

    /// The lanes of links between nodes; none for a gateway that is alone.
    var linkLanes: [WorkerLane] { Array(entryLanes[workerLanes.count...]) }

    /// The number of the admin loop's lane.
    var adminLane: Int { workerLanes.count }

    /// The views as of a moment ago: the catalogue, the evidence index, the holders of tokens. Ask
    /// once for all that has to be of one moment.
    var projected: ProjectedState { views.withLock { $0 } }

    /// Puts other views in place. The projector's call, before it completes what they show.
    func publish(_ state: ProjectedState) {
        views.withLock { $0 = state }
    }

    /// Whether the gateway has begun to end: new entries are still answered, readiness is not.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Why entries cannot be accepted now, or not after the next start; empty while they can.
    var unreadyReasons: [String] {
        let now = clock.monotonicNanoseconds()
        var reasons = (isDraining ? ["draining"] : []) + health.reasons(at: now)
        // A cluster's keys are in its engine, which says by itself when it does not answer.
        let disk = Health.Stall.disk.rawValue
        if health.firstWait == .disk, areKeysStalled, !reasons.contains(disk) {
            reasons.append(disk)
        }
        if let reason = cluster?.unreadyReason(at: clock.elapsedNanoseconds()),
            !reasons.contains(reason)
        {
            reasons.append(reason)
        }
        return reasons
    }

    /// Whether what is in hand with the keys takes longer than a change waits for it. To forget
    /// much of a large tree takes a disk some time: a bound of a second, as for a commit, would
    /// call that a stall.
    var areKeysStalled: Bool {
        let limit = UInt64(answerSeconds.load(ordering: .relaxed)) * 1_000_000_000
        return health.keysAge(at: clock.monotonicNanoseconds()) >= limit
    }

    /// Whether this gateway decides: always where it is alone; in a cluster from its office on.
    var isLeading: Bool { cluster.map { $0.state == .leading } ?? true }

    /// What is refused because this node does not lead.
    var notLeading: Problem {
        let owner = cluster?.owner.flatMap { $0.node == cluster?.node ? nil : $0 }
        return .notLeading(owner.map { ($0.node, $0.address) })
    }

    /// - Throws: ``Problem`` where this node does not lead.
    func requireOffice() throws(Problem) {
        if !isLeading { throw notLeading }
    }

    /// The ledger's time, as well as it is known outside the sequencer: what a clock that was set
    /// wrong does not change.
    var ledgerTime: Timestamp { health.ledgerTime(at: clock.wallClock()) }

    /// Entries in flight of one loop with which the sequencer is never idle: those of the batch
    /// that is stored, those of the next one, which may be larger as far as the disk needs it, and
    /// a few whose answers are being written. More would only have others wait behind them.
    var enoughInFlight: Int {
        let batch = lastBatch.load(ordering: .relaxed)
        let next = min(batch + Self.growthOfBatch, limits.batchEntries)
        return (batch + next) / workerLanes.count + Self.beingAnswered
    }

    private static var growthOfBatch: Int { 8 }
    private static var beingAnswered: Int { 8 }

    /// Requests a second of one loop that operations which are held have beyond their paces: an
    /// eighth of what the platform takes, for all loops. To refuse an entry costs nearly what it
    /// costs to accept one, so refusals take no more than that from those who keep their service.
    var refusedReadsPerSecond: UInt32 {
        if let fixed = limits.refusedReadsPerSecond { return fixed }
        let capacity = capacityPerSecond.load(ordering: .relaxed)
        guard capacity > 0 else { return ReadyQueues.allowancePerSecond }
        let eighth = capacity / Self.entriesForOneRefusal
        return UInt32(min(max(eighth, Self.fewestRefused), Self.mostRefused) / workerLanes.count)
    }

    private static var entriesForOneRefusal: Int { 8 }
    /// On the smallest machine somebody is told when to return all the same.
    private static var fewestRefused: Int { 500 }
    private static var mostRefused: Int { 10_000 }

    /// Has the sequencer believe the wall clock.
    /// - Parameter completion: called on the sequencer's thread when it does.
    func confirmClock(completion: @escaping @Sendable () -> Void = {}) {
        clockConfirmations.withLock { $0.append(completion) }
        hasClockConfirmations.store(true, ordering: .releasing)
        sequencerBell.ring()
    }

    /// Whether the sequencer has not read a confirmation yet.
    var isClockConfirmationDue: Bool { hasClockConfirmations.load(ordering: .relaxed) }

    /// What an operator's confirmations since the last call wait for; empty where there are none.
    /// The sequencer's call.
    func drainClockConfirmations() -> [@Sendable () -> Void] {
        guard isClockConfirmationDue, hasClockConfirmations.exchange(false, ordering: .acquiring)
        else { return [] }
        return clockConfirmations.withLock { confirmations in
            defer { confirmations = [] }
            return confirmations
        }
    }

    /// Who is connected to a listener.
    func addresses(_ kind: ListenerKind) -> ConnectionCounts {
        kind == .public ? publicAddresses : adminAddresses
    }

    /// Puts other certificates in force, and tells the loops of them.
    func change(to fresh: [ListenerKind: TLSContext]) {
        certificates.change(to: fresh, logger)
        for kind in fresh.keys {
            for lane in kind == .admin ? lanes[adminLane...] : workerLanes {
                lane.post(.certificates)
            }
        }
    }

    /// Puts other rules in force, and tells the workers of them.
    /// - Returns: whether they are others.
    func change(to fresh: Ruleset) -> Bool {
        guard let ruleset = ruleset.change(to: fresh) else { return false }
        // Before anybody judges by it.
        robots.names.register(fresh)
        for lane in workerLanes { lane.post(.ruleset(ruleset)) }
        return true
    }

    /// Whether a ring to the sequencer is so full that this is refused.
    func isFull(for shedding: Shedding) -> Bool {
        entryLanes.contains { $0.isFull(for: shedding) }
    }

    /// Whether the sequencer shall end when nothing waits any more.
    var isStopping: Bool { stopping.load(ordering: .acquiring) }

    /// Tells every event loop to finish.
    func drain() {
        draining.store(true, ordering: .relaxed)
        for lane in lanes { lane.post(.drain) }
    }

    /// Says why, and ends the process at once: nothing more may be acknowledged (law 1). A
    /// supervisor starts it again, and recovery decides what is true.
    func giveUp(_ reason: String) -> Never {
        logger.critical("\(reason)")
        // Nothing is answered any more: a second is no loss, and the reason may still be read.
        log.flush(withinMilliseconds: 1_000)
        _exit(74)
    }

    /// Tells the sequencer to finish; the event loops have ended.
    func stop() {
        stopping.store(true, ordering: .releasing)
        sequencerBell.ring()
    }
}
