import Addresses
import Bytes
import Ledger
import Robots
import Testing
import Time

@testable import Gateway

@Suite("Robots are counted by operation, rule, tool and origin, in bounded room")
struct RobotCountsTests {
    private static let time = Timestamp(milliseconds: 1_795_176_000_000)

    /// Findings as they go into a record.
    static func findings(
        _ items: [(layer: UInt8, weight: Int32, rule: String, tool: String)]
    ) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 256)
        for item in items {
            buffer.append(item.layer)
            buffer.append(littleEndian: item.weight)
            buffer.append(littleEndian: Int32(0))
            buffer.append(UInt8(item.rule.utf8.count))
            buffer.append(item.rule)
            buffer.append(UInt8(item.tool.utf8.count))
            buffer.append(item.tool)
        }
        return buffer.bytes.array
    }

    static func sighting(
        _ operation: UInt32 = 0, _ verdict: RobotMinute.Verdict = .refused, isRobot: Bool = true,
        key: UInt32 = 0, named: UInt32 = 0, at time: Timestamp = RobotCountsTests.time
    ) -> RobotSighting {
        let address = IPAddress(ipv4: 0xC000_0263)
        return RobotSighting(
            operation: operation, key: key, verdict: verdict, isRobot: isRobot, weight: 9_200,
            origin: RobotOrigin(network: address.network, named: named), at: time)
    }

    @Test("every shard's counts add up, each by its own thread")
    func shards() {
        let reporter = RobotReporter(lanes: 2, operations: 16)
        let findings = Self.findings([(1, 9_200, "client-library", "curl"), (2, 500, "order", "")])
        for shard in 0..<3 {
            for _ in 0...shard {
                findings.withBytes {
                    reporter.record(Self.sighting(3), findings: $0, shard: shard)
                }
            }
        }
        let totals = reporter.counts.totals
        let rule = RobotNames.hash(of: "client-library")
        #expect(totals[RobotCell(.verdict, 1, of: 3, .refused)] == 6)
        #expect(totals[RobotCell(.rule, rule, of: 3, detail: 0)] == 6)
        #expect(totals[RobotCell(.rule, RobotNames.hash(of: "order"), of: 3, detail: 1)] == 6)
        #expect(totals[RobotCell(.heaviest, rule, of: 3, .refused)] == 6)
        #expect(totals[RobotCell(.key, 0, of: 3)] == 6)
        #expect(totals.values.reduce(0, +) == 36, "two rules, a tool, a key, a verdict, a heaviest")
        #expect(reporter.counts.leftOut == 0)
    }

    @Test("a cell's parts are what they were made of")
    func cells() {
        for operation in [0, 9_999] as [UInt32] {
            for verdict in RobotMinute.Verdict.allCases {
                let cell = RobotCell(.heaviest, .max, of: operation, verdict)
                #expect(cell.operation == operation && cell.verdict == verdict)
                #expect(cell.value == .max && cell.subject == .heaviest && cell.word != 0)
            }
            for layer in 1...4 {
                let cell = RobotCell(.rule, 7, of: operation, detail: UInt64(layer - 1))
                #expect(cell.layer == layer && cell.subject == .rule)
            }
        }
    }

    @Test("what is counted beyond the room is left out, and said so")
    func bounded() {
        let counts = RobotCounts(shards: 1)
        for value in 0..<UInt32(RobotCounts.cells + 100) {
            counts.add(RobotCell(.key, value, of: 1), shard: 0)
        }
        #expect(counts.count(shard: 0) <= RobotCounts.cells)
        #expect(counts.leftOut + UInt64(counts.count(shard: 0)) == UInt64(RobotCounts.cells + 100))
        // Those that are there are counted on.
        counts.add(RobotCell(.key, 5, of: 1), shard: 0)
        #expect(counts.totals[RobotCell(.key, 5, of: 1)] == 2)
    }

    @Test("each operation that there may be has room for what robots are counted by")
    func manyOperations() {
        let counts = RobotCounts(shards: 1)
        let operations = UInt32(LedgerLimits.operations)
        for operation in 0..<operations {
            for value in 0..<UInt32(24) {
                counts.add(RobotCell(.rule, value, of: operation), shard: 0)
            }
        }
        #expect(counts.leftOut == 0 && counts.count(shard: 0) == 24 * Int(operations))
    }

    @Test("weights are counted by steps; what speaks for a person is none")
    func weights() {
        let weights = WeightCounts(shards: 2, operations: 4)
        for weight in [-900, 0, 229, 230, 2_299, 2_300, 1_000_000] as [Int32] {
            weights.add(weight, of: 2, shard: 1)
        }
        weights.add(2_300, of: 2, shard: 0)
        let steps = weights.steps(of: 2)
        #expect(weights.attempts(of: 2) == 8 && weights.attempts(of: 1) == 0)
        #expect(steps[0] == 3 && steps[1] == 1 && steps[9] == 1 && steps[10] == 2)
        #expect(steps[RobotMinute.weightSteps - 1] == 1)
    }

    @Test("a thread leaves a sample now and then, not each time")
    func samples() {
        let samples = RobotSamples(shards: 2)
        let findings = Self.findings([(1, 9_200, "client-library", "curl")])
        func leave(_ milliseconds: Int64, shard: Int) {
            findings.withBytes {
                samples.leave(
                    Self.sighting(at: Self.time.advanced(byMilliseconds: milliseconds)),
                    findings: $0, heaviest: 1, shard: shard)
            }
        }
        for millisecond in 0..<100 as Range<Int64> { leave(millisecond, shard: 0) }
        leave(0, shard: 1)
        let left = samples.drain()
        #expect(left.count == 3, "at 0 and 50 ms, and the other thread's")
        #expect(left.allSatisfy { Int($0.findingsCount) == findings.count })
        #expect(samples.drain().isEmpty)
    }

    @Test("a reader finds all that was counted since it read, and looks at little else")
    func changes() {
        let counts = RobotCounts(shards: 2)
        for value in 0..<1_000 as Range<UInt32> {
            counts.add(RobotCell(.key, value, of: 1), shard: Int(value & 1))
        }
        var reader = RobotCountsReader(counts)
        #expect(reader.readChanges().count == 1_000)
        #expect(reader.readChanges().isEmpty && reader.looked == 0)
        for _ in 0..<3 { counts.add(RobotCell(.key, 6, of: 1), shard: 0) }
        counts.add(RobotCell(.key, 2_001, of: 1), shard: 1)
        let changes = reader.readChanges()
        #expect(changes.map { $0.cell.value } == [6, 2_001])
        #expect(changes.map { $0.count } == [3, 1])
        #expect(reader.looked <= 2 * RobotCounts.blockCells)
    }

    @Test("operations with new attempts are found, by whichever thread they were counted")
    func attempts() {
        let weights = WeightCounts(shards: 2, operations: 1_000)
        var reader = AttemptsReader(weights)
        #expect(reader.readChanges().isEmpty && reader.looked == 0)
        weights.add(0, of: 5, shard: 0)
        weights.add(0, of: 999, shard: 1)
        #expect(reader.readChanges() == [5, 999])
        #expect(reader.looked < 2 * WeightCounts.blockOperations, "the last block is shorter")
        #expect(reader.readChanges().isEmpty && reader.looked == 0)
        weights.add(0, of: 5, shard: 1)
        reader.take(2, of: 5)
        #expect(reader.readChanges().isEmpty, "known by then")
    }

    @Test("what is counted while it is read is found in the end")
    func countedMeanwhile() async {
        let counts = RobotCounts(shards: 1)
        let total: UInt32 = 60_000
        let counting = Task.detached {
            for number in 0..<total {
                counts.add(RobotCell(.key, number % 3_000, of: 1), shard: 0)
            }
        }
        var reader = RobotCountsReader(counts)
        var found: UInt64 = 0
        for _ in 0..<200 { found += reader.readChanges().reduce(0) { $0 + $1.count } }
        await counting.value
        found += reader.readChanges().reduce(0) { $0 + $1.count }
        #expect(found == UInt64(total))
    }
}
