import Bytes
import Contract
import Testing
import Time

@testable import Ledger

@Suite("A surge in the journal")
struct SurgeReplayTests {
    @Test("a journal with a surge in it is replayed to the same steps at the same times")
    func replay() throws {
        let scene = Scene()
        try scene.play()
        let steps = scene.records.filter { $0.kind == EventRecord.kind }
        #expect(steps.count > 5)
        var again = Ledger()
        for record in scene.records {
            try again.replay(record.kind, record.bytes, at: record.time)
        }
        try again.endReplay()
        #expect(again.catalogue == scene.world.ledger.catalogue)
        #expect(again.records == UInt64(scene.records.count))
    }

    @Test("an event that is missing, too many, or altered stops the replay")
    func alteredReplay() throws {
        let scene = Scene()
        try scene.play()
        let places = scene.records.indices.filter { scene.records[$0].kind == EventRecord.kind }
        // What stands before the record that brought the event about is the same each time: it is
        // read once, and a snapshot of it is gone on from.
        var before = Ledger()
        var isRead = 0
        for place in places {
            let cause = scene.records[..<place].lastIndex { $0.kind != EventRecord.kind } ?? 0
            for record in scene.records[isRead..<max(cause, isRead)] {
                try before.replay(record.kind, record.bytes, at: record.time)
            }
            isRead = max(cause, isRead)
            let snapshot = try before.snapshot()
            let rest = Array(scene.records[isRead...])
            #expect(throws: Never.self) { try scene.fold(rest, onto: snapshot) }
            let place = place - isRead
            var without = rest
            without.remove(at: place)
            #expect(throws: ReplayError.self) { try scene.fold(without, onto: snapshot) }
            var twice = rest
            twice.insert(twice[place], at: place)
            #expect(throws: ReplayError.self) { try scene.fold(twice, onto: snapshot) }
            var altered = rest
            let digit = try #require(
                altered[place].bytes.lastIndex {
                    (UInt8(ascii: "1")...UInt8(ascii: "8")).contains($0)
                })
            altered[place].bytes[digit] += 1
            #expect(throws: ReplayError.self) { try scene.fold(altered, onto: snapshot) }
        }
    }
}

/// A surge from beginning to end, as the sequencer would log it.
private final class Scene {
    struct Record {
        var kind: UInt8
        var bytes: [UInt8]
        var time: Timestamp
    }

    let world = World()
    private(set) var records: [Record] = []

    func play() throws {
        try command(.contract(.putClient(id: "acme", name: "Acme")))
        let settings = OperationSettings.sample().with { $0.policy = .enforce }
        try command(.operation(.put(id: "summer", settings: settings, dataKeyID: "d")))
        try command(
            .access(.addKey(operation: "summer", keyID: "summer-key", digest: .numbered(1))))
        try command(.operation(.open(id: "summer", note: nil)))
        for person in 1...50_001 as ClosedRange<UInt64> { try enter(person) }
        for level in Array(repeating: PressureLevel.strained, count: 32)
            + Array(repeating: .calm, count: 20)
        {
            world.pass(milliseconds: 1_000)
            while world.isDue {
                world.ledger.expire(at: world.now)
                try noteEvents()
            }
            let permille = level == .calm ? 0 : 900
            try command(.fact(.measured(.sample(level, "summer", permille: permille))))
            try enter(100_000 + UInt64(world.now.milliseconds % 100_000))
        }
    }

    func fold(_ records: [Record], onto snapshot: [UInt8]) throws {
        var ledger = try Ledger.read(snapshot)
        for record in records {
            try ledger.replay(record.kind, record.bytes, at: record.time)
        }
        try ledger.endReplay()
    }

    private func command(_ command: AdministrativeCommand) throws {
        guard try world.apply(command) != .none else { return }
        note(AdministrativeRecord.kind, try command.record().json())
        try noteEvents()
    }

    private func enter(_ person: UInt64) throws {
        guard case .accepted(let entry, let participant) = world.enter(person, in: "summer") else {
            return
        }
        let command = EntryCommand(operation: 0, key: 0, participant: .person(person))
        var buffer = ByteBuffer(capacity: 64)
        EntryRecord.encode(
            command, entry: entry, participant: participant, source: RawSpan(), sealed: RawSpan(),
            into: &buffer)
        note(EntryRecord.kind, buffer.bytes.array)
        try noteEvents()
    }

    private func noteEvents() throws {
        for event in world.ledger.drainEvents() {
            note(EventRecord.kind, try EventRecord(event).json())
        }
    }

    private func note(_ kind: UInt8, _ bytes: [UInt8]) {
        records.append(Record(kind: kind, bytes: bytes, time: world.now))
    }
}
