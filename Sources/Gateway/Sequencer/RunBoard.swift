internal import Ledger
internal import LockFree

/// The counts of the runs of test entries (C7), as they are on stable storage. The sequencer's
/// thread writes, after the batch is durable; anyone reads.
final class RunBoard: Sendable {
    private let board = Board(slots: LedgerLimits.permits)

    private enum Word {
        static var entries: Int { 0 }
        static var participants: Int { 1 }
    }

    func publish(_ counts: OperationCounts, of permit: UInt32) {
        board.publish(slot: Int(permit), word: Word.entries, value: counts.entries)
        board.publish(
            slot: Int(permit), word: Word.participants, value: UInt64(counts.participants))
    }

    func counts(of permit: UInt32) -> OperationCounts {
        OperationCounts(
            entries: board.read(slot: Int(permit), word: Word.entries),
            participants: UInt32(
                truncatingIfNeeded: board.read(slot: Int(permit), word: Word.participants)))
    }
}
