internal import LockFree
internal import Sockets
internal import Synchronization

/// What one worker shares with the threads it talks to. Each part has one writer and one reader.
final class WorkerLane: Sendable {
    /// Entries; written by the worker, read by the sequencer.
    let commands: ByteRing
    /// What became of them; written by the sequencer, read by the worker. The sequencer takes no
    /// more commands than there is room for answers.
    let answers: ByteRing
    /// Wakes the worker; rung by whoever leaves it something.
    let bell: Doorbell
    /// Messages from the control side and the sequencer: rare, so a lock will do.
    private let messages = Mutex<[LoopMessage]>([])
    /// Whether there are messages, to look before locking.
    private let hasMessages = Atomic<Bool>(false)

    init(limits: Limits, connections: Int) throws {
        commands = ByteRing(capacity: limits.commandRingBytes)
        answers = ByteRing(capacity: (connections + 64) * Self.answerBytes)
        bell = try Doorbell()
    }

    /// What an answer takes in the ring, header and padding included.
    private static var answerBytes: Int { (MemoryLayout<AnswerEnvelope>.size + 7) & ~7 + 8 }

    /// Answers that there is room for. The sequencer's call: only it makes the number smaller.
    var answerRoom: Int {
        (answers.capacity - answers.occupiedBytes) / (Self.answerBytes) - 1
    }

    /// Posts a message and wakes the worker. Any thread may.
    func post(_ message: LoopMessage) {
        messages.withLock { $0.append(message) }
        // Release: whoever sees the flag sees the message; the lock above orders the rest.
        hasMessages.store(true, ordering: .releasing)
        bell.ring()
    }

    /// Whether the worker has something to read. The worker's call.
    var hasWork: Bool {
        !answers.isEmpty || hasMessages.load(ordering: .acquiring)
    }

    /// Removes and returns all messages, oldest first. The worker's call.
    func drainMessages() -> [LoopMessage] {
        guard hasMessages.load(ordering: .relaxed),
            hasMessages.exchange(false, ordering: .acquiringAndReleasing)
        else { return [] }
        return messages.withLock { messages in
            let taken = messages
            messages = []
            return taken
        }
    }
}

/// Something that another thread posts to a loop, outside the entry path.
enum LoopMessage: Sendable {
    /// An operation is new or has other settings: use these from now on.
    case operation(OperationProfile)
    /// An operation is no more, and only this is left of it: its name goes to the successor, if
    /// there is one, and these keys are as they are now.
    case retired(OperationProfile, successor: OperationProfile?, keys: [DirectoryKey])
    /// A front-end key is new or revoked.
    case key(DirectoryKey)
    /// The control side's answer to a request of one of this worker's connections.
    case answer(ControlAnswer)
    /// Events of a connection's streamed answer wait, or it is to end.
    case stream(EventToken)
    /// Other limits than at the start.
    case limits(Limits)
    /// Other rules for what gives a robot away.
    case ruleset(RobotRuleset)
    /// The listener's certificates are other ones: connections from now on get these.
    case certificates
    /// What a public loop serves as it is, in place of what it served before.
    case files([PublicFile])
    /// Stop listening, finish what is in flight, end.
    case drain
    /// Why new entries are to be refused; nil where they are not. A loop tells its own service.
    case halt(EntryHalt?)
    /// Measure how long it took to be read; sent at this time of the monotonic clock.
    case ping(UInt64)
}

extension ByteRing {
    /// Hands an answer to the worker that reads this ring. The sequencer's call; it rings the bell
    /// when it has done all.
    /// - Returns: false where there is no room.
    func push(_ answer: AnswerEnvelope) -> Bool {
        let length = MemoryLayout<AnswerEnvelope>.size
        return unsafe push(maximum: length) { room in
            unsafe room.storeBytes(of: answer, as: AnswerEnvelope.self)
            return length
        }
    }
}
