import Contract
import Ledger
import Testing
import Time

@testable import Gateway

/// Floods that were not announced, and such that were, under strain: every entry waits 50 ms.
@Suite("Missing notices in virtual time")
struct MissingNoticeTests {
    private static let beginning = Timestamp(milliseconds: 1_800_000_000_000)
    /// How long an entry waits for its turn: more than what is calm.
    private static let stepNanoseconds: UInt64 = 50_000_000

    private final class World {
        let clock = SimulatedClock(MissingNoticeTests.beginning)
        let disk: SimulatedDisk
        let gateway: SimulatedGateway
        private var nextConnection: UInt32 = 0
        private var nextPerson: UInt64 = 0

        init() throws {
            disk = try SimulatedDisk()
            gateway = try SimulatedGateway(
                disk: disk, clock: clock, random: SeededRandom(seed: 11))
        }

        func state(_ id: String) -> OperationState? { gateway.catalogue.operation(id)?.state }

        /// What is refused first under overload.
        func shedding(_ operation: UInt32) -> Shedding {
            gateway.shared.board.shedding(of: operation, at: gateway.shared.ledgerTime)
        }

        func missing(_ id: String) -> [MissingNotice.Kind] {
            gateway.catalogue.operation(id)?.missingNotices(at: gateway.latest).map(\.kind) ?? []
        }

        /// Posts entries to the operation at this index, by a thousand people again and again.
        func post(_ count: Int, to operation: UInt32 = 0, sources: [String?] = [nil]) {
            for number in 0..<count {
                nextConnection = (nextConnection + 1) % 4_000
                nextPerson += 1
                _ = gateway.loops[0].post(
                    SimulatedLoop.Entry(
                        operation: operation, key: operation, person: 1 + nextPerson % 1_000,
                        connection: nextConnection, source: sources[number % sources.count]))
            }
        }

        /// Posts so many a second until the operation is smoothed and lacks a notice.
        /// - Returns: the milliseconds that took; nil if it does not come to that in so many
        ///   seconds.
        func flood(
            perSecond: Int, seconds: Int, sources: [String?] = [nil]
        ) throws -> Int? {
            let nanoseconds = MissingNoticeTests.stepNanoseconds
            let steps = 1_000_000_000 / Int(nanoseconds)
            for step in 1...seconds * steps {
                post(perSecond / steps, sources: sources)
                try gateway.step(nanoseconds: nanoseconds)
                _ = gateway.loops[0].drainAnswers()
                let isLacking = !missing("ete").isEmpty
                if isLacking, state("ete") == .smoothed { return step * 1_000 / steps }
            }
            return nil
        }

        func declare(
            _ recipients: UInt32, _ channel: Channel, source: String, campaign: String
        ) throws {
            let declaration = CampaignDeclaration(
                channel: channel, recipients: recipients,
                starts: clock.wallClock().advanced(byMilliseconds: 60_000), source: source)
            try gateway.decide(
                .contract(
                    .declareCampaign(
                        operation: "ete", campaign: campaign, declaration: declaration)))
        }

        /// Everybody sees the same, and a replay comes to it.
        func check() throws {
            #expect(gateway.difference == nil)
            #expect(try gateway.difference(fromReplayOf: disk) == nil)
        }
    }

    private func world() throws -> World {
        let world = try World()
        try world.gateway.open("ete", rule: .unlimited)
        return world
    }

    @Test("an undeclared tag: 11,400 entries a second by 1,000 people are smoothed within a second")
    func tag() throws {
        let world = try world()
        let milliseconds = try #require(
            try world.flood(perSecond: 11_400, seconds: 3, sources: ["tv"]))
        #expect(milliseconds <= 1_000)
        #expect(world.missing("ete").contains(.campaign))
        #expect(world.gateway.counts(of: 0)?.participants ?? 0 <= 1_000, "far from the cover")
        try world.check()
    }

    @Test("a rise without any tag: the same")
    func rise() throws {
        let world = try world()
        let milliseconds = try #require(try world.flood(perSecond: 11_400, seconds: 3))
        #expect(milliseconds <= 1_000)
        #expect(world.missing("ete") == [.rise])
        try world.check()
    }

    @Test("an operation within its small numbers is not touched, whatever the strain")
    func small() throws {
        let world = try world()
        #expect(try world.flood(perSecond: 480, seconds: 12) == nil)
        #expect(world.missing("ete") == [])
        try world.check()
    }

    @Test("a flood that was announced lacks no notice")
    func announced() throws {
        let world = try world()
        try world.gateway.decide(
            .contract(
                .giveNotice(operation: "ete", expectedParticipants: 200_000, note: nil)))
        #expect(try world.flood(perSecond: 11_400, seconds: 3) == nil)
        #expect(world.missing("ete") == [])
        try world.check()
    }

    @Test("two campaigns of 60,000, undeclared: neither tag brings most, together they do")
    func undeclaredCampaigns() throws {
        let world = try world()
        let sources = ["a", "b", "a", "b", "c"]
        let milliseconds = try #require(
            try world.flood(perSecond: 11_400, seconds: 3, sources: sources))
        #expect(milliseconds <= 1_000)
        #expect(world.missing("ete").contains(.campaign))
        try world.check()
    }

    @Test("two campaigns of 60,000, declared: they add up, and nothing is missing")
    func declaredCampaigns() throws {
        let world = try world()
        try world.declare(60_000, .email, source: "a", campaign: "c-a")
        try world.declare(60_000, .sms, source: "b", campaign: "c-b")
        #expect(world.gateway.catalogue.operations[0].cover.participants == 120_000)
        let sources = ["a", "b", "A", nil]
        #expect(try world.flood(perSecond: 11_400, seconds: 3, sources: sources) == nil)
        #expect(world.missing("ete") == [])
        try world.check()
    }

    @Test("declaring the campaign in the midst of its flood is the way out of C3")
    func declaredMeanwhile() throws {
        let world = try world()
        #expect(try world.flood(perSecond: 1_200, seconds: 3, sources: ["tv"]) != nil)
        #expect(world.missing("ete").contains(.campaign))
        try world.declare(60_000, .television, source: "tv", campaign: "c-tv")
        #expect(world.missing("ete") == [])
        try world.check()
    }

    @Test("an operation that lacks a notice is shed before others, while it does")
    func shedding() throws {
        let world = try world()
        #expect(world.shedding(0) == .undeclared)
        #expect(try world.flood(perSecond: 1_200, seconds: 3, sources: ["tv"]) != nil)
        #expect(world.shedding(0) == .missingNotice)
        try world.declare(60_000, .television, source: "tv", campaign: "c-tv")
        #expect(world.shedding(0) == .newcomers)
        let other = try self.world()
        #expect(try other.flood(perSecond: 1_200, seconds: 3, sources: ["tv"]) != nil)
        other.clock.advance(byNanoseconds: 590_000_000_000)
        #expect(other.shedding(0) == .missingNotice)
        other.clock.advance(byNanoseconds: 20_000_000_000)
        #expect(other.shedding(0) == .undeclared, "ten minutes after the surge was seen last")
    }

    @Test("two operations of one client lack their notice together, and are smoothed under strain")
    func client() throws {
        let world = try world()
        try world.gateway.open("hiver", rule: .once)
        var person: UInt64 = 10_000
        var connection: UInt32 = 0
        for round in 0..<50 {
            for _ in 0..<1_001 {
                (person, connection) = (person + 1, (connection + 1) % 4_000)
                let operation = UInt32(round % 2)
                #expect(
                    world.gateway.loops[0].post(
                        SimulatedLoop.Entry(
                            operation: operation, key: operation, person: person,
                            connection: connection)))
            }
            try world.gateway.step(nanoseconds: 0)
            _ = world.gateway.loops[0].drainAnswers()
            try world.gateway.step(nanoseconds: 5_000_000_000)
        }
        #expect(world.missing("ete") == [.client] && world.missing("hiver") == [.client])
        #expect(world.shedding(0) == .missingNotice && world.shedding(1) == .missingNotice)
        #expect(try world.flood(perSecond: 400, seconds: 3) != nil)
        #expect(world.state("hiver") == .open, "it brings nothing")
        try world.check()
    }
}
