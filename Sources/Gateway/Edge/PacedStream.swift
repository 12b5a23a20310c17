internal import Bytes
internal import Sockets
internal import Synchronization

/// Makes the body of a long answer, piece after piece. One thread at a time calls it, and it may
/// wait for a disk.
protocol BodyProducer: AnyObject, Sendable {
    /// The next bytes of the body, some 64 KiB at most.
    /// - Returns: no bytes where there is more work to do first: it is called again after others
    ///   have had their turn; nil at the body's end.
    /// - Throws: why the body cannot be made whole.
    func next() throws -> [UInt8]?
}

/// A long answer that is made as fast as its reader takes it: one piece at a time, and the next one
/// only when the kernel has taken all of the one before. So a reader that is slow, or stops, holds
/// one piece and no thread; and what a whole answer takes does not grow with its length.
///
/// ```
///  loop:      drain ─► the kernel takes it ─► resume            ─► drain …
///  executor:                                    └─► next() ─► post ─┘
/// ```
///
/// The pieces of all long answers are made in turns, by the thread `long`, those of scrapes by
/// theirs. Whether the answer may go on is asked before each: its reader may take hours.
final class PacedStream: AnswerStream {
    private let lane: WorkerLane
    private let connection: EventToken
    private let executor: ControlExecutor
    private let isPermitted: @Sendable () -> Bool
    /// Gets the error of a body that cannot be made whole.
    private let onFailure: @Sendable (any Error) -> Void
    private let state: Mutex<State>

    private struct State {
        /// Nil where there is nothing more to make, or nobody to make it for.
        var producer: (any BodyProducer)?
        /// Made, and not taken yet.
        var piece: [UInt8]
        var phase = Phase.resting
    }

    /// Why an answer ends where its token, or what it is about, is gone.
    struct NoLongerPermitted: Error {}

    private enum Phase {
        /// The reader has to take something first.
        case resting
        case making
        case ended
        case failed
        /// The connection is gone.
        case closed
    }

    /// - Parameters:
    ///   - lane: the loop's that has the connection.
    ///   - first: the body's beginning, where it is made already.
    ///   - isPermitted: whether more of it may be made.
    init(
        lane: WorkerLane, connection: EventToken, executor: ControlExecutor,
        first: [UInt8] = [], producer: any BodyProducer,
        isPermitted: @escaping @Sendable () -> Bool,
        onFailure: @escaping @Sendable (any Error) -> Void
    ) {
        self.lane = lane
        self.connection = connection
        self.executor = executor
        self.isPermitted = isPermitted
        self.onFailure = onFailure
        state = Mutex(State(producer: producer, piece: first))
    }

    // MARK: The loop's side

    var isFinite: Bool { true }
    /// Nothing piles up: no more is made than is taken.
    var isOverrun: Bool { false }

    func drain(_ body: ([UInt8]) -> Void) -> StreamProgress {
        let (piece, phase) = state.withLock { state in
            let piece = state.piece
            state.piece = []
            return (piece, state.phase)
        }
        if !piece.isEmpty { body(piece) }
        return switch phase {
        case .resting, .making: .goesOn
        case .ended: .ends
        case .failed, .closed: .hasFailed
        }
    }

    func resume() {
        let begins = state.withLock { state in
            guard state.phase == .resting, state.piece.isEmpty else { return false }
            state.phase = .making
            return true
        }
        if begins { enqueueTurn() }
    }

    func close() {
        // What the producer holds is freed outside the lock.
        let producer = state.withLock { state in
            defer { state.producer = nil }
            state.phase = .closed
            state.piece = []
            return state.producer
        }
        withExtendedLifetime(producer) {}
    }

    // MARK: The executor's side

    private func enqueueTurn() {
        Task(executorPreference: executor) { self.takeTurn() }
    }

    private func takeTurn() {
        guard let producer = state.withLock({ $0.producer }) else { return }
        let made: [UInt8]?
        do {
            guard isPermitted() else { throw NoLongerPermitted() }
            made = try producer.next()
        } catch {
            if finish(.failed) { onFailure(error) }
            return
        }
        guard let made else {
            _ = finish(.ended)
            return
        }
        // Others' turns first.
        if made.isEmpty { return enqueueTurn() }
        let isWanted = state.withLock { state in
            guard state.phase == .making else { return false }
            state.piece = made
            state.phase = .resting
            return true
        }
        if isWanted { lane.post(.stream(connection)) }
    }

    /// - Returns: false where nobody waits for the rest any more.
    private func finish(_ phase: Phase) -> Bool {
        let isWanted = state.withLock { state in
            state.producer = nil
            guard state.phase == .making else { return false }
            state.phase = phase
            return true
        }
        if isWanted { lane.post(.stream(connection)) }
        return isWanted
    }
}
