internal import CLinux
internal import Cluster
internal import Contract
internal import Ledger
internal import LockFree
internal import Logging
internal import Projections
internal import Synchronization
internal import Time

/// One beat of the pulse, ten times a second, without the thread and its timer. Owned by the
/// pulse's thread.
struct PulseLoop {
    private let shared: Shared
    private var meter: PressureMeter
    private var load: LoadMeter
    private var reporter: PressureReporter
    private var tables: TableWatch
    private var memoryReturn = MemoryReturn()
    private var refusals: RefusalLog
    private var suspicions: SuspicionLog
    private var answers: AnswerReporter
    private var robots: RobotRecorder
    private var lostMinutes: LostMinuteReporter
    private var notAccepted: NotAcceptedReporter
    private var rules: IncidentRules
    private var beat = 0
    /// Whether a sync hangs, as it was logged last.
    private var isStalled = false
    /// The same of the keys.
    private var areKeysStalled = false

    /// - Parameters:
    ///   - kernelPressure: reads a resource's pressure, 0 to 100; see ``KernelPressure``.
    ///   - stageTimes: reads how long the stages were busy; nil for the threads' own times.
    ///   - note: a stop of the journal that the process before this one has noted.
    init(
        _ shared: Shared, after note: StopNote? = nil,
        kernelPressure: @escaping @Sendable (String) -> Double = KernelPressure.read,
        stageTimes: (@Sendable () -> StageTimes)? = nil
    ) {
        self.shared = shared
        rules = IncidentRules(after: note)
        meter = PressureMeter(shared, kernelPressure: kernelPressure, stageTimes: stageTimes)
        load = LoadMeter(shared)
        reporter = PressureReporter(shared)
        tables = TableWatch(shared)
        refusals = RefusalLog(shared)
        suspicions = SuspicionLog(shared)
        answers = AnswerReporter(shared)
        robots = RobotRecorder(shared)
        lostMinutes = LostMinuteReporter(shared)
        notAccepted = NotAcceptedReporter(shared)
    }

    /// Measures, reports what the ladder must know, and lets time go on for the other threads.
    mutating func turn() {
        shared.heartbeats.pulseTurns(at: shared.clock.monotonicNanoseconds())
        // What goes on record is the leader's to say.
        let isLeading = shared.isLeading
        if beat % PressureClassifier.frequency == 0 {
            load.sample()
            answers.turn(mayRecord: isLeading)
            robots.turn(mayRecord: isLeading)
            lostMinutes.turn(mayRecord: isLeading)
            notAccepted.turn(mayRecord: isLeading)
        }
        if shared.areCountsDue.load(ordering: .acquiring) {
            finish()
            shared.areCountsDue.store(false, ordering: .releasing)
        }
        if !isLeading {
            let sample = meter.sample()
            shared.nodes.ownLevel = sample.level
            if beat % PressureClassifier.frequency == 0 { tellLeader(sample) }
        } else if shared.cluster?.isUncertain(at: shared.clock.monotonicNanoseconds()) == true {
            // What waits now waits for other machines: no operation is to blame (C3, C9).
            meter.skip()
        } else {
            let now = shared.clock.monotonicNanoseconds()
            let others = shared.nodes.current(at: now)
            let sample = meter.sample()
            shared.nodes.ownLevel = sample.level
            reporter.report(sample.merged(with: others), load, beat: beat)
        }
        note(at: shared.clock.monotonicNanoseconds())
        beat += 1
        refusals.turn(at: shared.clock.monotonicNanoseconds())
        suspicions.turn(at: shared.clock.monotonicNanoseconds())
        recordStall()
        recordKeysStall()
        tables.turn()
        returnMemory()
        // First after ten seconds: by then what is on record is known.
        if isLeading {
            rules.turn(shared, isMinute: beat % (60 * PressureClassifier.frequency) == 100)
        } else {
            rules.wait(shared)
        }
        shared.certificates.advance(to: shared.clock.monotonicNanoseconds())
        // The sequencer turns too: something may be due, and the disk may have room again.
        shared.sequencerBell.ring()
        for lane in shared.lanes { lane.post(.ping(shared.clock.monotonicNanoseconds())) }
    }

    /// A node that follows tells what its own listeners see, once a second.
    private func tellLeader(_ sample: PressureSample) {
        guard let bell = shared.forwarderBell, let told = load.nodeSample(sample) else { return }
        shared.nodes.offer(told)
        bell.ring()
    }

    /// The process ends, or its office: what was counted and is not on record is recorded.
    mutating func finish() {
        guard shared.isLeading else { return }
        answers.finish()
        robots.finish()
        notAccepted.finish()
    }

    /// Notes where counts stand, for the rates that readers tell.
    private mutating func note(at now: UInt64) {
        let frequency = PressureClassifier.frequency
        if beat % frequency == 0 { refusals.logConnections() }
        if beat % (RecentCounts.noteSeconds * frequency) == 0 {
            shared.recent.note(shared, at: now)
        }
        if beat % (JournalUse.noteSeconds * frequency) == 0 { shared.journal.note(at: now) }
    }

    private mutating func returnMemory() {
        let held = shared.lanes.indices.reduce(0) {
            $0 + shared.instruments.parkedBytes(lane: $1)
        }
        let now = shared.clock.monotonicNanoseconds()
        if memoryReturn.isDue(held: held, at: now) { linux_return_memory() }
    }

    /// Logs when a sync hangs, and when it is over: the sequencer cannot while it waits for it.
    private mutating func recordStall() {
        let health = shared.health
        let isStalled =
            health.space != .stalled && health.stall(at: shared.clock.monotonicNanoseconds()) != nil
        guard isStalled != self.isStalled else { return }
        self.isStalled = isStalled
        let what = health.firstWait == .disk ? "the disk" : "the cluster's log, or the disk,"
        if isStalled {
            shared.logger.error("\(what) does not answer; entries wait, then get 503")
        } else {
            shared.logger.notice("\(what) answers again")
        }
    }

    /// The same for the keys, whose thread cannot say it either.
    private mutating func recordKeysStall() {
        let areStalled = shared.areKeysStalled
        guard areStalled != areKeysStalled else { return }
        areKeysStalled = areStalled
        let what =
            shared.health.firstWait == .disk
            ? "the disk does not answer in keys/" : "etcd does not answer for the cluster's keys"
        if areStalled {
            shared.logger.error(
                """
                \(what); changes that need keys get 503, and so do entries when those at hand are \
                used up
                """)
        } else {
            shared.logger.notice("over: \(what)")
        }
    }
}
