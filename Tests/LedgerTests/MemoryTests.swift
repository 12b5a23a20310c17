import Contract
import Testing
import Time

@testable import Ledger

@Suite("What takes memory is known before it is decided")
struct MemoryTests {
    private let world = World()

    private func takesMemory(
        _ person: UInt64, in id: String, idempotency: UInt64? = nil
    ) throws -> Bool {
        let operation = try #require(world.ledger.catalogue.operationIndex(id))
        let key = try #require(world.ledger.catalogue.keyIndex("\(id)-key"))
        let command = EntryCommand(
            operation: operation, key: key, participant: .person(person),
            idempotency: idempotency.map { .person($0 &+ 1_000_000) } ?? .none)
        return world.ledger.takesMemory(command, at: world.now)
    }

    @Test("a new participant, a new day, a new idempotency key; not what is repeated or refused")
    func entries() throws {
        for (id, rule) in [("a", .once), ("b", .daily), ("c", .unlimited)] as [(String, EntryRule)]
        {
            try world.open(id, .sample(rule))
            #expect(try takesMemory(1, in: id))
            #expect(world.enter(1, in: id, idempotency: 5).isAccepted)
            #expect(try !takesMemory(1, in: id), "\(id): known, or repeated")
            #expect(try !takesMemory(1, in: id, idempotency: 5))
            #expect(try takesMemory(1, in: id, idempotency: 6) == (rule == .unlimited))
            #expect(try takesMemory(2, in: id))
        }
        let records = world.ledger.records
        world.pass(hours: 24)
        #expect(try !takesMemory(1, in: "a"))
        #expect(try takesMemory(1, in: "b"))
        #expect(world.ledger.records == records, "nothing is decided by asking")
        try world.apply(.operation(.close(id: "a", note: nil)))
        #expect(try !takesMemory(2, in: "a"), "it is refused for that")
    }

    @Test("keys that are too old are released where nothing is put, and no outcome changes")
    func release() throws {
        try world.open("a", .sample(.unlimited))
        for key in 0..<5_000 {
            #expect(world.enter(1, in: "a", idempotency: UInt64(key)).isAccepted)
        }
        let full = world.ledger.memoryBytes
        for _ in 0..<100 { world.ledger.releaseMemory(at: world.now) }
        #expect(world.ledger.memoryBytes >= full, "none is too old")
        for key in 0..<5_000 where !world.enter(1, in: "a", idempotency: UInt64(key)).isRepeated {
            Issue.record("\(key) is forgotten")
        }
        // Two spans later nobody reads them any more.
        for _ in 0..<2 {
            world.pass(hours: 24)
            for _ in 0..<100 { world.ledger.releaseMemory(at: world.now) }
        }
        #expect(world.ledger.memoryBytes < full / 2, "\(world.ledger.memoryBytes) of \(full)")
        #expect(world.enter(1, in: "a", idempotency: 0).isAccepted)
    }
}

extension EntryOutcome {
    fileprivate var isRepeated: Bool {
        if case .repeated = self { true } else { false }
    }
}
