import Bytes
import Contract
import Testing
import Time

@testable import Ledger

@Suite("Thousands of suspensions that end together")
struct DueTests {
    private static let count = 6_000
    private let world = World()
    private let until = World.start.advanced(byMilliseconds: 60_000)

    /// So many suspended operations, `op-0` with a key, and one that is open: `winter`.
    private func suspendAll(_ count: Int = count) throws {
        for number in 0..<count {
            let id = "op-\(number)"
            if number == 0 { try world.open(id) }
            try world.apply(.operation(.put(id: id, settings: .sample(), dataKeyID: "d")))
            try world.apply(.operation(.open(id: id, note: nil)))
            try suspend(id)
        }
        try world.open("winter")
        world.now = until
    }

    private func suspend(_ id: String) throws { try world.apply(suspension(of: id)) }

    private func suspension(of id: String) -> AdministrativeCommand {
        .operation(
            .suspend(
                id: id, ground: .maintenance, until: until, isDefinitive: false, note: "n"))
    }

    private func ended(_ id: String) -> LedgerEvent {
        .suspensionEnded(operation: id, ground: .maintenance, until: until)
    }

    /// Begins a batch, and gives what it begins with.
    private func beginBatch() -> [LedgerEvent] {
        world.ledger.beginBatch()
        while world.ledger.mustExpire(at: world.now) { world.ledger.expire(at: world.now) }
        return world.ledger.drainEvents()
    }

    @Test("a batch begins with sixty-four of them, the next goes on, and others do not wait")
    func bounded() throws {
        try suspendAll()
        let before = world.ledger.due.comparisons
        var events = beginBatch()
        #expect(events.count == LedgerLimits.dueAtOnce)
        #expect(events == (0..<64).map { ended("op-\($0)") }, "in the order of their indices")
        // Removing one of so many looks at some of them, not at all: 13 levels.
        let looks = world.ledger.due.comparisons - before
        #expect(looks <= 64 * 3 * 13)
        #expect(world.isDue)
        #expect(world.enter(1, in: "winter").isAccepted)
        var batches = 1
        while world.isDue {
            let more = beginBatch()
            #expect(more.count <= LedgerLimits.dueAtOnce)
            events += more
            batches += 1
        }
        #expect(batches == (Self.count + 63) / 64)
        #expect(events == (0..<Self.count).map { ended("op-\($0)") })
    }

    @Test("those that are due longest go first, whatever their indices")
    func order() throws {
        try world.open("late")
        try world.open("early")
        try suspend("late")
        let earlier = until.advanced(byMilliseconds: -1)
        try world.apply(
            .operation(
                .suspend(
                    id: "early", ground: .security, until: earlier, isDefinitive: false, note: "n"))
        )
        world.now = until
        #expect(
            beginBatch() == [
                .suspensionEnded(operation: "early", ground: .security, until: earlier),
                ended("late"),
            ])
    }

    @Test("what is not touched costs nothing: nothing is looked at to find that nothing is due")
    func untouched() throws {
        try suspendAll(1_000)
        world.now = until.advanced(byMilliseconds: -1)
        let before = world.ledger.due.comparisons
        for person in 0..<100 as Range<UInt64> {
            #expect(beginBatch().isEmpty)
            #expect(world.enter(person, in: "winter").isAccepted)
        }
        let after = world.ledger.due.comparisons
        #expect(after == before)
    }

    @Test("what is touched is settled first: by an entry, a command, a report")
    func touched() throws {
        try suspendAll(200)
        _ = beginBatch()
        #expect(world.isDue("op-199"))
        #expect(expire("op-199") == [ended("op-199")])
        #expect(!world.isDue("op-199"))
        let state = world.ledger.catalogue.operation("op-199")?.state
        #expect(state == .open)
        #expect(expire("op-199").isEmpty, "once")
        #expect(touched(by: .operation(.close(id: "op-150", note: nil))) == "op-150")
        let report = PressureReport.sample(.strained, "op-151", permille: 900)
        #expect(touched(by: .fact(.measured(report))) == "op-151")
        #expect(touched(by: .operation(.close(id: "winter", note: nil))) == nil)
    }

    private func expire(_ id: String) -> [LedgerEvent] {
        guard let index = world.ledger.operationIndex(id) else { return [] }
        world.ledger.expire(index, at: world.now)
        return world.ledger.drainEvents()
    }

    /// The operation that is to be settled before the command.
    private func touched(by command: AdministrativeCommand) -> String? {
        world.ledger.dueOperation(touchedBy: command, at: world.now)
            .map { world.ledger.catalogue.operations[Int($0)].id }
    }

    @Test("a record of an event that time brings about has its place in a batch")
    func sizes() throws {
        let name = String(repeating: "x", count: LedgerLimits.identifierBytes)
        let furthest = Timestamp(milliseconds: 253_402_300_799_999)
        let step = LadderStep(
            operation: name, kind: .resume, isEnforced: false, rule: "C4", reason: .expired,
            participants: .max, cover: .max, crossedAt: furthest)
        let longest = SuspensionGround.allCases.map {
            LedgerEvent.suspensionEnded(operation: name, ground: $0, until: furthest)
        }
        for event in longest + [.step(step)] {
            let bytes = try EventRecord(event).json().count
            #expect(bytes <= LedgerLimits.dueEventRecordBytes, "\(event)")
        }
    }

    // MARK: Replays

    private struct Record {
        var kind: UInt8
        var bytes: [UInt8]
        var time: Timestamp
    }

    /// The batches of two hundred operations whose suspensions end together, as a sequencer logs
    /// them, with commands in between.
    private func batches() throws -> [[Record]] {
        var commands: [AdministrativeCommand] = [.contract(.putClient(id: "acme", name: "Acme"))]
        for number in 0..<200 {
            let id = "op-\(number)"
            commands += [
                .operation(.put(id: id, settings: .sample(), dataKeyID: "d")),
                .operation(.open(id: id, note: nil)),
                suspension(of: id),
            ]
        }
        var batches = [try commands.map { try apply($0) }]
        world.now = until
        for batch in 0..<4 {
            var records = try self.records(of: beginBatch())
            if batch == 1 {
                records += try self.records(of: expire("op-199"))
                records.append(try apply(.operation(.close(id: "op-199", note: nil))))
            }
            if batch < 2 { records.append(try apply(.fact(.started(version: "\(batch)")))) }
            batches.append(records)
        }
        #expect(!world.isDue)
        return batches
    }

    private func apply(_ command: AdministrativeCommand) throws -> Record {
        try world.apply(command)
        return Record(
            kind: AdministrativeRecord.kind, bytes: try command.record().json(), time: world.now)
    }

    private func records(of events: [LedgerEvent]) throws -> [Record] {
        try events.map {
            Record(kind: EventRecord.kind, bytes: try EventRecord($0).json(), time: world.now)
        }
    }

    @discardableResult
    private func replay(_ batches: [[Record]]) throws -> Catalogue {
        var ledger = Ledger()
        for batch in batches {
            ledger.beginBatch()
            for record in batch {
                try ledger.replay(record.kind, record.bytes, at: record.time)
            }
        }
        try ledger.endReplay()
        return ledger.catalogue
    }

    @Test("a replay comes to the same events at the same places")
    func replays() throws {
        let batches = try batches()
        #expect(batches[1...].map(\.count) == [65, 67, 64, 7])
        let catalogue = world.ledger.catalogue
        #expect(try replay(batches) == catalogue)
    }

    @Test("a batch that begins with less than it must, and a record before what is due of it, stop")
    func missing() throws {
        let batches = try batches()
        var without = batches
        without[1].remove(at: 10)
        #expect(throws: ReplayError.self) { try replay(without) }
        // Behind the sixty-four: the end of op-199's suspension, then the command that closes it.
        var unsettled = batches
        unsettled[2].remove(at: 64)
        #expect(throws: ReplayError.self) { try replay(unsettled) }
        var twice = batches
        twice[2].insert(twice[1][10], at: 0)
        #expect(throws: ReplayError.self) { try replay(twice) }
        var altered = batches
        altered[1][3] = altered[1][4]
        #expect(throws: ReplayError.self) { try replay(altered) }
    }

    @Test("a journal whose batches began with all that was due is replayed too")
    func allAtOnce() throws {
        var batches = try batches()
        let events = batches[1...].flatMap { $0.filter { $0.kind == EventRecord.kind } }
        let others = batches[1...].flatMap { $0.filter { $0.kind != EventRecord.kind } }
        batches = [batches[0], events.reversed() + others]
        let catalogue = world.ledger.catalogue
        #expect(try replay(batches) == catalogue)
    }
}
