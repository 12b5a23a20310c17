import Bytes
import Contract
import Testing
import Time

@testable import Ledger

@Suite("What cannot be undone: reset and deletion (C18)")
struct RetirementTests {
    private static let export = ExportReceipt(
        file: "summer.jsonl", sha256: String(repeating: "a", count: 64), entries: 2,
        participants: 2)

    private func reset(_ world: World) throws -> Change {
        try world.apply(.operation(.reset(id: "summer", dataKeyID: "next", export: Self.export)))
    }

    @Test("after a reset everybody is new, under the same keys")
    func resetForgets() throws {
        let world = World()
        try world.open("summer")
        #expect(world.enter(1, in: "summer", idempotency: 7).isAccepted)
        #expect(world.enter(2, in: "summer").isAccepted)
        #expect(try reset(world) == .operationReset(0, successor: 1))
        #expect(world.counts("summer") == OperationCounts(entries: 0, participants: 0))
        #expect(world.enter(2, in: "summer").numbers?.participant == 1)
        #expect(world.enter(1, in: "summer", idempotency: 7).numbers?.participant == 2)
        #expect(world.enter(1, in: "summer").isAccepted == false)
        #expect(world.ledger.catalogue.operation("summer")?.dataKeyID == "next")
    }

    @Test("an export of another operation, or of other entries, destroys nothing")
    func exportOfAnother() throws {
        let world = World()
        try world.open("summer")
        #expect(world.enter(1, in: "summer").isAccepted)
        func export(_ index: UInt32, _ entries: UInt64) -> ExportReceipt {
            ExportReceipt(
                file: "summer.jsonl", sha256: String(repeating: "a", count: 64), entries: entries,
                participants: 1, operationIndex: index, lastRecord: 7,
                chain: String(repeating: "b", count: 64))
        }
        func reset(_ receipt: ExportReceipt) throws -> Change {
            try world.apply(
                .operation(.reset(id: "summer", dataKeyID: "next", export: receipt)))
        }
        let first = export(0, 1)
        #expect(throws: CommandRefusal.exportOvertaken("summer")) { try reset(export(0, 2)) }
        #expect(try reset(first) == .operationReset(0, successor: 1))
        // As many entries as were exported before, and not the same ones.
        #expect(world.enter(2, in: "summer").isAccepted)
        #expect(throws: CommandRefusal.operationReplaced("summer")) { try reset(first) }
        #expect(throws: CommandRefusal.operationReplaced("summer")) {
            try world.apply(.operation(.delete(id: "summer", export: first)))
        }
        #expect(world.counts("summer")?.entries == 1)
        #expect(try reset(export(1, 1)) == .operationReset(1, successor: 2))
    }

    @Test("an entry that was on its way while the operation was reset may be sent again")
    func onTheWay() throws {
        let world = World()
        try world.open("summer")
        let command = EntryCommand(operation: 0, key: 0, participant: .person(1))
        _ = try reset(world)
        #expect(world.ledger.enter(command, at: world.now) == .reset)
        #expect(world.counts("summer")?.entries == 0)
    }

    @Test("what was set up, declared and decided by persons stays; the crossing is forgotten")
    func whatStays() throws {
        let world = World()
        try world.open("summer")
        try world.apply(
            .contract(.giveNotice(operation: "summer", expectedParticipants: 60_000, note: nil)))
        try world.apply(.operation(.setPace(operation: "summer", perSecond: 50, note: nil)))
        let before = try #require(world.ledger.catalogue.operation("summer"))
        _ = try reset(world)
        let after = try #require(world.ledger.catalogue.operation("summer"))
        #expect(after.settings == before.settings && after.declarations == before.declarations)
        #expect(after.pace == 50 && after.phase == .open && after.cover.participants == 60_000)
        #expect(after.keys == before.keys && after.createdAt == before.createdAt)
        #expect(after.coverStage == .within && after.rung == .open)
    }

    @Test("a person's suspension outlives a reset, and ends at its time")
    func suspension() throws {
        let world = World()
        try world.open("summer")
        let until = world.now.advanced(byMilliseconds: 60_000)
        try world.apply(
            .operation(
                .suspend(
                    id: "summer", ground: .security, until: until, isDefinitive: false, note: "leak"
                )))
        _ = try reset(world)
        #expect(world.enter(1, in: "summer") == .suspended(isDefinitive: false))
        world.pass(milliseconds: 60_000)
        #expect(world.isDue)
        world.ledger.expire(at: world.now)
        #expect(!world.isDue)
        #expect(world.enter(1, in: "summer").isAccepted)
    }

    @Test("a deleted operation is unknown, its keys are revoked, its name is free")
    func deletion() throws {
        let world = World()
        try world.open("summer")
        #expect(world.enter(1, in: "summer").isAccepted)
        let change = try world.apply(.operation(.delete(id: "summer", export: Self.export)))
        #expect(change == .operationDeleted(0))
        let command = EntryCommand(operation: 0, key: 0, participant: .person(2))
        #expect(world.ledger.enter(command, at: world.now) == .keyRevoked)
        #expect(world.ledger.catalogue.operation("summer") == nil)
        #expect(world.ledger.catalogue.standing.isEmpty)
        #expect(world.ledger.catalogue.lastOperationIndex("summer") == 0)
        #expect(throws: CommandRefusal.unknownOperation("summer")) {
            try world.apply(.operation(.open(id: "summer", note: nil)))
        }
        let again = AdministrativeCommand.operation(
            .put(
                id: "summer", settings: .sample(), dataKeyID: "other"))
        #expect(try world.apply(again) == .operationAdded(1))
        #expect(world.ledger.catalogue.lastOperationIndex("summer") == 1)
    }

    @Test("nothing that was suspended or paced comes to its time after a deletion")
    func nothingDue() throws {
        let world = World()
        try world.open("summer")
        let until = world.now.advanced(byMilliseconds: 60_000)
        try world.apply(
            .operation(
                .suspend(
                    id: "summer", ground: .security, until: until, isDefinitive: false, note: "leak"
                )))
        try world.apply(.operation(.delete(id: "summer", export: Self.export)))
        world.pass(hours: 1)
        #expect(!world.isDue)
    }

    @Test(
        "an export that says nothing is refused, and nothing has changed",
        arguments: [("", String(repeating: "a", count: 64)), ("summer.jsonl", "abc")])
    func receipt(file: String, digest: String) throws {
        let world = World()
        try world.open("summer")
        let before = world.ledger.catalogue
        let export = ExportReceipt(file: file, sha256: digest, entries: 0, participants: 0)
        #expect(throws: CommandRefusal.self) {
            try world.apply(.operation(.delete(id: "summer", export: export)))
        }
        #expect(throws: CommandRefusal.self) {
            try world.apply(.operation(.reset(id: "summer", dataKeyID: "next", export: export)))
        }
        #expect(throws: CommandRefusal.invalidIdentifier(of: "data key")) {
            try world.apply(
                .operation(.reset(id: "summer", dataKeyID: "No Key", export: Self.export)))
        }
        let after = world.ledger.catalogue
        #expect(after == before)
    }

    @Test("the commands are stored as documented, and read back")
    func codable() throws {
        let commands: [AdministrativeCommand] = [
            .operation(.reset(id: "summer", dataKeyID: "next", export: Self.export)),
            .operation(.delete(id: "summer", export: Self.export)),
        ]
        for command in commands {
            let json = try AdministrativeRecord(command, by: .admin).json()
            // Unsafe: the bytes of a span of bytes are all initialised.
            let read = try unsafe AdministrativeRecord(json: json.span.bytes)
            #expect(read.command == command)
        }
        let text = String(
            decoding: try AdministrativeRecord(commands[0], by: .admin).json(), as: UTF8.self)
        #expect(text.contains(#""operation.reset""#) && text.contains(#""data_key_id":"next""#))
    }
}
