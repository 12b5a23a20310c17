internal import Bytes
internal import Cluster
internal import Glibc
internal import Ledger
internal import LockFree
internal import Sockets

/// Takes entries from the workers' rings, in the place of a sequencer, writes them into frames for
/// the leader, and pushes what it answers into the rings of answers. Used by one thread at a time.
///
/// Each entry that is taken is answered once, whatever becomes of links and leaders:
///
/// | an entry that was taken, and | is |
/// | --- | --- |
/// | is answered by the leader | answered so |
/// | is not decided by a leader that hands its office over | sent to whoever leads next |
/// | was sent before the link was lost, and counts once | sent again to whoever leads next |
/// | was sent before the link was lost, and may count twice | answered that nobody knows |
/// | has waited for too long, sent or not | answered that nobody knows, or that nobody leads |
///
/// How many are on their way is bounded by the leader's credit. Without credit nothing is taken:
/// entries wait in the rings, and full rings shed.
struct EntryForwarder: ~Copyable {
    private let lanes: ArraySlice<WorkerLane>
    private var order: EntryOrder
    private(set) var kept: KeptEntries
    private let counts: LinkCounts
    /// Whether workers still take answers.
    private let isRead: @Sendable () -> Bool
    private let instruments: Instruments
    /// An entry is held for so long at most.
    var patienceSeconds: Int
    /// What the leader permits; 0 without a link to one that takes entries.
    private var credit = 0
    /// Sent over this link, and not answered by the leader.
    private var outstanding = 0
    /// The leader of this link decides nothing more: another node takes over.
    private var isHandedOver = false
    /// Of the entries that are kept, the first that was not sent over this link.
    private var unsent: UInt64 = 1
    /// An entry as it is sent.
    private var scratch = ByteBuffer(capacity: 1 << 10)

    /// - Parameters:
    ///   - entries: that may be on their way, over any link.
    ///   - patienceSeconds: how long an entry waits for an answer, or for a leader.
    ///   - isRead: false once the workers have ended; answers beyond a ring's room are nobody's
    ///     then.
    init(
        _ lanes: ArraySlice<WorkerLane>, entries: Int, bytes: Int, patienceSeconds: Int,
        _ counts: LinkCounts, _ instruments: Instruments,
        isRead: @escaping @Sendable () -> Bool = { true }
    ) {
        self.isRead = isRead
        self.instruments = instruments
        self.lanes = lanes
        order = EntryOrder(lanes)
        kept = KeptEntries(entries: entries, bytes: bytes)
        self.counts = counts
        self.patienceSeconds = patienceSeconds
    }

    // MARK: The link

    /// Whether a leader takes entries.
    var isOpen: Bool { credit > 0 }

    /// A leader takes entries, so many at a time. What is kept is sent again.
    mutating func open(credit: Int) {
        self.credit = credit
        outstanding = 0
        isHandedOver = false
        unsent = kept.first
    }

    /// The link is lost: nobody knows what became of what was sent over it. What may count twice is
    /// answered so; what counts once is sent again.
    mutating func close() {
        credit = 0
        outstanding = 0
        isHandedOver = false
        for number in kept.first..<kept.next where kept.contains(number) {
            let slot = kept.slot(number)
            if slot.wasSent, !slot.mayRepeat { settle(number, .outcomeUnknown) }
        }
        unsent = kept.first
        ring()
    }

    /// Whether this link is of no use any more: its leader hands over, and has answered all.
    var isOver: Bool { isHandedOver && outstanding == 0 }

    /// Whether a leader may still answer.
    var isAwaiting: Bool { outstanding > 0 }

    /// Gives up the lanes, with what is kept.
    consuming func end() -> KeptEntries { kept }

    // MARK: Entries

    /// Whether a frame would have something in it.
    var hasEntries: Bool {
        guard outstanding < credit else { return false }
        return max(unsent, kept.first) < kept.next
            || kept.hasRoom && lanes.contains { $0.hasEntries }
    }

    /// Writes a frame of what is to be sent: what is kept first, then what the rings hold, as far
    /// as the frame, the credit and the memory have room.
    /// - Parameter now: nanoseconds of the monotonic clock.
    /// - Returns: how many entries it has; nothing was appended where it has none.
    @discardableResult
    mutating func fill(_ frame: inout ByteBuffer, at now: UInt64) -> Int {
        guard outstanding < credit else { return 0 }
        let start = frame.beginFrame(.entries)
        let end = start + EntryFrame.maximumBytes - Self.itemBytes
        let before = outstanding
        resend(&frame, until: end)
        if unsent == kept.next { take(&frame, until: end, at: now) }
        let count = outstanding - before
        if count > 0 {
            frame.endFrame(at: start, count: count)
        } else {
            frame.truncate(to: start)
        }
        return count
    }

    /// The longest entry in a frame.
    private static var itemBytes: Int { EntryFrame.itemHeadBytes + ForwardedEntry.maximumBytes }

    private mutating func resend(_ frame: inout ByteBuffer, until end: Int) {
        unsent = max(unsent, kept.first)
        guard unsent < kept.next else { return }
        let from = unsent
        var (sent, again) = (0, 0)
        var last = unsent
        let room = credit - outstanding
        Self.forEach(kept, from: from) { number, slot, entry in
            guard sent < room, frame.count <= end else { return false }
            frame.append(item: entry)
            sent += 1
            if slot.wasSent { again += 1 }
            last = number + 1
            return true
        }
        // What is between was answered meanwhile.
        unsent = sent < room && frame.count <= end ? kept.next : last
        for number in from..<unsent where kept.contains(number) { kept.markSent(number) }
        outstanding += sent
        counts.count(.resent, again)
        counts.count(.forwarded, sent - again)
    }

    private static func forEach(
        _ kept: borrowing KeptEntries, from: UInt64,
        _ body: (UInt64, KeptEntries.Slot, RawSpan) -> Bool
    ) {
        var goesOn = true
        kept.forEach { number, slot, entry in
            guard goesOn, number >= from else { return }
            goesOn = body(number, slot, entry)
        }
    }

    private mutating func take(_ frame: inout ByteBuffer, until end: Int, at now: UInt64) {
        order.beginTurn(isAnswered: true)
        while hasRoom(in: frame, until: end), let part = order.next() {
            let ready = part.peek { _ in }
            let taken = part.ring.drain(limit: ready.count) { record in
                forward(record, of: part.lane, &frame, at: now)
                return hasRoom(in: frame, until: end)
            }
            order.end(
                part, count: taken, hasStored: false,
                isBlocked: ready.isBlocked && taken == ready.count)
        }
    }

    private func hasRoom(in frame: borrowing ByteBuffer, until end: Int) -> Bool {
        outstanding < credit && frame.count <= end && kept.hasRoom
    }

    private mutating func forward(
        _ record: RawSpan, of lane: Int, _ frame: inout ByteBuffer, at now: UInt64
    ) {
        let envelope = record.envelope(as: EntryEnvelope.self)
        // What it waited here. What it waits at the leader is the leader's to measure.
        instruments.recordQueueWait(
            nanoseconds: now - min(envelope.handedOver, now), of: envelope.command.operation)
        let number = kept.next
        scratch.removeAll()
        ForwardedEntry.append(
            envelope, number: number,
            tail: record.extracting(MemoryLayout<EntryEnvelope>.size..<record.byteCount),
            to: &scratch)
        Self.keep(envelope, of: lane, scratch, in: &kept)
        frame.append(item: scratch.bytes)
        unsent = kept.next
        outstanding += 1
        counts.count(.forwarded)
    }

    /// Takes the fields one by one: a span of one field is held against all of its owner.
    private static func keep(
        _ envelope: EntryEnvelope, of lane: Int, _ entry: borrowing ByteBuffer,
        in kept: inout KeptEntries
    ) {
        kept.append(
            KeptEntries.Slot(
                lane: lane, connection: envelope.connection, handedOver: envelope.handedOver,
                operation: envelope.command.operation, isTest: envelope.command.isTest,
                mayRepeat: envelope.mayRepeat, leaders: 1),
            entry.bytes)
    }

    // MARK: Answers

    /// Hands a leader's answers to whom they are for; ``ring()`` wakes them.
    mutating func take(
        answers frame: EntryFrame, _ payload: RawSpan
    ) throws(LinkFrame.Fault) {
        try frame.forEachItem(in: payload) { item throws(LinkFrame.Fault) in
            guard outstanding > 0, var answer = ForwardedAnswer.answer(item) else {
                throw .malformed
            }
            outstanding -= 1
            if answer.verdict == .handedOver {
                // It was not decided. The next leader gets it, and what follows it.
                isHandedOver = true
                credit = 0
                kept.markUnsent(answer.connection.number)
                return
            }
            // Nobody waits for it where it came too late.
            guard let slot = kept.answer(answer.connection.number) else { return }
            answer.connection = slot.connection
            answer.operation = slot.operation
            counts.count(.answered)
            push(answer, to: slot.lane)
        }
    }

    /// Answers what has waited for too long: what was sent, and what is still in the rings.
    /// - Parameter now: nanoseconds of the monotonic clock.
    mutating func expire(at now: UInt64) {
        let limit = now - min(UInt64(patienceSeconds) * 1_000_000_000, now)
        for number in kept.first..<kept.next where kept.contains(number) {
            let slot = kept.slot(number)
            guard slot.handedOver <= limit else { continue }
            settle(number, slot.wasSent ? .outcomeUnknown : .noLeader)
        }
        // Behind a leader that answers nothing they wait for credit as without one.
        for lane in lanes.indices {
            expire(lanes[lane].commands, of: lane, since: limit)
            expire(lanes[lane].heldCommands, of: lane, since: limit)
        }
        ring()
    }

    private mutating func expire(_ ring: ByteRing, of lane: Int, since limit: UInt64) {
        while true {
            var isOld = false
            ring.peek(limit: 1) { record in
                isOld = record.envelope(as: EntryEnvelope.self).handedOver <= limit
            }
            guard isOld else { return }
            ring.pop { record in
                let envelope = record.envelope(as: EntryEnvelope.self)
                counts.count(.expired)
                push(
                    AnswerEnvelope(
                        connection: envelope.connection, operation: envelope.command.operation,
                        verdict: .noLeader, isTest: envelope.command.isTest),
                    to: lane)
            }
        }
    }

    /// Answers an entry that is kept, without its leader.
    private mutating func settle(_ number: UInt64, _ verdict: EntryVerdict) {
        guard let slot = kept.answer(number) else { return }
        counts.count(verdict == .outcomeUnknown ? .unknown : .expired)
        push(
            AnswerEnvelope(
                connection: slot.connection, operation: slot.operation, verdict: verdict,
                isTest: slot.isTest),
            to: slot.lane)
    }

    private func push(_ answer: AnswerEnvelope, to lane: Int) {
        let ring = lanes[lane].answers
        while !ring.push(answer) {
            guard isRead() else { return }
            // Connections that wait no more have answers there. Their worker takes them, and waits
            // for nobody meanwhile.
            lanes[lane].bell.ring()
            sched_yield()
        }
    }

    /// Wakes the workers that have answers.
    func ring() {
        for lane in lanes where !lane.answers.isEmpty { lane.bell.ring() }
    }
}
