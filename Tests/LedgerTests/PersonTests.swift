import Testing

@testable import Ledger

@Suite("What is done with the data of persons")
struct PersonTests {
    private let world = World()

    private func export(
        _ operation: String = "summer", _ index: UInt32 = 0,
        _ change: (inout ExportTrace) -> Void = { _ in }
    ) -> AdministrativeCommand {
        var trace = ExportTrace(
            operation: operation, operationIndex: index, format: "ndjson", lastRecord: 4,
            chain: String(repeating: "a", count: 64))
        change(&trace)
        return .person(.export(trace))
    }

    @Test("An export is recorded, and changes nothing of the operation")
    func recorded() throws {
        try world.open("summer")
        let before = try #require(world.ledger.catalogue.operation("summer"))
        let records = world.ledger.records
        #expect(try world.apply(export()) == .recorded)
        #expect(world.ledger.catalogue.operation("summer") == before)
        #expect(world.ledger.records == records + 1 && !world.ledger.hasEvents)
    }

    @Test("A client exports its own operation as often as it likes (C18), and no other's")
    func clients() throws {
        try world.open("summer")
        world.author = Author(.client, name: "acme")
        for _ in 0...LedgerLimits.clientChanges { #expect(try world.apply(export()) == .recorded) }
        try world.apply(.operation(.close(id: "summer", note: nil)))
        world.author = Author(.client, name: "bravo")
        #expect(throws: CommandRefusal.unknownOperation("summer")) { try world.apply(export()) }
    }

    @Test("Of another operation than the name stands for by now, it is refused")
    func replaced() throws {
        try world.open("summer")
        let receipt = ExportReceipt(
            file: "x.jsonl", sha256: String(repeating: "a", count: 64), entries: 0, participants: 0)
        try world.apply(.operation(.reset(id: "summer", dataKeyID: "e", export: receipt)))
        #expect(throws: CommandRefusal.operationReplaced("summer")) { try world.apply(export()) }
        #expect(try world.apply(export("summer", 1)) == .recorded)
        #expect(throws: CommandRefusal.unknownOperation("winter")) {
            try world.apply(export("winter"))
        }
        for change: (inout ExportTrace) -> Void in [{ $0.format = "xml" }, { $0.chain = "a" }] {
            #expect(throws: CommandRefusal.self) { try world.apply(export("summer", 1, change)) }
        }
    }
}
