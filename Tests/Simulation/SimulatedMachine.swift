import Contract
import Ledger
import Log
import Sockets
import Synchronization
import Time

@testable import Gateway

/// A machine of a given speed under a ``SimulatedGateway``: how long a request takes its worker, a
/// decision the sequencer, a sync the disk. Virtual time goes on for all of them, and for those who
/// send, in steps of a millisecond.
///
///     people ─► unread ─► worker ─► ring ─► sequencer ─► disk ─► answers ─► people
///
/// Answers leave when the sync is over and the decisions have taken their time, as those of a batch
/// do.
final class SimulatedMachine {
    /// Nanoseconds of work.
    struct Speed {
        /// Of the worker for a request, whatever its answer.
        var request: UInt64 = 50_000
        /// Of the sequencer for an entry that is accepted, and for any other.
        var accepted: UInt64 = 1_000_000
        var refused: UInt64 = 20_000
        /// Of the sequencer for a batch that is stored, beside its entries.
        var batch: UInt64 = 0
        /// Of the disk for one sync.
        var sync: UInt64 = 1_000_000
        /// For which the sequencer then waits for its processor, where a worker is busy there.
        var processorWait: UInt64 = 0
        /// Whether the worker stands still while the sequencer decides.
        var isOneCore = false
        /// Entries of one batch at most.
        var batchEntries = 64
        /// Reads a second of operations that are held beyond their paces: a tenth of what the
        /// worker can refuse.
        var refusedReads: UInt32 = 2_000
    }

    let clock: SimulatedClock
    let gateway: SimulatedGateway
    var speed: Speed
    private let disk: SimulatedDisk
    private let busy: BusyTimes
    private let start: UInt64
    /// Time that has passed and is less than a step.
    private var rest: UInt64 = 0
    private var workerTime: UInt64 = 0
    /// Who sends, in the order that they were added in.
    private(set) var streams: [SimulatedStream] = []
    /// Requests that no worker has read, by their slots in `ready`.
    private var unread: [UInt32: Request] = [:]
    private var freeSlots: [UInt32] = []
    private var ready: ReadyQueues
    private var posted: [UInt32: Request] = [:]
    private var nextConnection: UInt32 = 0
    /// What went wrong while the disk was at work.
    private var failure: (any Error)?
    /// The highest level of pressure so far.
    private(set) var highest = PressureLevel.calm

    struct Request {
        let stream: Int
        /// When it was sent, nanoseconds of the monotonic clock.
        let sentAt: UInt64
        var entry: SimulatedLoop.Entry
    }

    /// How long the stages were busy.
    private final class BusyTimes: Sendable {
        let times = Mutex(StageTimes(workers: [0], sequencer: 0))
    }

    /// A machine with an operation that is just within its cover: its index and that of its key are
    /// 0. Others come after it, which are declared.
    init(
        _ speed: Speed = Speed(), seed: UInt64, policy: Policy = Policy(), others: [String] = [],
        isEnforced: Bool = true
    ) throws {
        self.speed = speed
        let busy = BusyTimes()
        self.busy = busy
        let random = SeededRandom(seed: seed)
        // Soon after what was before: a clock that is far ahead would not be believed.
        clock = SimulatedClock(Timestamp(milliseconds: 1_790_000_100_000))
        disk = try SimulatedDisk()
        let prehistory = try Prehistory.shared.get()
        let snapshots = SimulatedSnapshots(random)
        let vault = SimulatedVault(random)
        try disk.preload(prehistory.batches)
        try snapshots.preload(prehistory.snapshot, lastSequence: prehistory.lastSequence)
        try vault.open()
        _ = try vault.create(Prehistory.dataKey)
        var limits = SimulatedGateway.limits
        limits.batchEntries = speed.batchEntries
        gateway = try SimulatedGateway(
            disk: disk, vault: vault, snapshots: snapshots, clock: clock, random: random,
            policy: policy, limits: limits, stageTimes: { busy.times.withLock { $0 } })
        ready = ReadyQueues(
            connections: 1 << 20, shares: LedgerLimits.operations + 1,
            allowancePerSecond: speed.refusedReads, withheld: gateway.shared.withheld, lane: 0)
        start = clock.monotonicNanoseconds()
        for name in others {
            try gateway.open(name, rule: .unlimited, policy: isEnforced ? .enforce : .advise)
            try gateway.decide(
                .contract(
                    .giveNotice(operation: name, expectedParticipants: 1_000_000, note: nil)))
        }
        if !isEnforced {
            let settings = OperationSettings(
                client: "acme", title: "A", rule: .once, robots: .off, policy: .advise)
            try gateway.decide(
                .operation(
                    .put(
                        id: Prehistory.operation, settings: settings,
                        dataKeyID: Prehistory.dataKey)))
        }
        disk.memory.onDelay = { [unowned self] in pass($0, isDeciding: false) }
    }

    // MARK: Who sends

    func add(_ stream: SimulatedStream) {
        streams.append(stream)
    }

    /// Has so many people enter the operation that is just within its cover.
    func cross() throws {
        for person in 0..<51 as Range<UInt64> {
            let entry = SimulatedLoop.Entry(
                operation: 0, key: 0, person: 90_000_000 + person, connection: 0)
            _ = gateway.loops[0].post(entry)
        }
        try turn()
        _ = gateway.loops[0].drainAnswers()
    }

    /// Seconds since the start.
    var seconds: Double { Double(clock.monotonicNanoseconds() - start) / 1e9 }

    func operation(_ name: String) -> Catalogue.Operation? { gateway.catalogue.operation(name) }

    // MARK: Time

    /// Lets virtual time go on.
    /// - Parameter body: called ten times a second.
    func run(seconds duration: Double, _ body: () throws -> Void = {}) throws {
        let end = seconds + duration
        var next = seconds
        while seconds < end {
            if seconds >= next {
                try body()
                next += 0.1
            }
            if gateway.hasWork { try turn() } else { pass(1_000_000, isDeciding: false) }
            try gateway.refillLeaves()
            if beat() { try turn() }
            if let failure { throw failure }
        }
    }

    private func beat() -> Bool {
        guard gateway.beat() else { return false }
        for loop in gateway.loops { loop.receive() }
        highest = max(highest, gateway.shared.pressure.withLock { $0.level })
        return true
    }

    private func turn() throws {
        let calls = disk.memory.calls
        let isWorkerBusy = ready.hasReadable(at: clock.monotonicNanoseconds())
        let processorWait = isWorkerBusy ? speed.processorWait : 0
        disk.memory.faults = [calls + 1: .slow(nanoseconds: speed.sync + processorWait)]
        try gateway.turn()
        if disk.memory.calls > calls {
            busy.times.withLock { $0.sequencer += processorWait }
        }
        let answers = gateway.loops[0].drainAnswers()
        var work = answers.reduce(UInt64(0)) {
            $0 + ($1.verdict == .accepted ? speed.accepted : speed.refused)
        }
        if answers.contains(where: { $0.verdict == .accepted }) { work += speed.batch }
        busy.times.withLock { $0.sequencer += work }
        pass(work, isDeciding: true)
        for answer in answers { complete(answer) }
    }

    private func pass(_ nanoseconds: UInt64, isDeciding: Bool) {
        rest += nanoseconds
        while rest >= Self.step {
            rest -= Self.step
            clock.advance(byNanoseconds: Self.step)
            let now = clock.monotonicNanoseconds()
            for index in streams.indices {
                for entry in streams[index].drainArrivals(at: seconds) {
                    wait(Request(stream: index, sentAt: now, entry: entry))
                }
            }
            read(isDeciding: isDeciding)
            // What takes longer is seen while it lasts; its own thread would see it.
            if nanoseconds >= Self.beatNanoseconds { _ = beat() }
        }
    }

    private static var step: UInt64 { 1_000_000 }
    private static var beatNanoseconds: UInt64 { 100_000_000 }

    /// A request waits to be read, in its operation's share.
    private func wait(_ request: Request) {
        let slot = freeSlots.popLast() ?? UInt32(unread.count)
        unread[slot] = request
        let share = gateway.shared.board.readShare(of: request.entry.operation)
        ready.enqueue(slot, in: share, since: request.sentAt)
    }

    private func nextRead() -> Request? {
        let board = gateway.shared.board
        let next = ready.pop(at: clock.monotonicNanoseconds()) { board.readShare(of: $0 - 1) }
        guard let next else { return nil }
        freeSlots.append(next.slot)
        return unread.removeValue(forKey: next.slot)
    }

    /// The worker's step.
    private func read(isDeciding: Bool) {
        let stands = speed.isOneCore && isDeciding
        if stands, ready.hasReadable(at: clock.monotonicNanoseconds()) {
            busy.times.withLock { $0.workers[0] += Self.step }
        }
        guard !stands else { return }
        workerTime += Self.step
        do {
            try gateway.refillLeaves()
        } catch {
            failure = error
        }
        while workerTime >= speed.request {
            guard let request = nextRead() else {
                workerTime = 0
                break
            }
            workerTime -= speed.request
            busy.times.withLock { $0.workers[0] += speed.request }
            measure(request)
            post(request)
        }
    }

    /// How long the request lay unread, as a loop tells it.
    private func measure(_ request: Request) {
        let shared = gateway.shared
        shared.instruments.recordUnreadWait(
            nanoseconds: clock.monotonicNanoseconds() - request.sentAt,
            isHeldBack: shared.board.state(of: request.entry.operation) != .open, lane: 0)
    }

    private func post(_ request: Request) {
        nextConnection += 1
        var request = request
        request.entry.connection = nextConnection
        if gateway.loops[0].post(request.entry) {
            posted[nextConnection] = request
        } else {
            streams[request.stream].end(request, nil, at: seconds, after: 0)
        }
    }

    private func complete(_ answer: AnswerEnvelope) {
        guard let request = posted.removeValue(forKey: answer.connection.place) else { return }
        let waited = clock.monotonicNanoseconds() - request.sentAt
        streams[request.stream].end(request, answer, at: seconds, after: waited)
    }
}
