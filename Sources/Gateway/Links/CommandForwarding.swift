internal import Bytes
internal import Cluster
internal import Cryptography
internal import Ledger
internal import LockFree
internal import Synchronization

/// Changes that operators ask a node for while it follows: they are sent to its leader over the
/// link that entries go over, and answered when this node has followed to what came of them.
///
///     waiting ──sent──► sent ──outcome──► decided ──followed──► told
///        ▲                │ the leader hands over: it was not decided
///        └────────────────┘
///
/// A change is sent once, and again only if the leader says that it did not decide it:
///
/// | a change that, when the link is lost, the node takes office, or patience ends, | is |
/// | --- | --- |
/// | was not sent | sent to the next leader; decided by this node; refused |
/// | was sent | answered that nobody knows |
/// | is decided, and not followed to in time | answered that nobody knows: it cannot be read here |
final class CommandForwarding: Sendable {
    /// What comes back to the one that asked.
    enum End: Sendable {
        case told(ForwardedOutcome.Result)
        /// It may have been carried out.
        case unknown
        /// This node decides it itself.
        case own
    }

    private enum Stage {
        case waiting, sent, decided
    }

    private struct Pending {
        let command: ForwardedCommand
        /// When it has waited for too long: nanoseconds of the monotonic clock.
        let deadline: UInt64
        var stage = Stage.waiting
        let end: @Sendable (End) -> Void
    }

    private struct State {
        /// Whether this node follows, as far as changes go.
        var isFollowing = true
        /// Whether the leader of this link decides nothing more.
        var isHandedOver = false
        /// Whether changes may go over this link; so for one that is still to come.
        var mayCarry = true
        var next: UInt64 = 1
        var changes: [Pending] = []

        func count(_ stage: Stage) -> Int { changes.count { $0.stage == stage } }

        func place(of number: UInt64, in stage: Stage) -> Int? {
            changes.firstIndex { $0.command.number == number && $0.stage == stage }
        }

        /// Takes those out that something holds of.
        mutating func remove(where holds: (Pending) -> Bool) -> [Pending] {
            let removed = changes.filter(holds)
            if !removed.isEmpty { changes.removeAll(where: holds) }
            return removed
        }
    }

    private let state = Mutex(State())
    /// Wakes the thread that forwards.
    private let bell: Doorbell

    init(_ bell: Doorbell) { self.bell = bell }

    // MARK: The control side

    /// Sends a change, and comes back with what came of it.
    /// - Parameters:
    ///   - record: as the log keeps it; empty to ask how far the leader is.
    ///   - token: the digest of the token that it was asked with; nil for one of this node's own.
    ///   - deadline: when it has waited for too long: nanoseconds of the monotonic clock.
    /// - Throws: what the encoder throws.
    func forward(
        _ record: [UInt8], token: SHA256Digest?, expecting expected: ExpectedOperation?,
        until deadline: UInt64
    ) async throws -> End {
        let number = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        let command = try ForwardedCommand(
            number: number, record: record, token: token, expecting: expected)
        return await withCheckedContinuation { continuation in
            let refusal = state.withLock { state -> End? in
                guard state.isFollowing else { return .own }
                guard state.mayCarry else { return .told(.outcome(.handedOver)) }
                state.changes.append(
                    Pending(command: command, deadline: deadline) {
                        continuation.resume(returning: $0)
                    })
                return nil
            }
            if let refusal { return continuation.resume(returning: refusal) }
            bell.ring()
        }
    }

    // MARK: The thread that forwards

    /// Whether a frame would have something in it.
    var hasCommands: Bool {
        state.withLock { state in
            !state.isHandedOver && state.changes.contains { $0.stage == .waiting }
                && state.count(.sent) < EntryFrame.commandsAtOnce
        }
    }

    /// Whether a leader may still answer.
    var isAwaiting: Bool { state.withLock { $0.count(.sent) > 0 } }

    /// Whether this link is of no use any more: its leader hands over, and has answered all.
    var isOver: Bool { state.withLock { $0.isHandedOver && $0.count(.sent) == 0 } }

    /// A leader takes changes.
    /// - Parameter carriesChanges: whether this link may carry them; nobody waits for one that may
    ///   not.
    func open(carriesChanges: Bool) {
        let refused = state.withLock { state in
            state.isHandedOver = false
            state.mayCarry = carriesChanges
            return carriesChanges ? [] : state.remove { $0.stage == .waiting }
        }
        for change in refused { change.end(.told(.outcome(.handedOver))) }
    }

    /// Writes a frame for each change that waits, as far as the link may have them on their way.
    func fill(_ frames: inout ByteBuffer) {
        // Copied out: a lock is held for no longer than that.
        let commands = state.withLock { state -> [ForwardedCommand] in
            guard !state.isHandedOver else { return [] }
            var room = EntryFrame.commandsAtOnce - state.count(.sent)
            var commands: [ForwardedCommand] = []
            for place in state.changes.indices where state.changes[place].stage == .waiting {
                guard room > 0 else { break }
                room -= 1
                state.changes[place].stage = .sent
                commands.append(state.changes[place].command)
            }
            return commands
        }
        for command in commands {
            let start = frames.beginFrame(.command)
            command.append(to: &frames)
            frames.endFrame(at: start, count: 0)
        }
    }

    /// Takes what the leader tells of a change.
    /// - Returns: what is to be told once this node has followed so far; nil for nothing.
    func take(outcome payload: RawSpan) throws(LinkFrame.Fault) -> FollowedOutcome? {
        guard let told = ForwardedOutcome(payload) else { throw .malformed }
        let isAwaited = state.withLock { state in
            guard let place = state.place(of: told.number, in: .sent) else { return false }
            if case .outcome(.handedOver) = told.result {
                // Nothing has changed: the next leader gets it.
                state.isHandedOver = true
                state.changes[place].stage = .waiting
                return false
            }
            state.changes[place].stage = .decided
            return true
        }
        // Nobody waits for it where it came too late.
        guard isAwaited else { return nil }
        var change: Change?
        if case .outcome(.decided(.success(let made), _)) = told.result { change = made }
        return FollowedOutcome(records: told.records, change: change) { [self] in
            settle(told.number, .told(told.result))
        }
    }

    /// The link is lost: nobody knows what became of what was sent over it.
    func close() {
        let lost = state.withLock { state in
            state.isHandedOver = false
            state.mayCarry = true
            return state.remove { $0.stage == .sent }
        }
        for change in lost { change.end(.unknown) }
    }

    /// Answers what has waited for too long.
    func expire(at now: UInt64) {
        let expired = state.withLock { $0.remove { $0.deadline <= now } }
        for change in expired {
            change.end(change.stage == .waiting ? .told(.outcome(.handedOver)) : .unknown)
        }
    }

    // MARK: The sequencer, and the end

    /// This node decides from now on. What is decided already is told when this node has it.
    func takeOffice() {
        let taken = state.withLock { state in
            state.isFollowing = false
            return state.remove { $0.stage != .decided }
        }
        for change in taken { change.end(change.stage == .waiting ? .own : .unknown) }
    }

    /// The process ends: nothing is sent any more.
    func stop() {
        let left = state.withLock { $0.remove { _ in true } }
        for change in left {
            change.end(change.stage == .waiting ? .told(.outcome(.handedOver)) : .unknown)
        }
    }

    private func settle(_ number: UInt64, _ end: End) {
        let settled = state.withLock { $0.remove { $0.command.number == number } }
        for change in settled { change.end(end) }
    }
}
