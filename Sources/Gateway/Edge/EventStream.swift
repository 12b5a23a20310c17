internal import Bytes
internal import Sockets
internal import Synchronization

/// The sending end of a streamed answer: any thread puts events into it, and the connection's loop
/// takes them out as fast as the peer reads.
///
/// What waits here is bounded, and nothing else of a stream is: the loop takes more only when the
/// kernel has taken all of what it was given before. A sender that has much to send waits for that
/// (``isTaken(orElse:)``). Where it does not, a reader that falls behind by more than the bound is
/// cut, with a count of its own, so that one slow client costs neither memory nor anyone else's
/// events.
///
/// An event may be sent before the loop has begun the answer: it waits for that.
final class EventStream: AnswerStream {
    private let lane: WorkerLane
    private let connection: EventToken
    private let maximumBytes: Int
    private let state = Mutex(State())

    private struct State {
        var events: [[UInt8]] = []
        var bytes = 0
        var phase = Phase.open
        /// The loop has been told that events wait, and has not taken them yet.
        var isPosted = false
        /// The kernel has taken everything that was sent.
        var isTaken = true
        /// Called once, when that is so again or the stream has ended.
        var onTaken: (@Sendable () -> Void)?

        mutating func popOnTaken() -> (@Sendable () -> Void)? {
            defer { onTaken = nil }
            return onTaken
        }
    }

    private enum Phase {
        case open
        /// There will be no further event.
        case finished
        /// The reader has fallen too far behind.
        case overrun
        /// The connection is gone, or its loop has ended the stream.
        case closed
    }

    /// - Parameters:
    ///   - lane: the loop's that has the connection.
    ///   - maximumBytes: of events that wait for the reader (`limits.stream_bytes`).
    init(lane: WorkerLane, connection: EventToken, maximumBytes: Int) {
        self.lane = lane
        self.connection = connection
        self.maximumBytes = maximumBytes
    }

    // MARK: The sender's side

    /// Sends an event's bytes, as they are to stand in the body.
    /// - Returns: false where the stream has ended, so that the sender can end too.
    @discardableResult
    func send(_ event: [UInt8]) -> Bool {
        change { state in
            guard state.phase == .open else { return false }
            // One event is taken however long it is.
            if state.bytes > 0, state.bytes + event.count > maximumBytes {
                state.phase = .overrun
            } else if !event.isEmpty {
                state.events.append(event)
                state.bytes += event.count
                state.isTaken = false
            }
            return state.phase == .open
        }
    }

    /// Ends the body, behind the events that wait.
    func finish() {
        _ = change { state in
            if state.phase == .open { state.phase = .finished }
            return true
        }
    }

    /// Whether the kernel has taken everything that was sent, or the stream has ended.
    /// - Parameter body: otherwise called once, on any thread, when it has. It replaces the one
    ///   that waits for that already.
    func isTaken(orElse body: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            if state.isTaken || state.phase == .closed { return true }
            state.onTaken = body
            return false
        }
    }

    /// The same, at this moment.
    var isTaken: Bool { state.withLock { $0.isTaken || $0.phase == .closed } }

    /// Whether events still reach the peer.
    var isOpen: Bool { state.withLock { $0.phase == .open } }

    private func change(_ body: (inout State) -> Bool) -> Bool {
        let (result, posts) = state.withLock { state in
            let before = state.phase
            let result = body(&state)
            // While events wait, the loop knows of them. That the reader is cut, it must learn.
            let posts = !state.isPosted || state.phase != before
            state.isPosted = true
            return (result, posts && before == .open)
        }
        if posts { lane.post(.stream(connection)) }
        return result
    }

    // MARK: The loop's side

    var isFinite: Bool { false }

    /// The kernel has taken everything: a sender that waits for that goes on.
    func resume() {
        let body = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.events.isEmpty else { return nil }
            state.isTaken = true
            return state.popOnTaken()
        }
        body?()
    }

    /// Hands the waiting events to `body`, oldest first.
    func drain(_ body: ([UInt8]) -> Void) -> StreamProgress {
        let (events, progress) = state.withLock { state in
            let events = state.events
            state.events = []
            state.bytes = 0
            state.isPosted = false
            return (events, Self.progress(state.phase))
        }
        for event in events { body(event) }
        return progress
    }

    /// Whether the reader has fallen behind by more than it may: it is cut.
    var isOverrun: Bool { state.withLock { $0.phase == .overrun } }

    private static func progress(_ phase: Phase) -> StreamProgress {
        switch phase {
        case .open: .goesOn
        case .finished, .closed: .ends
        case .overrun: .isOverrun
        }
    }

    /// The connection is gone, or the loop has ended the stream: further events go nowhere.
    func close() {
        let body = state.withLock { state in
            state.phase = .closed
            state.events = []
            state.bytes = 0
            return state.popOnTaken()
        }
        body?()
    }
}
