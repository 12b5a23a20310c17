internal import Bytes
internal import Ledger
internal import LockFree
internal import Robots

/// What all threads tell of robots: one place, so that an entry is counted once, whichever thread
/// has found out.
///
/// Counting takes no lock, waits for nobody and allocates nothing; a thread that counts has a shard
/// of its own: a worker its lane's, the sequencer the one behind them. An entry of a person costs
/// three additions. Nothing else is kept of entries that are not let in.
final class RobotReporter: Sendable {
    let counts: RobotCounts
    let weights: WeightCounts
    let samples: RobotSamples
    let names = RobotNames()
    /// The minutes so far, for readers.
    let board = RobotBoard()
    /// The shard that the sequencer's thread writes.
    let sequencer: Int

    /// - Parameters:
    ///   - lanes: of the workers and the admin loop; one shard more is the sequencer's.
    ///   - operations: that can be told apart.
    init(lanes: Int, operations: Int) {
        counts = RobotCounts(shards: lanes + 1)
        weights = WeightCounts(shards: lanes + 1, operations: operations)
        samples = RobotSamples(shards: lanes + 1)
        sequencer = lanes
    }

    /// An entry has been judged: called for everybody's, once, by the thread that knows its
    /// verdict.
    /// - Parameters:
    ///   - weight: of all layers that judged, in thousandths.
    ///   - shard: the calling thread's own; so for ``record(_:findings:shard:)``.
    func recordAttempt(of operation: UInt32, weight: Int32, shard: Int) {
        weights.add(weight, of: operation, shard: shard)
    }

    /// It is a robot's or a suspect's.
    /// - Parameter findings: as they go into a record, see ``RobotFindings``: of the head, or of
    ///   all layers.
    func record(_ sighting: RobotSighting, findings: RawSpan, shard: Int) {
        let operation = sighting.operation
        counts.add(
            RobotCell(.verdict, sighting.isRobot ? 1 : 0, of: operation, sighting.verdict),
            shard: shard)
        counts.add(RobotCell(.key, sighting.key, of: operation), shard: shard)
        if sighting.origin.named != 0 {
            counts.add(RobotCell(.network, sighting.origin.named, of: operation), shard: shard)
        }
        let heaviest = countFindings(findings, of: operation, shard: shard)
        counts.add(
            RobotCell(.heaviest, heaviest, of: operation, sighting.verdict), shard: shard)
        samples.leave(sighting, findings: findings, heaviest: heaviest, shard: shard)
    }

    /// An entry came with a permit that holds (C6, C7): it is not judged, and its load is the
    /// permit's.
    func recordTest(of operation: UInt32, permit: UInt32, shard: Int) {
        counts.add(RobotCell(.permit, permit, of: operation), shard: shard)
    }

    /// Counts rules and tools.
    /// - Returns: the hash of the heaviest rule's name; 0 without any.
    private func countFindings(_ findings: RawSpan, of operation: UInt32, shard: Int) -> UInt32 {
        var cursor = RobotFindings(findings)
        var heaviest: UInt32 = 0
        var most = Int32.min
        do throws(EntryRecordError) {
            while let finding = try cursor.next() {
                let name = findings.extracting(finding.rule)
                let rule = RobotNames.hash(of: name)
                counts.add(
                    RobotCell(.rule, rule, of: operation, detail: UInt64(finding.layer &- 1)),
                    shard: shard)
                if finding.weight > most {
                    most = finding.weight
                    heaviest = rule
                }
                if !finding.tool.isEmpty {
                    let tool = RobotNames.hash(of: findings.extracting(finding.tool), namedBy: name)
                    counts.add(RobotCell(.tool, tool, of: operation), shard: shard)
                }
            }
        } catch {
            // They were made in this process: what is no finding is not counted.
            return heaviest
        }
        return heaviest
    }
}
