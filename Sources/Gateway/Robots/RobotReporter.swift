internal import Bytes
internal import Ledger
internal import LockFree
internal import Robots

/// Is told what was done about each entry that is suspect: by the workers what they refuse by the
/// head alone, by the sequencer the rest.
///
/// Counters with a shard for each thread; nothing else is kept of entries that are not let in.
final class RobotReporter: Sendable {
    private let counters: CounterTable
    /// The shard that the sequencer's thread writes.
    let sequencer: Int

    /// - Parameters:
    ///   - lanes: of the workers and the admin loop; one shard more is the sequencer's.
    ///   - operations: that can be told apart.
    init(lanes: Int, operations: Int) {
        counters = CounterTable(
            shards: lanes + 1, counters: operations * RobotDecision.allCases.count)
        sequencer = lanes
    }

    /// Counts an entry.
    /// - Parameters:
    ///   - findings: of the head, as ``RobotFindings`` reads them.
    ///   - shard: the calling thread's own: a worker's lane, or ``sequencer``.
    func record(
        _ decision: RobotDecision, of operation: UInt32, findings: RawSpan, shard: Int
    ) {
        counters.add(1, to: Self.index(decision, operation), shard: shard)
    }

    /// How many entries of an operation this was done about, since the process started.
    func count(_ decision: RobotDecision, of operation: UInt32) -> UInt64 {
        counters.total(of: Self.index(decision, operation))
    }

    private static func index(_ decision: RobotDecision, _ operation: UInt32) -> Int {
        Int(operation) * RobotDecision.allCases.count + Int(decision.rawValue)
    }
}
