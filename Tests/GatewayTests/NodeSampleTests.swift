import Bytes
import Cluster
import Contract
import Ledger
import LockFree
import Projections
import Synchronization
import TestSupport
import Testing
import Time

@testable import Gateway

@Suite("The pressure of all nodes together", .onOwnThread)
struct NodeSampleTests {
    private func sample(
        _ level: PressureLevel, wait: Int = 0, _ demands: [NodeSample.Demand] = []
    ) -> NodeSample {
        var sample = NodeSample(windowMilliseconds: 1_000)
        sample.level = level
        sample.figures.unreadWait = wait
        sample.add(demands)
        return sample
    }

    private func demand(_ operation: UInt32, _ attempts: UInt32) -> NodeSample.Demand {
        NodeSample.Demand(
            operation: operation, attempts: attempts, accepted: attempts / 2,
            queueMicroseconds: UInt64(attempts) * 100,
            answers: RoomCount(attempts: UInt64(attempts), refused: UInt64(attempts / 3)))
    }

    private func payload(of sample: NodeSample) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 1 << 10)
        sample.append(to: &buffer)
        return Array(buffer.bytes.array.dropFirst(EntryFrame.headBytes))
    }

    @Test(
        "the level is the leader's own, or a higher one that at least half of the nodes have",
        arguments: [
            (PressureLevel.calm, [PressureLevel](), PressureLevel.calm),
            (.strained, [], .strained),
            (.calm, [.critical], .critical),
            (.calm, [.critical, .calm], .calm),
            (.calm, [.critical, .strained], .strained),
            (.calm, [.critical, .critical], .critical),
            (.strained, [.critical, .calm], .strained),
            (.critical, [.calm, .calm], .critical),
            (.calm, [.critical, .critical, .calm], .critical),
            (.calm, [.critical, .critical, .calm, .calm], .calm),
            (.calm, [.critical, .strained, .strained, .calm], .strained),
        ])
    func levels(own: PressureLevel, others: [PressureLevel], merged: PressureLevel) {
        var pressure = PressureSample()
        pressure.level = own
        pressure.figures.unreadWait = 1
        let told = others.enumerated().map { sample($1, wait: 1_000 * ($0 + 1)) }
        let found = pressure.merged(with: told)
        #expect(found.level == merged)
        #expect(found.others == told)
        // The figures are those of a node with that level: the one that is pushed least.
        let least = told.filter { $0.level >= merged }.map(\.figures.unreadWait).min()
        #expect(found.figures.unreadWait == (merged == own ? 1 : least))
    }

    @Test("attempts, entries and waits are added, whatever the windows; and it says of how many")
    func added() throws {
        let neighbour = OperationCommand.put(
            id: "voisin", settings: Bench.settings(.once), dataKeyID: "d-2")
        let clock = HandClock()
        let bench = try Bench(
            Bench.opened() + [.operation(neighbour)], clock: clock
        ) { _ in }
        var load = LoadMeter(bench.shared)
        load.sample()
        clock.advance(milliseconds: 1_000)
        for _ in 0..<10 { bench.shared.instruments.count(.accepted, of: 0, lane: 0) }
        bench.shared.instruments.recordQueueWait(nanoseconds: 3_000_000, of: 0)
        var pressure = PressureSample()
        let catalogue = bench.shared.projected.catalogue
        let alone = load.report(pressure, catalogue)
        #expect(alone.attemptsPerSecond == 10 && alone.nodes == nil)
        var half = sample(.calm, [demand(1, 30)])
        half.windowMilliseconds = 500
        pressure.others = [sample(.calm, [demand(0, 40), demand(1, 80), demand(77, 5)]), half]
        let report = load.report(pressure, catalogue)
        #expect(report.nodes == 3 && report.isPlausible)
        #expect(report.attemptsPerSecond == 10 + 40 + 80 + 60)
        #expect(report.acceptedPerSecond == 10 + 20 + 40 + 30)
        let own = try #require(report.operations.first { $0.operation == "ete" })
        #expect(own.attemptsPerSecond == 50 && own.attemptsPermille == 50 * 1_000 / 190)
        // 3 ms at the leader and 4 ms there, of 21 ms.
        #expect(own.queuePermille == 7 * 1_000 / 21)
        #expect(own.othersEntries == 0, "what is decided is counted once, where it is decided")
    }

    @Test("a node tells what its listeners had in the last second, and of operations with some")
    func told() throws {
        let clock = HandClock()
        let neighbour = OperationCommand.put(
            id: "voisin", settings: Bench.settings(.once), dataKeyID: "d-2")
        let bench = try Bench(
            Bench.opened() + [.operation(neighbour)], clock: clock,
            cluster: ClusterStatus(node: "b")
        ) { _ in }
        var load = LoadMeter(bench.shared)
        load.sample()
        #expect(load.nodeSample(PressureSample()) == nil)
        clock.advance(milliseconds: 1_000)
        for _ in 0..<4 { bench.shared.instruments.count(.accepted, of: 1, lane: 0) }
        bench.shared.instruments.count(.full, of: 1, lane: 0)
        bench.shared.instruments.recordQueueWait(nanoseconds: 7_000, of: 1)
        load.sample()
        var pressure = PressureSample()
        pressure.level = .strained
        let told = try #require(load.nodeSample(pressure))
        #expect(told.level == .strained && told.windowMilliseconds == 1_000)
        #expect(
            told.demands == [
                NodeSample.Demand(
                    operation: 1, attempts: 5, accepted: 4, queueMicroseconds: 7,
                    answers: RoomCount(attempts: 5, refused: 1))
            ])
    }

    @Test("it is read as it was written, and bounded: those that brought least are left out")
    func frames() throws {
        var full = sample(.critical, wait: 5)
        full.add((UInt32(0)..<9_000).map { demand($0, $0 % 7 == 0 ? 1 : 2 + $0) })
        #expect(full.demands.count == NodeSample.maximumDemands)
        #expect(full.demands.allSatisfy { $0.attempts > 3_000 })
        let bytes = payload(of: full)
        #expect(bytes.count < EntryFrame.maximumPayloadBytes)
        let read = bytes.withBytes { NodeSample($0) }
        #expect(read == full)
        let small = payload(of: sample(.strained, [demand(3, 9), demand(8, 1)]))
        for length in 0..<small.count {
            let read = Array(small.prefix(length)).withBytes { NodeSample($0) }
            // Whole operations, and nothing else.
            #expect(read == nil || (small.count - length) % 28 == 0)
        }
        var refused = 0
        for place in 0..<small.count * 8 {
            var wrong = small
            wrong[place / 8] ^= 1 << UInt8(place % 8)
            if wrong.withBytes({ NodeSample($0) }) == nil { refused += 1 }
        }
        #expect(refused > small.count)
    }

    @Test("each node's own level is told of it, for as long as its sample counts")
    func levelsByNode() {
        let samples = NodeSamples()
        samples.note(sample(.critical), of: "b", at: 1_000_000_000)
        samples.note(sample(.strained), of: "c", at: 2_500_000_000)
        samples.ownLevel = .strained
        #expect(samples.ownLevel == .strained)
        #expect(samples.levels(at: 2_600_000_000) == ["b": .critical, "c": .strained])
        #expect(samples.levels(at: 3_100_000_000) == ["c": .strained])
    }

    @Test("over a link it reaches the leader, which counts it for two seconds")
    func overLinks() throws {
        let leader = try LinkLeader()
        let follower = try LinkFollower()
        try leader.bench.start()
        follower.status.owner = leader.owner
        #expect(eventually(withinSeconds: 30) { follower.status.isForwarding })
        let told = sample(.strained, wait: 9, [demand(0, 40)])
        let nodes = leader.bench.shared.nodes
        var isCounted = false
        // A test that stands still for the two seconds does not see it: it is told again.
        for _ in 0..<10 where !isCounted {
            follower.bench.shared.nodes.offer(told)
            try #require(follower.bench.shared.forwarderBell).ring()
            isCounted = eventually(withinSeconds: 3) {
                nodes.current(at: SystemClock.monotonicNanoseconds()) == [told]
            }
        }
        #expect(isCounted)
        #expect(
            eventually(withinSeconds: 30) {
                nodes.current(at: SystemClock.monotonicNanoseconds()).isEmpty
            })
        follower.end()
        leader.end()
    }

    @Test("what an entry waits before it is sent is this node's to measure")
    func waits() throws {
        let leader = try LinkLeader()
        let follower = try LinkFollower()
        try leader.bench.start()
        follower.leave(1)
        #expect(!eventually(withinSeconds: 0.05) { follower.status.isForwarding })
        follower.status.owner = leader.owner
        // Repeated where the link was lost, for a silence, before its answer came.
        let verdict = try #require(follower.answers(1).first?.verdict)
        #expect(verdict == .accepted || verdict == .repeated)
        let instruments = follower.bench.shared.instruments
        #expect(instruments.queued(of: 0) == 1)
        #expect(instruments.waitTime(of: 0) >= 50_000_000)
        follower.end()
        leader.end()
    }
}
