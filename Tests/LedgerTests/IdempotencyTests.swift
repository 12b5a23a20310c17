import Bytes
import Contract
import Testing
import Time

@testable import Ledger

@Suite("Idempotency keys")
struct IdempotencyTests {
    private let world = World()
    private let day: Int64 = 86_400_000

    @Test("Within 24 hours the same key is told the first entry again, whatever the rule")
    func sameKey() throws {
        for (id, rule) in [("a", .once), ("b", .daily), ("c", .unlimited)] as [(String, EntryRule)]
        {
            try world.open(id, .sample(rule))
            let first = try #require(world.enter(1, in: id, idempotency: 5).numbers)
            let again = EntryOutcome.repeated(entry: first.entry, participant: first.participant)
            #expect(world.enter(1, in: id, idempotency: 5) == again)
            #expect(world.enter(2, in: id, idempotency: 5) == again)
            #expect(world.counts(id)?.entries == 1)
        }
    }

    @Test("The same key with another request is refused, and counts nothing")
    func otherRequest() throws {
        try world.open("summer", .sample(.unlimited))
        func enter(_ person: UInt64, request: UInt64) throws -> EntryOutcome {
            let operation = try #require(world.ledger.catalogue.operationIndex("summer"))
            let key = try #require(world.ledger.catalogue.keyIndex("summer-key"))
            let command = EntryCommand(
                operation: operation, key: key, participant: .person(person),
                idempotency: Fingerprint(high: 77, low: request))
            #expect(
                world.ledger.earlier(command, at: world.now) == nil
                    || !world.ledger.enter(command, at: world.now).isAccepted)
            return world.ledger.enter(command, at: world.now)
        }
        let first = try #require(enter(1, request: 1).numbers)
        let records = world.ledger.records
        for (person, request) in [(1, 2), (2, 1 << 63), (3, 0)] as [(UInt64, UInt64)] {
            #expect(try enter(person, request: request) == .idempotencyKeyReused)
        }
        #expect(
            try enter(1, request: 1)
                == .repeated(entry: first.entry, participant: first.participant))
        #expect(world.ledger.records == records)
        // The key is free again for any request when it is forgotten, also while an elder table
        // still holds it.
        world.pass(milliseconds: day)
        #expect(try enter(4, request: 2).isAccepted)
        #expect(try enter(1, request: 1) == .idempotencyKeyReused)
    }

    @Test("A key is forgotten after 24 hours to the millisecond, wherever in the day it came")
    func forgotten() throws {
        try world.open("summer", .sample(.unlimited))
        let offsets = [0, 1, day / 2 - 1, day / 2, day / 2 + 1, day - 1]
        for (days, offset) in zip([0, 4, 8, 40, 80, 84] as [Int64], offsets) {
            world.now = World.start.advanced(byMilliseconds: days * day + offset)
            let key = UInt64(offset) + 1
            let first = try #require(world.enter(1, in: "summer", idempotency: key).numbers)
            world.pass(milliseconds: day - 1)
            #expect(
                world.enter(1, in: "summer", idempotency: key)
                    == .repeated(entry: first.entry, participant: 1))
            world.pass(milliseconds: 1)
            let second = world.enter(1, in: "summer", idempotency: key)
            #expect(second.isAccepted)
            // The younger entry under the key counts from now on.
            let numbers = try #require(second.numbers)
            world.pass(milliseconds: day - 1)
            #expect(
                world.enter(1, in: "summer", idempotency: key)
                    == .repeated(entry: numbers.entry, participant: 1))
        }
    }

    @Test("A sender is told about its entry after the operation has closed, or changed")
    func afterClosing() throws {
        try world.open("summer")
        let first = try #require(world.enter(1, in: "summer", idempotency: 5).numbers)
        let again = EntryOutcome.repeated(entry: first.entry, participant: 1)
        try world.apply(.operation(.close(id: "summer", note: nil)))
        #expect(world.enter(1, in: "summer", idempotency: 5) == again)
        #expect(world.enter(1, in: "summer", idempotency: 6) == .closed)
        try world.apply(.access(.revokeKey(keyID: "summer-key", reason: .lost)))
        #expect(world.enter(1, in: "summer", idempotency: 5) == .keyRevoked)
    }

    @Test("The same key in another operation is another key")
    func otherOperation() throws {
        try world.open("summer")
        try world.open("winter")
        #expect(world.enter(1, in: "summer", idempotency: 5).isAccepted)
        #expect(world.enter(1, in: "winter", idempotency: 5).isAccepted)
    }

    @Test("What was refused or repeated leaves no key behind")
    func onlyAcceptedOnes() throws {
        try world.draft("summer", .sample(.daily))
        #expect(world.enter(1, in: "summer", idempotency: 5) == .notOpen)
        try world.apply(.operation(.open(id: "summer", note: nil)))
        #expect(world.enter(1, in: "summer", idempotency: 5).isAccepted)
        #expect(!world.enter(1, in: "summer", idempotency: 6).isAccepted)
        world.pass(hours: 13)
        #expect(world.enter(1, in: "summer", idempotency: 6).isAccepted)
    }

    @Test("The tables of days gone by are given back")
    func memory() throws {
        try world.open("summer", .sample(.unlimited))
        let empty = world.ledger.decider.idempotency.memoryBytes
        for key in UInt64(0)..<3_000 { _ = world.enter(1, in: "summer", idempotency: key) }
        let full = world.ledger.decider.idempotency.memoryBytes
        #expect(full > empty + 3_000 * 28)
        for _ in 0..<3 {
            world.pass(hours: 24)
            for key in UInt64(5_000)..<5_260 { _ = world.enter(1, in: "summer", idempotency: key) }
        }
        #expect(world.ledger.decider.idempotency.memoryBytes < full * 2)
        world.pass(hours: 24 * 9)
        for key in UInt64(0)..<260 { _ = world.enter(1, in: "summer", idempotency: 9_000 + key) }
        #expect(world.ledger.decider.idempotency.memoryBytes <= empty + 256 * 4096)
    }

    @Test("Without memory an entry is refused before anything has changed, and the next may come")
    func withoutMemory() throws {
        let world = World(memoryLimitBytes: 300_000)
        try world.open("daily", .sample(.daily))
        var accepted: UInt64 = 0
        var refused = 0
        for person in UInt64(0)..<800 {
            let records = world.ledger.records
            let last = world.ledger.lastEntry
            let outcome = world.enter(person, in: "daily", idempotency: person)
            if outcome.isAccepted {
                accepted += 1
                continue
            }
            #expect(outcome == .full(.memory))
            refused += 1
            #expect(world.ledger.records == records)
            #expect(world.ledger.lastEntry == last)
        }
        #expect(refused > 0)
        #expect(world.counts("daily")?.entries == accepted)
        #expect(world.counts("daily")?.participants == UInt32(accepted))
        #expect(UInt64(world.ledger.decider.participants.count) == 2 * accepted)
    }
}
