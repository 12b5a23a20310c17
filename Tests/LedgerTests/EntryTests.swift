import Bytes
import Contract
import Testing
import Time

@testable import Ledger

@Suite("Deciding entries")
struct EntryTests {
    private let world = World()

    @Test("Once: the first entry counts, later ones are told the first one's numbers")
    func once() throws {
        try world.open("summer")
        let first = world.enter(1, in: "summer")
        #expect(first.isAccepted)
        #expect(first.numbers?.participant == 1)
        #expect(first.numbers?.entry.time == World.start)
        world.pass(hours: 1000)
        let second = try #require(first.numbers)
        #expect(
            world.enter(1, in: "summer")
                == .repeated(entry: second.entry, participant: second.participant))
        #expect(world.enter(2, in: "summer").numbers?.participant == 2)
        #expect(world.counts("summer") == OperationCounts(entries: 2, participants: 2))
    }

    @Test("Daily: one entry a local day, under one participant's number")
    func daily() throws {
        let tokyo = try LocalTime([.init(from: World.start, offsetSeconds: 9 * 3600)])
        try world.open("summer", .sample(.daily).with { $0.localTime = tokyo })
        _ = world.enter(7, in: "summer")
        let first = try #require(world.enter(8, in: "summer").numbers)
        #expect(first.participant == 2)
        world.pass(hours: 2, milliseconds: 3_599_999)
        #expect(world.enter(8, in: "summer") == .repeated(entry: first.entry, participant: 2))
        world.pass(milliseconds: 1)
        let next = world.enter(8, in: "summer")
        #expect(next.isAccepted)
        #expect(next.numbers?.participant == 2)
        let nextEntry = try #require(next.numbers?.entry)
        world.pass(hours: 12)
        #expect(world.enter(8, in: "summer") == .repeated(entry: nextEntry, participant: 2))
        #expect(world.counts("summer") == OperationCounts(entries: 3, participants: 2))
    }

    @Test("Daily: another time zone counts from the next entry on")
    func dailyFollowsItsZone() throws {
        try world.open("summer", .sample(.daily))
        #expect(world.enter(1, in: "summer").isAccepted)
        let apia = try LocalTime([.init(from: World.start, offsetSeconds: 13 * 3600)])
        try world.apply(
            .operation(
                .put(
                    id: "summer", settings: .sample(.daily).with { $0.localTime = apia },
                    dataKeyID: "summer-data")))
        #expect(world.enter(1, in: "summer").isAccepted)
        #expect(!world.enter(1, in: "summer").isAccepted)
    }

    @Test("Unlimited: every entry counts, a person keeps the number")
    func unlimited() throws {
        try world.open("summer", .sample(.unlimited))
        for person: UInt64 in [1, 2, 1, 1, 2] {
            let outcome = world.enter(person, in: "summer")
            #expect(outcome.isAccepted)
            #expect(outcome.numbers?.participant == UInt32(person))
        }
        #expect(world.counts("summer") == OperationCounts(entries: 5, participants: 2))
    }

    @Test("A person's entries in two operations have nothing to do with each other")
    func operationsAreApart() throws {
        try world.open("summer")
        try world.open("winter")
        #expect(world.enter(2, in: "summer").isAccepted)
        #expect(world.enter(1, in: "summer").isAccepted)
        #expect(world.enter(1, in: "winter").numbers?.participant == 1)
    }

    @Test(
        "Drafts, dates and closing: `opens` is the first moment, `closes` the first after the last")
    func dates() throws {
        let opens = World.start.advanced(byMilliseconds: 1000)
        let closes = World.start.advanced(byMilliseconds: 2000)
        try world.draft(
            "summer",
            .sample(.unlimited).with {
                $0.opens = opens
                $0.closes = closes
            })
        #expect(world.enter(1, in: "summer") == .notOpen)
        world.now = closes
        #expect(world.enter(1, in: "summer") == .notOpen)
        try world.apply(.operation(.open(id: "summer", note: nil)))
        for (moment, expected) in [
            (opens.advanced(byMilliseconds: -1), EntryOutcome.notOpen), (closes, .closed),
            (closes.advanced(byMilliseconds: 1), .closed),
        ] {
            world.now = moment
            #expect(world.enter(1, in: "summer") == expected)
        }
        for moment in [opens, closes.advanced(byMilliseconds: -1)] {
            world.now = moment
            #expect(world.enter(1, in: "summer").isAccepted)
        }
        try world.apply(.operation(.close(id: "summer", note: nil)))
        #expect(world.enter(1, in: "summer") == .closed)
        world.now = World.start
        #expect(world.enter(1, in: "summer") == .closed)
    }

    @Test("Once: who entered before it closed is told that it is closed")
    func repeatedAfterClosing() throws {
        try world.open("summer")
        #expect(world.enter(1, in: "summer").isAccepted)
        try world.apply(.operation(.close(id: "summer", note: nil)))
        #expect(world.enter(1, in: "summer") == .closed)
        try world.apply(.operation(.open(id: "summer", note: nil)))
        #expect(world.enter(1, in: "summer").numbers?.participant == 1)
    }

    @Test("Age and consents are asked for where they are set, and before the rule")
    func requirements() throws {
        try world.open(
            "summer",
            .sample().with {
                $0.minimumAge = 18
                $0.consents = ["rules"]
            })
        #expect(world.enter(1, in: "summer") == .refused([.ageNotConfirmed, .consentMissing]))
        #expect(world.enter(1, in: "summer", consents: true) == .refused(.ageNotConfirmed))
        #expect(world.enter(1, in: "summer", age: true) == .refused(.consentMissing))
        #expect(world.enter(1, in: "summer", age: true, consents: true).isAccepted)
        #expect(world.enter(1, in: "summer", consents: true) == .refused(.ageNotConfirmed))
        #expect(world.counts("summer") == OperationCounts(entries: 1, participants: 1))
    }

    @Test("Keys: unknown, of another operation, revoked")
    func keys() throws {
        try world.open("summer")
        try world.open("winter")
        func enter(_ operation: UInt32, _ key: UInt32) -> EntryOutcome {
            let command = EntryCommand(operation: operation, key: key, participant: .person(1))
            return world.ledger.enter(command, at: world.now)
        }
        #expect(enter(0, 1) == .wrongOperation)
        #expect(enter(2, 1) == .unknownOperation)
        #expect(enter(.max, 0) == .unknownOperation)
        #expect(enter(0, 2) == .unknownKey)
        #expect(enter(0, .max) == .unknownKey)
        #expect(enter(0, 0).isAccepted)
        try world.apply(.access(.revokeKey(keyID: "summer-key", reason: .stolen)))
        #expect(enter(0, 0) == .keyRevoked)
        #expect(enter(1, 0) == .keyRevoked)
        #expect(enter(1, 1).isAccepted)
    }

    @Test("A refusal leaves nothing behind: the records count what changed")
    func refusalsLeaveNothing() throws {
        try world.draft("summer", .sample(.unlimited).with { $0.minimumAge = 18 })
        let records = world.ledger.records
        let memory = world.ledger.memoryBytes
        _ = world.enter(1, in: "summer", idempotency: 1)
        try world.apply(.operation(.open(id: "summer", note: nil)))
        _ = world.enter(1, in: "summer", idempotency: 1)
        #expect(world.ledger.records == records + 1)
        #expect(world.ledger.memoryBytes == memory)
        #expect(world.ledger.lastEntry.rawValue == 0)
        #expect(world.counts("summer") == OperationCounts(entries: 0, participants: 0))
    }
}
