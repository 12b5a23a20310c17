import Contract
import Testing
import Time

@testable import Ledger

@Suite("What is recorded of queues, for the next start (C4)")
struct QueueRecordTests {
    private let world = World()

    private var counters: QueueCounters {
        QueueCounters(epoch: 7, issued: 120, called: 40, maximumCalled: 45, held: 3)
    }

    private func recorded(_ id: String) -> RecordedQueue? {
        world.ledger.catalogue.operation(id)?.queue
    }

    @Test("the last counters are kept with their time; a reset begins without")
    func lastCounters() throws {
        try world.open("summer")
        #expect(recorded("summer") == RecordedQueue())
        try world.apply(.fact(.queue(QueueRecord(operation: "summer", counters: counters))))
        world.pass(milliseconds: 1_500)
        var later = counters
        later.called = 44
        try world.apply(.fact(.queue(QueueRecord(operation: "summer", counters: later))))
        #expect(recorded("summer")?.counters == later)
        #expect(recorded("summer")?.at == world.now)
        try world.apply(
            .operation(
                .reset(
                    id: "summer", dataKeyID: "e",
                    export: ExportReceipt(
                        file: "x.jsonl", sha256: String(repeating: "a", count: 64), entries: 0,
                        participants: 0))))
        #expect(recorded("summer") == RecordedQueue())
        #expect(world.ledger.catalogue.operations.allSatisfy { $0.queue.counters == nil })
    }

    @Test("places before a shuffled start, then the order; counters beside them stay")
    func draw() throws {
        var settings = OperationSettings.sample()
        settings.start = .shuffled
        settings.opens = world.now.advanced(byMilliseconds: 60_000)
        try world.open("summer", settings)
        let found = world.ledger.operationIndex("summer")
        let index = try #require(found)
        let opening = world.ledger.shuffledOpening(of: index)
        #expect(opening == settings.opens)
        #expect(world.enter(1, in: "summer") == .notOpen)
        var draw = StartDraw.Record(epoch: 8, registered: 60)
        try world.apply(.fact(.queue(QueueRecord(operation: "summer", counters: counters))))
        try world.apply(.fact(.draw(DrawRecord(operation: "summer", draw: draw))))
        draw.shuffle = Shuffle(seed: 9, count: 60)
        draw.after = 120
        try world.apply(.fact(.draw(DrawRecord(operation: "summer", draw: draw))))
        #expect(recorded("summer")?.draw == draw)
        #expect(recorded("summer")?.counters == counters)
        settings.start = .firstCome
        try world.apply(
            .operation(.put(id: "summer", settings: settings, dataKeyID: "summer-data")))
        let none = world.ledger.shuffledOpening(of: index)
        #expect(none == nil)
    }

    @Test("counters that no queue can have are refused")
    func implausible() throws {
        try world.open("summer")
        let wrong: [(inout QueueCounters) -> Void] = [
            { $0.called = 121 }, { $0.maximumCalled = 39 }, { $0.held = 41 },
            { $0.epoch = 1 << 53 }, { $0.issued = 1 << 53 }, { $0.issued = 5_000_000 },
        ]
        for change in wrong {
            var counters = self.counters
            change(&counters)
            #expect(throws: CommandRefusal.self) {
                try world.apply(.fact(.queue(QueueRecord(operation: "summer", counters: counters))))
            }
        }
        let draws = [
            StartDraw.Record(epoch: 1 << 53, registered: 1),
            StartDraw.Record(epoch: 1, registered: 3_000_000),
            StartDraw.Record(epoch: 1, registered: 5, after: 1),
            StartDraw.Record(
                epoch: 1, registered: 5, shuffle: Shuffle(seed: 1, count: 4), after: 1),
            StartDraw.Record(epoch: 1, registered: 5, shuffle: Shuffle(seed: 1, count: 5)),
            StartDraw.Record(
                epoch: 1, registered: 0, shuffle: Shuffle(seed: 1, count: 0), after: 1),
        ]
        for draw in draws {
            #expect(throws: CommandRefusal.self) {
                try world.apply(.fact(.draw(DrawRecord(operation: "summer", draw: draw))))
            }
        }
        #expect(throws: CommandRefusal.unknownOperation("winter")) {
            try world.apply(.fact(.queue(QueueRecord(operation: "winter", counters: counters))))
        }
    }
}
