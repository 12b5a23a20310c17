import BitCollections
import DequeModule
import Histogram
import Sockets

/// A stream while it runs: its schedule, who waits, what was counted.
struct StreamState {
    let plan: StreamPlan
    let writer: EntryWriter
    var arrivals: Arrivals
    var random: SplitMix64
    /// When the stream begins and, for a closed loop, ends; nanoseconds of the monotonic clock.
    var began: UInt64 = 0
    var ends: UInt64 = 0
    /// When the next request is due; nil when the schedule is at its end.
    var nextDue: UInt64?
    /// Participants so far.
    var participants: UInt32 = 0

    /// Connections that are ready, the one that waited longest first; some may be closed meanwhile.
    var ready = Deque<EventToken>()
    /// Attempts that are due and have no connection.
    var backlog = Deque<Attempt>()
    /// Connections open or being made.
    var connections = 0
    var connecting = 0
    /// Requests without an answer yet.
    var inFlight = 0
    /// Attempts that will be made later.
    var planned = 0

    /// Since the second began. Its times have two digits: while a second is closed nothing is sent.
    var second = Tally(digits: .two)
    /// Of the whole run.
    var whole = Tally()
    /// Of each window that an expectation looks at.
    var windows: [WindowState] = []
    var seconds: [StreamSecond] = []
    /// Participants whose entry was accepted, or was found to have been.
    var served = BitSet()
    /// Numbers that the gateway gave to a second participant.
    var duplicateNumbers = 0
    var waits = Waits()
    /// Answers that came while the schedule still ran, for the throughput.
    var answeredInTime = 0
    var lastAnswer: UInt64 = 0
    /// Seconds at whose end attempts waited for a connection.
    var secondsWithBacklog = 0

    init(_ plan: StreamPlan, writer: EntryWriter, seed: UInt64) {
        self.plan = plan
        self.writer = writer
        arrivals = Arrivals(plan.curve, isRandom: plan.pacing == .poisson, seed: seed)
        random = SplitMix64(seed: ~seed)
        for expectation in plan.expectations {
            for window in expectation.windows {
                let found = windows.firstIndex { $0.window == window }
                if found == nil { windows.append(WindowState(window)) }
                guard expectation.isOfTail else { continue }
                windows[found ?? windows.count - 1].keepsAnswers = true
            }
        }
        backlog.reserveCapacity(longestBacklog)
    }

    /// Attempts that may wait for a connection: room for them is asked for once, because to move
    /// hundreds of thousands takes a time in which nothing is sent. The kernel gives the memory as
    /// it is used.
    private var longestBacklog: Int {
        guard plan.pacing != .closed else { return 0 }
        let peak = plan.curve.pieces.map { max($0.from, $0.to) }.max() ?? 0
        return Int(min(peak * plan.clients.timeoutSeconds, Self.mostReserved))
    }

    private static var mostReserved: Double { 4_000_000 }

    mutating func begin(at start: UInt64) {
        began = start + UInt64(plan.startSeconds * 1e9)
        ends = began + UInt64(plan.seconds * 1e9)
        advance()
    }

    /// Moves on to the next request of the schedule.
    mutating func advance() {
        guard plan.pacing != .closed else { return }
        nextDue = arrivals.next().map { began + UInt64($0 * 1e9) }
    }

    /// The next participant.
    mutating func newParticipant() -> UInt32 {
        let number = participants
        participants += 1
        guard let population = plan.clients.population else { return number }
        return UInt32.random(in: 0..<UInt32(population), using: &random)
    }

    /// Whether nothing of the stream is left to happen.
    func isFinished(at now: UInt64) -> Bool {
        inFlight == 0 && planned == 0 && backlog.isEmpty
            && (plan.pacing == .closed ? isLoopOver(at: now) : nextDue == nil)
    }

    /// Whether a closed loop sends nothing more.
    func isLoopOver(at now: UInt64) -> Bool {
        now >= ends || (plan.closedRequests.map { Int(participants) >= $0 } ?? false)
    }

    /// Clients who have waited for a connection as long as they would for an answer give up; those
    /// who try again after failures, and closed loops, go on waiting.
    mutating func giveUpWaiting(at now: UInt64) {
        guard plan.pacing != .closed, !plan.clients.retriesErrors else { return }
        let timeout = UInt64(plan.clients.timeoutSeconds * 1e9)
        while let first = backlog.first, first.due + timeout <= now {
            backlog.removeFirst()
            second.abandoned += 1
        }
    }

    /// Counts an answer.
    /// - Parameters:
    ///   - due: when it was due, in nanoseconds of the monotonic clock.
    ///   - latency: microseconds from that moment.
    ///   - service: microseconds from the moment it was sent.
    mutating func recordAnswer(due: UInt64, latency: UInt64, service: UInt64) {
        second.answered += 1
        second.record(latency: latency, service: service)
        whole.record(latency: latency, service: service)
        // The second in hand is the one behind those that are closed.
        for index in windows.indices where windows[index].window.contains(seconds.count) {
            windows[index].record(due: due, latency: latency, service: service)
        }
    }

    /// Puts the second's counts to the run's and the windows', and begins another.
    mutating func closeSecond(_ number: Int) {
        let backlog = backlog.count
        if backlog > 0 { secondsWithBacklog += 1 }
        seconds.append(StreamSecond(number, second, backlog: backlog))
        whole.addCounts(of: second)
        for index in windows.indices where windows[index].window.contains(number) {
            windows[index].tally.addCounts(of: second)
        }
        second.reset()
    }
}

extension StreamSecond {
    init(_ number: Int, _ tally: Tally, backlog: Int) {
        let latency = Percentiles(tally.latency)
        self.init(
            second: number, due: tally.due, sent: tally.sent, answered: tally.answered,
            verdicts: tally.outcomes, errors: tally.failed, p50: latency.p50, p90: latency.p90,
            p99: latency.p99, max: latency.max, serviceP99: Percentiles(tally.service).p99,
            backlog: backlog)
    }
}
