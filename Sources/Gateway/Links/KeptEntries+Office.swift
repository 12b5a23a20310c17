internal import Bytes

/// What a node does with entries that it had sent to another leader, once it leads itself.
extension KeptEntries {
    enum Settled {
        /// It is decided here: it counts once however often it was sent, or nobody had it.
        case isToBeDecided(lane: Int32)
        /// Nobody knows whether it is stored.
        case isAnswered(PendingBatch.LaneAnswer)
    }

    /// Takes the oldest.
    /// - Parameters:
    ///   - record: on return, as it stands in a ring.
    ///   - now: nanoseconds of the monotonic clock.
    ///   - verdict: for one that would be decided; nil where it can be.
    /// - Returns: nil where there is none.
    mutating func settleOldest(
        into record: inout ByteBuffer, at now: UInt64, _ counts: LinkCounts,
        refusing verdict: EntryVerdict? = nil
    ) -> Settled? {
        guard let (number, slot) = oldest else { return nil }
        withOldest { Self.write($0, slot, at: now, into: &record) }
        let isTaken = answer(number) != nil
        precondition(isTaken, "the oldest that is kept is not answered")
        guard slot.wasSent, !slot.mayRepeat else {
            if let verdict { return .isAnswered(Self.answer(slot, verdict)) }
            if slot.wasSent { counts.count(.resent) }
            return .isToBeDecided(lane: Int32(slot.lane))
        }
        counts.count(.unknown)
        return .isAnswered(Self.answer(slot, .outcomeUnknown))
    }

    private static func answer(_ slot: Slot, _ verdict: EntryVerdict) -> PendingBatch.LaneAnswer {
        PendingBatch.LaneAnswer(
            lane: Int32(slot.lane),
            answer: AnswerEnvelope(
                connection: slot.connection, operation: slot.operation, verdict: verdict,
                isTest: slot.isTest))
    }

    /// An entry as it stands in a ring, from what was sent of it.
    private static func write(
        _ entry: RawSpan, _ slot: Slot, at now: UInt64, into record: inout ByteBuffer
    ) {
        record.removeAll()
        guard var envelope = ForwardedEntry.envelope(entry, at: now) else {
            preconditionFailure("this node wrote it")
        }
        envelope.connection = slot.connection
        record.append(envelope)
        record.append(entry.extracting(ForwardedEntry.fixedBytes..<entry.byteCount))
    }
}
