internal import Counters
internal import Ledger

/// What the sequencer publishes of each operation, and anyone reads without waiting.
///
/// The sequencer's thread writes, after the batch is durable: what the board says has been stored.
final class OperationBoard: Sendable {
    private let board: Board

    private enum Word {
        static var state: Int { 0 }
        static var entries: Int { 1 }
        static var participants: Int { 2 }
    }

    init(operations: Int) {
        board = Board(slots: operations)
    }

    func publish(state: OperationState, of operation: UInt32) {
        board.publish(slot: Int(operation), word: Word.state, value: UInt64(state.rawValue))
    }

    func publish(_ counts: OperationCounts, of operation: UInt32) {
        board.publish(slot: Int(operation), word: Word.entries, value: counts.entries)
        board.publish(
            slot: Int(operation), word: Word.participants, value: UInt64(counts.participants))
    }

    func state(of operation: UInt32) -> OperationState {
        let word = board.read(slot: Int(operation), word: Word.state)
        return OperationState(rawValue: UInt8(truncatingIfNeeded: word)) ?? .draft
    }

    func counts(of operation: UInt32) -> OperationCounts {
        OperationCounts(
            entries: board.read(slot: Int(operation), word: Word.entries),
            participants: UInt32(
                truncatingIfNeeded: board.read(slot: Int(operation), word: Word.participants)))
    }
}
