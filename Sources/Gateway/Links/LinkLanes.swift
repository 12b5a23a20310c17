internal import Bytes
internal import Cluster
internal import Ledger
internal import LockFree
internal import Sockets

/// A leader's side of the links that entries come over: each link is a lane, filled and emptied by
/// the thread of the links as a worker does it with its own. So there is one way to the sequencer.
final class LinkLanes: LinkedEntries, @unchecked Sendable {
    // `@unchecked Sendable`: made by one thread, and from then on used by that of the links alone.

    private let shared: Shared
    private let lanes: [Lane]
    private let counts: LinkCounts
    private var hasTaken = false
    private var record = ByteBuffer(capacity: 1 << 10)

    /// What one link has.
    private final class Lane {
        let lane: WorkerLane
        var rings: RingChoice
        /// Whether a link has it.
        var isOpen = false
        /// Entries whose answers have not gone to the link.
        var waiting = 0
        /// Answers of entries that were refused at once.
        var refused: ContiguousArray<AnswerEnvelope> = []

        init(_ lane: WorkerLane) {
            self.lane = lane
            rings = RingChoice(lane)
        }
    }

    let bells: [Doorbell]
    let credit: UInt32

    /// - Parameter lanes: that the sequencer reads beside the workers'.
    init(_ shared: Shared, _ lanes: [WorkerLane], _ counts: LinkCounts) {
        self.shared = shared
        self.lanes = lanes.map { Lane($0) }
        self.counts = counts
        bells = lanes.map(\.bell)
        credit = UInt32(shared.limits.linkEntries)
    }

    var hasAnswers: Bool {
        lanes.contains { $0.isOpen && (!$0.lane.answers.isEmpty || !$0.refused.isEmpty) }
    }

    func open() -> Int? {
        // A lane whose link was cut may have entries that are still to be decided.
        for lane in lanes where !lane.isOpen { discard(lane) }
        guard let place = lanes.firstIndex(where: { !$0.isOpen && $0.waiting == 0 }) else {
            return nil
        }
        lanes[place].isOpen = true
        return place
    }

    func isQuiet(_ lane: Int) -> Bool { lanes[lane].waiting == 0 }

    func close(_ lane: Int) {
        lanes[lane].isOpen = false
        discard(lanes[lane])
    }

    /// Takes answers that nobody waits for.
    private func discard(_ lane: Lane) {
        lane.waiting -= lane.refused.count
        lane.refused.removeAll(keepingCapacity: true)
        lane.waiting -= lane.lane.answers.drain { _ in true }
    }

    // MARK: Entries

    func take(_ entry: RawSpan, into place: Int, at now: UInt64) -> Bool {
        let lane = lanes[place]
        guard lane.waiting < Int(credit),
            let envelope = ForwardedEntry.envelope(entry, at: now)
        else { return false }
        lane.waiting += 1
        counts.count(.taken)
        let tail = entry.extracting(ForwardedEntry.fixedBytes..<entry.byteCount)
        guard push(envelope, tail, lane) else {
            counts.count(.shed)
            lane.refused.append(
                AnswerEnvelope(
                    connection: envelope.connection, operation: envelope.command.operation,
                    verdict: .shed, isTest: envelope.command.isTest))
            return true
        }
        hasTaken = true
        return true
    }

    func passOn() {
        for lane in lanes where !lane.isOpen && lane.waiting > 0 { discard(lane) }
        guard hasTaken else { return }
        hasTaken = false
        shared.sequencerBell.ring()
    }

    /// Writes the entry into its operation's ring, unless that is so full that it is refused: as a
    /// worker's own entries are.
    private func push(_ envelope: EntryEnvelope, _ tail: RawSpan, _ lane: Lane) -> Bool {
        let operation = envelope.command.operation
        let isHeld = shared.board.isHeld(operation)
        var envelope = envelope
        envelope.behind = lane.rings.behind(operation, isHeld: isHeld)
        record.removeAll()
        record.append(envelope)
        record.append(tail)
        let ring = isHeld ? lane.rings.heldCommands : lane.rings.commands
        let now = shared.ledgerTime
        let hasPlace = envelope.ticket > 0 && shared.board.keepsPlaces(of: operation, at: now)
        let reserve =
            hasPlace
            ? 0 : shared.board.shedding(of: operation, at: now).reserve(of: lane.rings.capacity)
        guard Self.push(record, to: ring, leaving: reserve) else { return false }
        lane.rings.record(operation, isHeld: isHeld)
        return true
    }

    private static func push(
        _ record: borrowing ByteBuffer, to ring: ByteRing, leaving reserve: Int
    ) -> Bool {
        ring.push(record.bytes, leaving: reserve)
    }

    // MARK: Answers

    func appendAnswers(of place: Int, limitBytes: Int, to frame: inout ByteBuffer) -> Int {
        let lane = lanes[place]
        let most = limitBytes / (EntryFrame.itemHeadBytes + ForwardedAnswer.bytes)
        var count = 0
        while count < most, let answer = lane.refused.popLast() {
            Self.append(answer, to: &frame)
            count += 1
        }
        count += lane.lane.answers.drain(limit: most - count) { record in
            Self.append(record.envelope(as: AnswerEnvelope.self), to: &frame)
            return true
        }
        lane.waiting -= count
        return count
    }

    private static func append(_ answer: AnswerEnvelope, to frame: inout ByteBuffer) {
        frame.append(littleEndian: UInt32(ForwardedAnswer.bytes))
        ForwardedAnswer.append(answer, to: &frame)
    }

    func leaves(atMost count: UInt64) -> Range<UInt64> { shared.leaves.pop(count) }

    func note(sample payload: RawSpan, of node: String, at now: UInt64) -> Bool {
        guard let sample = NodeSample(payload) else { return false }
        shared.nodes.note(sample, of: node, at: now)
        return true
    }
}
