import Bytes
import Contract
import Testing
import Time

@testable import Ledger

@Suite("Robots count apart")
struct CountedAsTests {
    private func enter(
        _ world: World, _ person: UInt64, as countedAs: CountedAs, in id: String = "summer",
        secondKey: UInt64? = nil
    ) throws -> EntryOutcome {
        let operation = try #require(world.ledger.catalogue.operationIndex(id))
        let key = try #require(world.ledger.catalogue.keyIndex("\(id)-key"))
        return world.decide(
            EntryCommand(
                operation: operation, key: key, participant: .person(person),
                secondKey: secondKey.map { .person($0 &+ 2_000_000) } ?? .none,
                countedAs: countedAs))
    }

    @Test("under each rule: numbers of entries, no participant's, and no place taken")
    func rules() throws {
        for rule in EntryRule.allCases {
            let world = World()
            try world.open("summer", .sample(rule))
            let first = try enter(world, 1, as: .robot)
            #expect(first.isAccepted && first.numbers?.participant == 0)
            let second = try enter(world, 1, as: .robot)
            #expect(second.isAccepted == (rule == .unlimited), "\(rule)")
            #expect(second.numbers?.participant == 0)
            let person = try enter(world, 1, as: .participant)
            #expect(person.isAccepted && person.numbers?.participant == 1, "\(rule): \(person)")
            // In a person's name, and a day later.
            let robot = try enter(world, 1, as: .robot)
            #expect(robot.isAccepted == (rule == .unlimited))
            if rule != .unlimited { #expect(robot.numbers?.participant == 1) }
            world.pass(hours: 24)
            #expect(try enter(world, 1, as: .robot).isAccepted == (rule != .once))
            let counts = try #require(world.counts("summer"))
            let robots: UInt64 = rule == .once ? 1 : rule == .daily ? 2 : 4
            #expect(counts == OperationCounts(entries: 1, participants: 1, robots: robots))
            #expect(counts.stored == 1 + robots)
        }
    }

    @Test("they fill neither cap nor second key, and a cap that is reached keeps them out")
    func limits() throws {
        let world = World()
        let settings = OperationSettings.sample(.unlimited).with {
            $0.cap = .participants(2)
            $0.secondKey = SecondKeyRule(name: "household", limit: 1)
        }
        try world.open("summer", settings)
        for person in 1...5 as ClosedRange<UInt64> {
            #expect(try enter(world, person, as: .robot, secondKey: 7).isAccepted)
        }
        #expect(try enter(world, 6, as: .participant, secondKey: 7).numbers?.participant == 1)
        #expect(try enter(world, 7, as: .participant, secondKey: 8).numbers?.participant == 2)
        #expect(try enter(world, 8, as: .robot, secondKey: 9) == .capReached)
        let hasEvents = world.ledger.hasEvents
        #expect(!hasEvents)
        #expect(throws: CommandRefusal.ruleFixed(operation: "summer", rule: .unlimited)) {
            try world.apply(
                .operation(
                    .put(
                        id: "summer", settings: settings.with { $0.rule = .once },
                        dataKeyID: "summer-data")))
        }
    }

    @Test("a cover is crossed by participants alone")
    func cover() throws {
        let world = World()
        try world.open("summer", .sample())
        for person in 0..<60_000 as Range<UInt64> {
            _ = try enter(world, person, as: .robot)
        }
        let hasEvents = world.ledger.hasEvents
        #expect(!hasEvents)
        #expect(world.counts("summer")?.participants == 0)
    }

    @Test("a record says what an entry counts as, and nothing else stands there")
    func record() throws {
        for countedAs in [CountedAs.participant, .robot] {
            let command = EntryCommand(
                operation: 1, key: 2, participant: .person(3), countedAs: countedAs)
            var buffer = ByteBuffer(capacity: 128)
            EntryRecord.encode(
                command, entry: EntryNumber(rawValue: 7), participant: 0, source: RawSpan(),
                sealed: RawSpan(), into: &buffer)
            var bytes = buffer.bytes.array
            #expect(bytes[3] == countedAs.rawValue)
            var reader = ByteReader(buffer.bytes)
            let read = try EntryRecord(reading: &reader)
            #expect(read.command == command)
            bytes[3] = 3
            #expect(Self.error(of: bytes) == .unknownFlags(3))
        }
    }

    private static func error(of bytes: [UInt8]) -> EntryRecordError? {
        bytes.withBytes { record in
            var reader = ByteReader(record)
            do throws(EntryRecordError) {
                _ = try EntryRecord(reading: &reader)
                return nil
            } catch {
                return error
            }
        }
    }
}
