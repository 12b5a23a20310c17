import BitCollections
import Bytes
import HeapModule
import Histogram
import Sockets

/// Sends the streams' requests when they are due, and counts what comes back: one thread, one
/// epoll.
///
/// An open loop: the schedule does not wait for answers. A request that is due takes the connection
/// that has been free the longest; where none is free it waits, and the wait counts. So a gateway
/// that stalls shows in the percentiles with every request that it kept waiting.
struct Engine: ~Copyable {
    /// Where entries go.
    let target: SocketAddress
    var streams: [StreamState]
    var table: ConnectionTable
    var poller: Poller
    /// Beside the table, by place.
    var slots: [ConnectionSlot]
    var timeouts: DeadlineQueues
    /// What is to be done later, the earliest first.
    var agenda = Heap<ScheduledTask>()
    /// What could not be sent at once, and what has come of an answer that is not whole, by place.
    var unsent: [UInt32: Unsent] = [:]
    var partial: [UInt32: [UInt8]] = [:]
    /// Numbers given out, by operation.
    var numbers: [BitSet]
    /// Rooms for the request in hand.
    var body = ByteBuffer(capacity: 4 << 10)
    var outbox = ByteBuffer(capacity: 16 << 10)
    /// How late requests left by our own fault, in microseconds.
    var lateness = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    /// How long answers lay in the kernel until they were read, in microseconds: of those whose
    /// stamp says when they came.
    var unread = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    /// Answers without such a stamp, whose time is the one at which they were read.
    var unstamped = 0
    var arrivalClock = ArrivalClock()
    /// Connections that could not be begun: no descriptor, no port.
    var exhausted: SystemError?
    /// Connections made so far, for the addresses they come from.
    var connectionsBegun = 0
    /// Nanoseconds: when the traffic begins.
    var start: UInt64 = 0
    var secondsClosed = 0
    var isInterrupted = false

    /// A task and when it is due, in nanoseconds of the monotonic clock.
    struct ScheduledTask: Comparable {
        let due: UInt64
        let task: Task

        // The heap orders by time alone: tasks that are due at once come in any order.
        static func < (left: ScheduledTask, right: ScheduledTask) -> Bool { left.due < right.due }
        static func == (left: ScheduledTask, right: ScheduledTask) -> Bool { left.due == right.due }
    }

    /// Something for later.
    enum Task {
        /// Somebody comes back.
        case attempt(stream: Int, Attempt)
        /// A slow client sends some more.
        case drip(EventToken)
        /// A closed loop whose connection failed tries again.
        case refill(stream: Int)
    }

    /// What is left of a request that is sent in pieces.
    struct Unsent {
        var bytes: [UInt8]
        var sent = 0
        /// Of a slow client; nil sends as much as the kernel takes.
        var bytesPerSecond: Double?
    }

    /// Connections that may be under way to the target at once, for each stream: a listener's
    /// backlog is finite.
    static var connectingAtOnce: Int { 512 }
    /// Requests of each stream that are sent before the loop looks for answers again.
    static var sendsATurn: Int { 64 }
    /// Events that are handled before the loop looks for what is due again.
    static var answersAtOnce: Int { 16 }
    /// Participants' numbers from here on are not remembered: 256 MiB of bits are enough.
    static var numberLimit: Int { 1 << 31 }

    /// - Throws: ``SystemError`` where there is no descriptor for the poller.
    init(target: SocketAddress, streams: [StreamState], operations: Int) throws(SystemError) {
        self.target = target
        self.streams = streams
        let capacity = max(streams.reduce(0) { $0 + $1.plan.connections }, 1)
        table = ConnectionTable(capacity: capacity)
        poller = try Poller()
        slots = Array(repeating: ConnectionSlot(), count: capacity)
        timeouts = DeadlineQueues(
            durationsMilliseconds: streams.map { UInt64($0.plan.clients.timeoutSeconds * 1_000) },
            capacity: capacity)
        numbers = Array(repeating: BitSet(), count: operations)
    }

    /// Runs until the schedules are at their ends and all is answered, or the grace is over.
    /// - Parameters:
    ///   - graceSeconds: how long to wait for answers after the last schedule's end.
    ///   - begin: called when the connections are made, right before the traffic.
    ///   - second: called at the end of each second; false ends the run.
    mutating func run(
        graceSeconds: Double, begin: () -> Void, second: (borrowing Engine, Int) -> Bool
    ) {
        Poller.makeTimersPrecise()
        var inbox = ByteBuffer(capacity: 256 << 10)
        openConnections()
        begin()
        arrivalClock.note(.current())
        start = MonotonicClock.nanoseconds
        for index in streams.indices { streams[index].begin(at: start) }
        let ends = (streams.map(\.ends).max() ?? start) + UInt64(graceSeconds * 1e9)
        startClosedLoops()
        var now = start
        while !isInterrupted && now < ends && !isFinished(at: now) {
            let isBehind = sendDue(now)
            wait(isBehind ? 0 : untilNext(now), &inbox)
            now = MonotonicClock.nanoseconds
            expire(now)
            while now >= start + UInt64(secondsClosed + 1) * 1_000_000_000 {
                closeSecond()
                if !second(self, secondsClosed - 1) { isInterrupted = true }
            }
        }
        closeSecond()
    }

    func isFinished(at now: UInt64) -> Bool {
        streams.indices.allSatisfy { streams[$0].isFinished(at: now) }
    }

    private mutating func closeSecond() {
        for index in streams.indices { streams[index].closeSecond(secondsClosed) }
        secondsClosed += 1
    }

    // MARK: A turn

    /// Sends what is due, of each stream one request after the other's: a stream that is far behind
    /// does not make the others late.
    /// - Returns: whether there is more; answers are looked for in between.
    mutating func sendDue(_ now: UInt64) -> Bool {
        var now = now
        for _ in 0..<Self.sendsATurn {
            var isOver = true
            if let next = agenda.min, next.due <= now {
                agenda.removeMin()
                perform(next.task, due: next.due, now: now)
                isOver = false
            }
            for index in streams.indices where sendNextDue(index, now) { isOver = false }
            if isOver { return false }
            now = MonotonicClock.nanoseconds
        }
        return true
    }

    /// Sends a stream's next request, if it is due.
    private mutating func sendNextDue(_ index: Int, _ now: UInt64) -> Bool {
        guard let due = streams[index].nextDue, due <= now else { return false }
        streams[index].second.due += 1
        lateness.record((now - due) / 1_000)
        streams[index].advance()
        let participant = streams[index].newParticipant()
        dispatch(Attempt(due: due, participant: participant), index, now)
        return true
    }

    private mutating func perform(_ task: Task, due: UInt64, now: UInt64) {
        switch task {
        case .attempt(let stream, let attempt):
            streams[stream].planned -= 1
            lateness.record((now - due) / 1_000)
            dispatch(attempt, stream, now)
        case .drip(let token):
            guard table.isCurrent(token) else { return }
            sendUnsent(token.place, now)
        case .refill(let stream):
            streams[stream].planned -= 1
            sendNextOfLoop(stream, now)
        }
    }

    /// Nanoseconds until something is due: never longer than the second's end.
    private func untilNext(_ now: UInt64) -> Int64 {
        var next = start + UInt64(secondsClosed + 1) * 1_000_000_000
        for index in streams.indices {
            if let due = streams[index].nextDue { next = min(next, due) }
        }
        if let due = agenda.min?.due { next = min(next, due) }
        if let left = timeouts.untilNext(now: now / 1_000_000) {
            next = min(next, now + left * 1_000_000)
        }
        return next > now ? Int64(next - now) : 0
    }

    private mutating func wait(_ nanoseconds: Int64, _ inbox: inout ByteBuffer) {
        let count = poller.wait(timeoutNanoseconds: nanoseconds)
        if count > 0 { arrivalClock.note(.current()) }
        for index in 0..<count {
            let event = poller.event(index)
            guard table.isCurrent(event.token) else { continue }
            handle(event, &inbox)
            // A gateway that stores in batches answers in batches: what is due does not wait for
            // all of them to be read.
            if index % Self.answersAtOnce == Self.answersAtOnce - 1 {
                _ = sendDue(MonotonicClock.nanoseconds)
            }
        }
    }

    private mutating func handle(_ event: Poller.Event, _ inbox: inout ByteBuffer) {
        let place = event.token.place
        switch slots[Int(place)].state {
        case .connecting:
            if event.isWritable || event.isBroken { settle(event.token) }
        case .idle:
            // An idle connection has nothing to say but that it is over.
            if event.isReadable { close(place) }
        case .waiting:
            if event.isWritable, unsent[place]?.bytesPerSecond == nil, unsent[place] != nil {
                sendUnsent(place, MonotonicClock.nanoseconds)
            }
            if event.isReadable { receive(place, &inbox) }
        }
    }

    /// Requests whose answer did not come in time, and those that found no connection in it.
    private mutating func expire(_ now: UInt64) {
        while let (place, stream) = timeouts.popExpired(now: now / 1_000_000) {
            fail(place, .timeout, stream)
        }
        for index in streams.indices { streams[index].giveUpWaiting(at: now) }
    }
}
