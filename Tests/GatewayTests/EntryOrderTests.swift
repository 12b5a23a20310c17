import Bytes
import Contract
import Cryptography
import Ledger
import LockFree
import Projections
import Sockets
import Testing

@testable import Gateway

@Suite("Which entries are decided first", .onOwnThread)
struct EntryOrderTests {
    /// Operation 2 is suspended. Which ring the entries of 0 and 1 are in is the test's choice.
    private static func operations() throws -> [AdministrativeCommand] {
        var commands = try Bench.opened()
        for (index, name) in ["hiver", "gala"].enumerated() {
            let digest = Token.digest(of: "pk_\(name)")
            let stored = KeyDigest(digest.bytes)
            let key = try #require(stored)
            commands += [
                .operation(.put(id: name, settings: Bench.settings(.once), dataKeyID: "d-\(name)")),
                .access(.addKey(operation: name, keyID: "k-\(index + 2)", digest: key)),
                .operation(.open(id: name, note: nil)),
            ]
        }
        return commands + [
            .operation(
                .suspend(
                    id: "gala", ground: .maintenance, until: nil, isDefinitive: false, note: "n"))
        ]
    }

    private static var held: UInt32 { 1 }
    private static var suspended: UInt32 { 2 }

    /// A sequencer that is turned by hand, and what is in its lane's answers.
    private final class Turned {
        let bench: Bench
        private var sequencer: Sequencer
        /// Connections that were answered, by turn.
        private(set) var turns: [[UInt32]] = []

        init(_ change: (inout Limits) -> Void) throws {
            bench = try Bench(try EntryOrderTests.operations(), clock: HandClock(), change)
            sequencer = bench.takeSequencer()
        }

        func turn() throws {
            try sequencer.turn()
            turns.append([])
            while bench.shared.lanes[0].answers.pop({
                turns[turns.count - 1].append(
                    $0.envelope(as: AnswerEnvelope.self).connection.place)
            }) {}
        }

        /// Refuses all that waits.
        func refuse() throws {
            sequencer.refuseAll(.noSpace)
            sequencer.publish()
            try turn()
        }

        var lane: WorkerLane { bench.shared.lanes[0] }
        var hasWork: Bool { sequencer.hasWork }
    }

    @Test("those of operations that are held have what room the others leave in a batch")
    func othersFirst() throws {
        let turned = try Turned { $0.batchEntries = 8 }
        for person in 100..<120 as Range<UInt64> {
            turned.bench.leave(person, of: Self.held, isHeld: true)
        }
        for person in 0..<3 as Range<UInt64> { turned.bench.leave(person) }
        try turned.turn()
        #expect(turned.turns[0] == [0, 1, 2, 100, 101, 102, 103, 104])
        try turned.turn()
        try turned.turn()
        #expect(turned.turns[1] == Array(105...112))
        #expect(turned.turns[2] == Array(113...119))
        #expect(!turned.hasWork)
    }

    @Test("one place in eight is theirs however many others come", arguments: [4, 8, 64])
    func neitherStarves(batch: Int) throws {
        let turned = try Turned { $0.batchEntries = batch }
        for person in 0..<700 as Range<UInt64> { turned.bench.leave(person) }
        for person in 1_000..<1_200 as Range<UInt64> {
            turned.bench.leave(person, of: Self.held, isHeld: true)
        }
        var answered: [UInt32] = []
        while answered.count < 640 {
            try turned.turn()
            answered += turned.turns.last ?? []
        }
        #expect(answered.count { $0 >= 1_000 } == 80)
        // Any eight in a row have one place of theirs.
        for start in stride(from: 0, to: 640, by: 8) {
            #expect(answered[start..<start + 8].count { $0 >= 1_000 } == 1)
        }
        #expect(answered.filter { $0 < 1_000 } == Array(0..<560))
        #expect(answered.filter { $0 >= 1_000 } == Array(1_000..<1_080))
    }

    @Test("the same where a batch is full of bytes, and not of entries")
    func largeEntries() throws {
        let turned = try Turned { $0.journalBatchBytes = 32_768 }
        for person in 0..<70 as Range<UInt64> { turned.bench.leave(person, sealedBytes: 8_000) }
        for person in 100..<120 as Range<UInt64> {
            turned.bench.leave(person, of: Self.held, sealedBytes: 8_000, isHeld: true)
        }
        var answered: [UInt32] = []
        while answered.count < 48 {
            try turned.turn()
            answered += turned.turns.last ?? []
        }
        #expect(turned.turns.allSatisfy { $0.count < 7 }, "no batch has eight of them")
        #expect(answered.prefix(48).count { $0 >= 100 } == 6)
    }

    @Test("a flood of refusals takes no more than eight for seven of the others")
    func refusals() throws {
        let turned = try Turned {
            $0.batchEntries = 64
            $0.connections = 1_000
        }
        for person in 1_000..<1_500 as Range<UInt64> {
            turned.bench.leave(person, of: Self.suspended, isHeld: true)
        }
        for person in 0..<63 as Range<UInt64> { turned.bench.leave(person) }
        try turned.turn()
        let answered = turned.turns[0]
        let last = try #require(answered.firstIndex(of: 62))
        #expect(answered[...last].count { $0 >= 1_000 } == 8 * 8)
        #expect(answered.count == 563, "what takes no room waits for no further sync")
    }

    @Test("an operation that comes to be held, or is let go, keeps the order of its entries")
    func crossing() throws {
        let turned = try Turned { $0.batchEntries = 8 }
        let bench = turned.bench
        // Ten as it was open, ten as it is held, ten as it is let go; another flood beside it.
        for person in 0..<10 as Range<UInt64> { bench.leave(person, of: Self.held) }
        let end = turned.lane.commands.written
        for person in 10..<20 as Range<UInt64> {
            bench.leave(person, of: Self.held, behind: person == 10 ? end : 0, isHeld: true)
        }
        let heldEnd = turned.lane.heldCommands.written
        for person in 500..<600 as Range<UInt64> {
            bench.leave(person, of: Self.suspended, isHeld: true)
        }
        for person in 20..<30 as Range<UInt64> {
            bench.leave(person, of: Self.held, behind: person == 20 ? heldEnd : 0)
        }
        while turned.hasWork { try turned.turn() }
        let answered = turned.turns.flatMap { $0 }
        #expect(answered.filter { $0 < 30 } == Array(0..<30))
        #expect(answered.count == 130)
        // It waits for its own, and not for the flood that came behind them.
        let last = try #require(answered.firstIndex(of: 29))
        #expect(answered[...last].count { $0 >= 500 } < 100)
    }

    @Test("where the disk is full, all that waits in both rings is refused in the same order")
    func refusingAll() throws {
        let turned = try Turned { $0.batchEntries = 8 }
        let bench = turned.bench
        for person in 0..<5 as Range<UInt64> { bench.leave(person, of: Self.held, isHeld: true) }
        let heldEnd = turned.lane.heldCommands.written
        for person in 5..<20 as Range<UInt64> {
            bench.leave(person, of: Self.held, behind: person == 5 ? heldEnd : 0)
        }
        try turned.refuse()
        #expect(turned.turns[0] == Array(0..<20))
        #expect(!turned.hasWork)
    }
}

@Suite("Which ring an entry goes into")
struct RingChoiceTests {
    private let lane: WorkerLane

    init() throws {
        lane = try WorkerLane(limits: Limits(), connections: 16)
    }

    /// Writes an entry of an operation.
    /// - Returns: what it is behind.
    private func write(
        _ operation: UInt32, isHeld: Bool, _ choice: inout RingChoice
    ) -> UInt64 {
        let behind = choice.behind(operation, isHeld: isHeld)
        var record = ByteBuffer(capacity: 8)
        record.append(littleEndian: UInt64(operation))
        let isTaken = (isHeld ? choice.heldCommands : choice.commands).push(record.bytes)
        #expect(isTaken)
        choice.record(operation, isHeld: isHeld)
        return behind
    }

    @Test("while nothing is held all go into one, and are behind nothing")
    func open() {
        var choice = RingChoice(lane)
        for operation in 0..<100 as Range<UInt32> {
            #expect(write(operation, isHeld: false, &choice) == 0)
        }
        #expect(lane.heldCommands.isEmpty && lane.commands.written == 100 * 16)
        #expect(lane.hasEntries)
    }

    @Test("the first that is held is behind all that was written, the next behind nothing more")
    func becomesHeld() {
        var choice = RingChoice(lane)
        for _ in 0..<3 { _ = write(7, isHeld: false, &choice) }
        #expect(write(7, isHeld: true, &choice) == 3 * 16)
        #expect(write(9, isHeld: false, &choice) == 0, "another operation")
        #expect(write(7, isHeld: true, &choice) == 0)
        #expect(write(8, isHeld: true, &choice) == 4 * 16)
        #expect(lane.heldCommands.written == 3 * 16 && lane.commands.written == 4 * 16)
    }

    @Test("the first that is let go is behind its own last one that was held, once")
    func isLetGo() {
        var choice = RingChoice(lane)
        _ = write(7, isHeld: true, &choice)
        _ = write(7, isHeld: true, &choice)
        for _ in 0..<5 { _ = write(8, isHeld: true, &choice) }
        #expect(write(7, isHeld: false, &choice) == 2 * 16)
        #expect(write(7, isHeld: false, &choice) == 0)
        #expect(write(8, isHeld: false, &choice) == 7 * 16)
        // Held anew: behind what went into the other ring meanwhile.
        #expect(write(7, isHeld: true, &choice) == 3 * 16)
    }

    @Test(
        "an entry that found no room moves nothing, and an operation that is no more is forgotten")
    func unwritten() {
        var choice = RingChoice(lane)
        _ = write(7, isHeld: false, &choice)
        #expect(choice.behind(7, isHeld: true) == 16)
        #expect(choice.behind(7, isHeld: true) == 16, "asked again")
        #expect(choice.behind(7, isHeld: false) == 0)
        _ = write(7, isHeld: true, &choice)
        choice.forget(7)
        #expect(choice.behind(7, isHeld: false) == 0)
        choice.forget(7)
        choice.forget(10_000)
        _ = write(8, isHeld: true, &choice)
        #expect(choice.behind(8, isHeld: false) == 2 * 16)
    }
}
