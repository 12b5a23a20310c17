internal import Bytes
internal import Ledger

/// Entries that came over links between nodes.
extension Sequencer {
    /// Notes by what settings an operation's entries are to be judged.
    mutating func noteSettings(of operation: UInt32) {
        guard shared.cluster != nil else { return }
        while settingsMarks.count <= Int(operation) { settingsMarks.append(0) }
        settingsMarks[Int(operation)] = SettingsMark.mark(
            of: ledger.catalogue.operations[Int(operation)].settings)
    }

    /// Whether an entry was judged by other settings than those in force: its node is behind a
    /// change. It may be sent again, as after a reset.
    func isJudgedOtherwise(_ envelope: EntryEnvelope) -> Bool {
        let operation = Int(envelope.command.operation)
        guard envelope.settingsMark != 0, operation < settingsMarks.count else { return false }
        return envelope.settingsMark != settingsMarks[operation]
    }

    /// Decides entries that this node had sent to another leader before it took office: those that
    /// count once, as if they came now; of the others nobody knows whether they are stored.
    mutating func decideKept() {
        guard var rest = kept.take() else { return }
        var record = ByteBuffer(capacity: 1 << 10)
        while hasRoom, let (number, slot) = rest.oldest {
            rest.withOldest { Self.write($0, slot, at: nanoseconds, into: &record) }
            let isTaken = rest.answer(number) != nil
            precondition(isTaken, "the oldest that is kept is not answered")
            if slot.wasSent, !slot.mayRepeat {
                answerUnknown(slot)
            } else {
                if slot.wasSent { shared.links.count(.resent) }
                decideKept(record, lane: slot.lane)
            }
        }
        if rest.count > 0 { kept = consume rest }
    }

    private mutating func answerUnknown(_ slot: KeptEntries.Slot) {
        shared.links.count(.unknown)
        pending.answers.append(
            PendingBatch.LaneAnswer(
                lane: Int32(slot.lane),
                answer: AnswerEnvelope(
                    connection: slot.connection, operation: slot.operation,
                    verdict: .outcomeUnknown, isTest: slot.isTest)))
    }

    private mutating func decideKept(_ record: borrowing ByteBuffer, lane: Int) {
        decide(record.bytes, lane: Int32(lane))
    }

    /// An entry as it stands in a ring, from what was sent of it.
    private static func write(
        _ entry: RawSpan, _ slot: KeptEntries.Slot, at now: UInt64, into record: inout ByteBuffer
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
