import Testing
import Time

@testable import Ledger

@Suite("Which format level all nodes know")
struct FormatLevelTests {
    private let world = World()

    @Test("grows, and never goes back; none is on record before the first")
    func grows() throws {
        #expect(world.ledger.catalogue.level == 0)
        #expect(try world.apply(.fact(.level(1))) == .recorded)
        #expect(world.ledger.catalogue.level == 1)
        #expect(try world.apply(.fact(.level(1))) == .none, "it is known already")
        #expect(try world.apply(.fact(.level(3))) == .recorded)
        for low: UInt16 in [0, 2] {
            #expect(throws: CommandRefusal.self) { try world.apply(.fact(.level(low))) }
        }
        #expect(world.ledger.catalogue.level == 3)
    }

    @Test("a replay stops where one begins that it does not know; a later version goes on")
    func replays() throws {
        let record = AdministrativeRecord(.fact(.level(2)), by: .gateway)
        var old = Ledger()
        #expect(throws: ReplayError.levelUnknown(2, known: 1, record: 0)) {
            try old.replay(record, at: Timestamp(milliseconds: 1))
        }
        #expect(old.records == 0)
        var later = Ledger()
        later.knownLevel = 2
        try later.replay(record, at: Timestamp(milliseconds: 1))
        #expect(later.catalogue.level == 2)
    }

    @Test("a snapshot has it; one of a level that is not known cannot be used")
    func snapshots() throws {
        try world.apply(.fact(.level(1)))
        let readBack = try world.ledger.readBack()
        #expect(readBack.catalogue.level == 1)
        try world.apply(.fact(.level(2)))
        let snapshot = try world.ledger.snapshot()
        #expect(throws: SnapshotError.malformed("format level 2, of a later version")) {
            _ = try Ledger.read(snapshot)
        }
    }
}
