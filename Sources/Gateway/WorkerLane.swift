internal import LockFree
internal import Sockets
internal import Synchronization

/// What one worker shares with the threads it talks to. Each part has one writer and one reader.
final class WorkerLane: Sendable {
    /// Entries; written by the worker, read by the sequencer.
    let commands: ByteRing
    /// The same of operations that are held: so nobody else's wait behind a flood that is squeezed.
    /// ``RingChoice`` says which entry goes where, ``EntryOrder`` which is decided next.
    let heldCommands: ByteRing
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
        heldCommands = ByteRing(capacity: limits.commandRingBytes)
        answers = ByteRing(capacity: (connections + 64) * Self.answerBytes)
        bell = try Doorbell()
    }

    /// What an answer takes in the ring, header and padding included.
    private static var answerBytes: Int { (MemoryLayout<AnswerEnvelope>.size + 7) & ~7 + 8 }

    /// Answers that there is room for. The sequencer's call: only it makes the number smaller.
    var answerRoom: Int {
        (answers.capacity - answers.occupiedBytes) / (Self.answerBytes) - 1
    }

    /// Whether entries wait for the sequencer, of whatever operation. Any thread may ask.
    var hasEntries: Bool { !commands.isEmpty || !heldCommands.isEmpty }

    /// Whether one of its rings to the sequencer is so full that this is refused. Any thread may
    /// ask.
    func isFull(for shedding: Shedding) -> Bool {
        Self.isFull(commands, for: shedding) || Self.isFull(heldCommands, for: shedding)
    }

    private static func isFull(_ ring: ByteRing, for shedding: Shedding) -> Bool {
        ring.capacity - ring.occupiedBytes < shedding.reserve(of: ring.capacity)
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
