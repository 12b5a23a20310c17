import Bytes
import Cryptography
import Evidence
import Ledger
import Projections
import Testing
import Time

@testable import Gateway

@Suite("A minute of robots is one record, whatever came")
struct RobotRecorderTests {
    /// A gateway's threads that are turned by hand, at a time that a test gives.
    private final class World {
        let bench: Bench
        let commands: [AdministrativeCommand]
        let clock = HandClock()
        var recorder: RobotRecorder
        var shared: Shared { bench.shared }

        /// - Parameter others: operations beside the first.
        init(networks: [String] = [], others: Int = 0) throws {
            var settings = Bench.settings(.unlimited)
            settings.robots = .observe
            settings.networks = networks
            let permit = AdministrativeCommand.permit(
                .issue(
                    permitID: "pt-1",
                    PermitTerms(
                        operation: "ete", perSecond: 9, starts: Timestamp(milliseconds: 0),
                        ends: Timestamp(milliseconds: 60_000))))
            commands =
                try Bench.opened()
                + [.operation(.put(id: "ete", settings: settings, dataKeyID: "d-1")), permit]
                + (0..<others).map {
                    .operation(
                        .put(id: "other-\($0)", settings: settings, dataKeyID: "d-other-\($0)"))
                }
            bench = try Bench(commands, clock: clock)
            recorder = RobotRecorder(bench.shared)
            recorder.turn()
        }

        func robot(
            _ times: Int = 1, _ verdict: RobotMinute.Verdict = .refused, isRobot: Bool = true,
            tool: String = "curl", named: UInt32 = 0, of operation: UInt32 = 0
        ) {
            let findings = RobotCountsTests.findings([(1, 9_200, "client-library", tool)])
            for _ in 0..<times {
                let sighting = RobotCountsTests.sighting(
                    operation, verdict, isRobot: isRobot, named: named, at: shared.ledgerTime)
                findings.withBytes { shared.robots.record(sighting, findings: $0, shard: 0) }
                shared.robots.recordAttempt(of: operation, weight: 9_200, shard: 0)
            }
        }

        func person(_ times: Int = 1, weight: Int32 = 0, of operation: UInt32 = 0) {
            for _ in 0..<times {
                shared.robots.recordAttempt(of: operation, weight: weight, shard: 1)
            }
        }

        func test(_ times: Int) {
            for _ in 0..<times { shared.robots.recordTest(of: 0, permit: 0, shard: 1) }
        }

        /// Seconds pass, with a turn each.
        /// - Parameter leads: whether the process decides.
        func pass(seconds: Int, leads: Bool = true) {
            for _ in 0..<seconds {
                clock.advance(milliseconds: 1_000)
                recorder.turn(mayRecord: leads)
            }
        }

        /// Deletes an operation, and gives its name to another one.
        func replace(_ id: String) throws {
            let export = ExportReceipt(
                file: "f", sha256: String(repeating: "a", count: 64), entries: 0, participants: 0)
            let settings = Bench.settings(.unlimited)
            var ledger = Ledger()
            let more: [AdministrativeCommand] = [
                .operation(.delete(id: id, export: export)),
                .operation(.put(id: id, settings: settings, dataKeyID: "d-new")),
            ]
            for command in commands + more {
                _ = try ledger.apply(command, by: .admin, at: Timestamp(milliseconds: 0))
            }
            shared.publish(
                Projections(catalogue: ledger.catalogue, evidence: EvidenceIndex()).state)
        }

        func recorded() -> [RobotMinute] {
            var found: [RobotMinute] = []
            while let request = shared.administration.next() {
                if case .fact(.robots(let minute)) = request.record.command { found.append(minute) }
            }
            return found
        }
    }

    @Test("a minute that waits while its operation's name is given to another is not recorded")
    func renamed() throws {
        let world = try World(others: 20)
        for operation in UInt32(0)...20 { world.robot(of: operation) }
        var first: [RobotMinute] = []
        for _ in 0..<60 where first.isEmpty {
            world.pass(seconds: 1)
            first = world.recorded()
        }
        #expect(first.count == RobotRecorder.factsAtOnce, "the others wait")
        try world.replace("other-19")
        world.pass(seconds: 1)
        #expect(world.recorded().map(\.operation) == (15..<19).map { "other-\($0)" })
    }

    @Test("a flood within a minute is one record, with counts, tools, key and a few samples")
    func flood() throws {
        let world = try World()
        world.person(1_000)
        world.robot(20_000)
        world.robot(7, .challenged, isRobot: false, tool: "Wget")
        world.pass(seconds: 60)
        let minutes = world.recorded()
        let minute = try #require(minutes.first)
        #expect(minutes.count == 1)
        #expect(minute.attempts == 21_007 && minute.robots == 20_000 && minute.suspects == 7)
        #expect(minute.refused == 20_000 && minute.challenged == 7)
        #expect(minute.rules == [.init(rule: "client-library", layer: 1, count: 20_007)])
        #expect(minute.tools.map(\.tool) == ["curl", "Wget"])
        #expect(minute.tools.map(\.count) == [20_000, 7])
        #expect(minute.origins == [.init(kind: .key, name: "k-1", count: 20_007)])
        #expect(minute.weights == [.init(from: 9_200, count: 20_007)])
        #expect((1...4).contains(minute.samples.count))
        #expect(minute.samples.allSatisfy { $0.network == "192.0.2.0/24" }, "shortened (C21)")
        #expect(minute.samples.first?.tool == "curl")
        #expect(minute.ruleset?.version == 1)
        #expect(minute.since <= minute.until)
        world.pass(seconds: 180)
        #expect(world.recorded().isEmpty, "nothing came")
    }

    @Test("people alone leave no record, and are counted for readers")
    func people() throws {
        let world = try World()
        world.person(50, weight: 1_000)
        world.pass(seconds: 1)
        let shown = world.shared.robots.board.minutes(of: 0)
        #expect(shown.map(\.attempts) == [50], "before the minute ends")
        world.pass(seconds: 60)
        #expect(world.recorded().isEmpty)
        let minutes = world.shared.robots.board.minutes(of: 0)
        #expect(minutes.map(\.attempts) == [50])
        #expect(minutes.first?.weights == [.init(from: 920, count: 50)])
    }

    @Test("at most one record a minute, and what goes on is shown meanwhile")
    func pace() throws {
        let world = try World()
        for _ in 0..<5 {
            world.robot(3)
            world.pass(seconds: 30)
        }
        let shown = world.shared.robots.board.minutes(of: 0)
        let minutes = world.recorded()
        #expect((2...3).contains(minutes.count), "150 s")
        #expect(shown.reduce(0) { $0 + $1.robots } == 15)
        for (one, next) in zip(minutes, minutes.dropFirst()) { #expect(one.until <= next.since) }
    }

    @Test("robots from a network that the client named are its own (C6)")
    func named() throws {
        let world = try World(networks: ["192.0.2.0/24"])
        world.robot(4, named: NamedNetwork.hash(of: "192.0.2.0/24"))
        world.robot(6)
        world.pass(seconds: 60)
        let origins = world.recorded().first?.origins ?? []
        #expect(origins.contains(.init(kind: .network, name: "192.0.2.0/24", count: 4)))
    }

    @Test("what a load test brings is counted by its permit, beside robots and alone (C6, C7)")
    func tests() throws {
        let world = try World()
        world.test(2_000)
        world.robot(3)
        world.pass(seconds: 60)
        let both = try #require(world.recorded().first)
        #expect(both.tests == 2_000 && both.robots == 3 && both.attempts == 3)
        #expect(both.origins.contains(.init(kind: .permit, name: "pt-1", count: 2_000)))
        #expect(both.origins.contains(.init(kind: .key, name: "k-1", count: 3)))
        world.test(7)
        world.pass(seconds: 60)
        let alone = try #require(world.recorded().first)
        #expect(alone.tests == 7 && !alone.hasRobots && !alone.isEmpty)
        #expect(alone.origins == [.init(kind: .permit, name: "pt-1", count: 7)])
    }

    @Test("a node that follows records what it counted with its office, minute by minute")
    func following() throws {
        let world = try World()
        for minute in 1...3 {
            world.robot(minute)
            world.pass(seconds: 60, leads: false)
        }
        #expect(world.recorded().isEmpty)
        world.robot(9)
        world.pass(seconds: 60)
        let minutes = world.recorded()
        #expect(minutes.map(\.robots) == [1, 2, 3, 9])
        for (one, next) in zip(minutes, minutes.dropFirst()) { #expect(one.until <= next.since) }
        for minute in minutes {
            #expect(minute.until <= minute.since.advanced(byMilliseconds: 61_000))
        }
    }

    @Test("what another node has recorded is shown beside this one's own, which is shown once")
    func otherNode() throws {
        let world = try World()
        world.robot(3)
        world.pass(seconds: 60)
        let own = try #require(world.recorded().first)
        var other = own
        other.since = own.since.advanced(byMilliseconds: 5)
        other.robots = 40
        var index = EvidenceIndex()
        let facts = [own, other].map { AdministrativeCommand.fact(.robots($0)) }
        for (number, command) in (world.commands + facts).enumerated() {
            index.add(
                EvidenceRecord(
                    sequence: UInt64(number), at: own.until, batch: UInt64(number), chain: .init(),
                    content: .command(AdministrativeRecord(command, by: .gateway))))
        }
        let catalogue = world.shared.projected.catalogue
        world.shared.publish(Projections(catalogue: catalogue, evidence: index).state)
        let view = try #require(RobotReader(world.shared).view(of: "ete", seconds: 3_600))
        #expect(view.robots == 43)
    }

    @Test("where a robot came from is not told by the server that sent its entry")
    func ofAServer() throws {
        let world = try World()
        let findings = RobotCountsTests.findings([(3, 9_200, "cohort-template", "")])
        let sighting = RobotSighting(
            operation: 0, key: 0, verdict: .refused, isRobot: true, weight: 9_200,
            origin: RobotOrigin(), at: world.shared.ledgerTime)
        findings.withBytes { world.shared.robots.record(sighting, findings: $0, shard: 0) }
        world.pass(seconds: 60)
        #expect(world.recorded().first?.samples.map(\.network) == ["unknown"])
    }

    @Test("a process that ends records what it has counted")
    func end() throws {
        let world = try World()
        world.robot(9)
        world.recorder.finish()
        #expect(world.recorded().map(\.robots) == [9])
    }

    @Test("the same minute is not counted twice, by whichever turn it is read")
    func once() throws {
        let world = try World()
        var sum = 0
        for second in 0..<200 {
            world.robot(second % 7)
            world.pass(seconds: 1)
            sum += world.recorded().reduce(0) { $0 + $1.robots }
        }
        world.recorder.finish()
        sum += world.recorded().reduce(0) { $0 + $1.robots }
        #expect(sum == (0..<200).reduce(0) { $0 + $1 % 7 })
    }

    @Test("a second reads and shows what changed in it, and nothing of all other operations")
    func changes() throws {
        let world = try World(others: 200)
        for operation in 0..<201 as Range<UInt32> { world.robot(2, of: operation) }
        world.pass(seconds: 1)
        #expect(world.recorder.work.shown == 201)
        world.pass(seconds: 1)
        var work = world.recorder.work
        #expect(work.cells == 0 && work.operations == 0 && work.shown == 0, "\(work)")
        world.person(1, of: 150)
        world.pass(seconds: 1)
        work = world.recorder.work
        #expect(work.cells == 0 && work.operations == 64 && work.shown == 1, "\(work)")
        world.robot(1, of: 150)
        world.pass(seconds: 1)
        work = world.recorder.work
        #expect(work.cells <= 2 * RobotCounts.blockCells && work.shown == 1, "\(work)")
        let board = world.shared.robots.board
        #expect(board.minutes(of: 150).map(\.attempts) == [4])
        #expect(board.minutes(of: 150).map(\.robots) == [3])
        #expect(board.minutes(of: 7).map(\.attempts) == [2])
        #expect(board.minutes(of: 7).last?.until == world.shared.ledgerTime, "it goes on")
    }

    @Test("where more operations changed than a second shows, the next ones show the rest")
    func manyChanges() throws {
        let many = RobotRecorder.factsOfMinute + 40
        let world = try World(others: many)
        for operation in 0..<UInt32(many) { world.person(1, of: operation) }
        world.pass(seconds: 1)
        #expect(world.recorder.work.shown == RobotRecorder.factsOfMinute)
        // Those that change each time do not keep the others waiting.
        world.person(1, of: 0)
        world.pass(seconds: 1)
        let board = world.shared.robots.board
        #expect(world.recorder.work.shown == 41)
        #expect((0..<UInt32(many)).allSatisfy { board.minutes(of: $0).count == 1 })
        world.pass(seconds: 60)
        let ended = (0..<UInt32(many)).map { board.minutes(of: $0).map(\.attempts) }
        #expect(ended[0] == [2] && ended.dropFirst().allSatisfy { $0 == [1] })
    }
}
