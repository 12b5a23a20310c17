internal import Ledger
internal import LockFree

/// How much evidence entries were judged by, for each operation, since the process started: how
/// many in all, and how many in each step of ``RobotMinute/weightStep``. One shard for each thread
/// that counts.
final class WeightCounts: Sendable {
    private let counters: CounterTable
    /// By blocks of operations.
    let marks: ChangeMarks

    /// Operations that are told apart.
    let operations: Int
    /// Operations that are marked together.
    static var blockOperations: Int { 64 }
    /// Of an operation: the attempts on a cache line of their own, because they are read more often
    /// than the steps.
    private static var rowWords: Int { steps + 8 }
    private static var stepsStart: Int { 8 }
    /// Those of ``RobotMinute``, at hand: another module's are called.
    private static var step: Int32 { 230 }
    private static var steps: Int { 64 }

    init(shards: Int, operations: Int) {
        precondition(
            Int(Self.step) == RobotMinute.weightStep
                && Self.steps == RobotMinute.weightSteps,
            "steps as the records have them")
        self.operations = operations
        counters = CounterTable(shards: shards, counters: operations * Self.rowWords)
        let blocks = (operations + Self.blockOperations - 1) / Self.blockOperations
        marks = ChangeMarks(shards: shards, blocks: blocks)
    }

    /// Counts one entry. Only the shard's own thread may.
    /// - Parameter weight: in thousandths; what speaks for a person counts as nothing.
    func add(_ weight: Int32, of operation: UInt32, shard: Int) {
        let row = Int(operation) &* Self.rowWords
        counters.add(1, to: row, shard: shard)
        let step = min(Int(max(weight, 0) / Self.step), Self.steps &- 1)
        counters.add(1, to: row &+ Self.stepsStart &+ step, shard: shard)
        marks.mark(Int(operation) / Self.blockOperations, shard: shard)
    }

    // MARK: Anyone reads

    func attempts(of operation: UInt32) -> UInt64 {
        counters.total(of: Int(operation) * Self.rowWords)
    }

    /// By step.
    func steps(of operation: UInt32) -> [UInt64] {
        let row = Int(operation) * Self.rowWords + Self.stepsStart
        return (0..<Self.steps).map { counters.total(of: row + $0) }
    }
}
