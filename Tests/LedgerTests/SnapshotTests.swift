import Bytes
import Contract
import TestSupport
import Testing
import Time

@testable import Ledger

@Suite("Snapshots of the ledger")
struct SnapshotTests {
    @Test("An empty ledger, and one of many operations, participants and keys, read back the same")
    func roundTrip() throws {
        let nothing = try Ledger().readBack().difference(from: Ledger())
        #expect(nothing == nil)
        let world = try large()
        let readBack = try world.ledger.readBack()
        let difference = readBack.difference(from: world.ledger)
        #expect(difference == nil)
    }

    @Test("What is read back decides what follows as the ledger that was written")
    func continuation() throws {
        let world = try large()
        var readBack = try world.ledger.readBack()
        for number in 0..<20_000 {
            world.pass(milliseconds: 1)
            let operation = UInt32(number % 3)
            let command = EntryCommand(
                operation: operation, key: operation,
                participant: .person(UInt64(number * 7 % 50_000)),
                idempotency: number % 2 == 0 ? .person(UInt64(number % 900) + 1_000_000) : .none)
            let expected = world.ledger.enter(command, at: world.now)
            let decided = readBack.enter(command, at: world.now)
            #expect(decided == expected)
        }
        let difference = readBack.difference(from: world.ledger)
        #expect(difference == nil)
    }

    @Test("Ladder, suspensions, declarations, and a reset in between read back the same")
    func administration() throws {
        let world = World()
        try world.cross(policy: .enforce)
        let report = PressureReport(
            level: .strained, windowMilliseconds: 1_000, attemptsPerSecond: 900,
            acceptedPerSecond: 400,
            operations: [
                .init(
                    operation: "summer", attemptsPerSecond: 800, acceptedPerSecond: 300,
                    queuePermille: 700, attemptsPermille: 890)
            ])
        for _ in 0..<40 {
            try world.apply(.fact(.measured(report)))
            world.pass(milliseconds: 1_000)
            _ = world.ledger.drainEvents()
        }
        #expect(!world.ledger.ladders.byOperation.isEmpty)
        for command in EveryRecord.commands {
            // Some are refused here, as they would be on any day.
            _ = try? world.apply(command)
            _ = world.ledger.drainEvents()
            let readBack = try world.ledger.readBack()
            let difference = readBack.difference(from: world.ledger)
            #expect(difference == nil, "\(command)")
        }
    }

    @Test("Bytes that end anywhere are refused, and no changed byte stops the process")
    func damage() throws {
        let world = World()
        try world.open("summer")
        for number in 0..<200 { _ = world.enter(UInt64(number), in: "summer") }
        let whole = try world.ledger.snapshot()
        for length in stride(from: 0, to: whole.count, by: 1 + whole.count / 100) {
            #expect(throws: SnapshotError.self) {
                _ = try Ledger.read(Array(whole[..<length])).records
            }
        }
        var random = SeededGenerator(seed: 11)
        for _ in 0..<100 {
            var bytes = whole
            bytes[Int(random.below(UInt64(bytes.count)))] ^= UInt8(1 + random.below(255))
            // The file's hash tells that it was changed; here nothing must trap.
            guard var ledger = try? Ledger.read(bytes) else { continue }
            for number in 150..<400 {
                let command = EntryCommand(
                    operation: 0, key: 0, participant: .person(UInt64(number)))
                _ = ledger.earlier(command, at: world.now)
            }
        }
    }

    @Test("A ledger that is larger than the memory allowed is refused")
    func memoryLimit() throws {
        let world = try large()
        let bytes = try world.ledger.snapshot()
        #expect(throws: SnapshotError.noMemory) {
            _ = try Ledger.read(bytes, memoryLimitBytes: 1 << 20).records
        }
    }

    /// Three operations of all rules with 50,000 entries, some repeated, over two days.
    private func large() throws -> World {
        let world = World()
        for (index, rule) in [EntryRule.once, .daily, .unlimited].enumerated() {
            try world.open("operation-\(index)", .sample(rule))
        }
        for number in 0..<50_000 {
            if number % 1_000 == 0 { world.pass(hours: 1) }
            let operation = UInt32(number % 3)
            let command = EntryCommand(
                operation: operation, key: operation,
                participant: .person(UInt64(number % 40_000)),
                idempotency: number % 4 == 0 ? .person(UInt64(number) + 1_000_000) : .none)
            _ = world.ledger.enter(command, at: world.now)
            _ = world.ledger.drainEvents()
        }
        return world
    }
}
