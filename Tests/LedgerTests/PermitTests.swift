import Bytes
import Contract
import Testing
import Time

@testable import Ledger

@Suite("Permits, and the test entries that come with them (C7)")
struct PermitTests {
    private let world = World()

    /// Issues a permit from now on, for an hour.
    private func issue(_ id: String, of operation: String) throws -> UInt32 {
        let terms = PermitTerms(
            operation: operation, perSecond: 10, starts: world.now,
            ends: world.now.advanced(byMilliseconds: 3_600_000))
        try world.apply(.permit(.issue(permitID: id, terms)))
        return try #require(world.ledger.catalogue.permitIndex(id))
    }

    private func test(
        _ person: UInt64, in id: String, _ permit: UInt32, idempotency: UInt64? = nil
    ) throws -> EntryOutcome {
        let catalogue = world.ledger.catalogue
        let command = EntryCommand(
            operation: try #require(catalogue.operationIndex(id)),
            key: try #require(catalogue.keyIndex("\(id)-key")), participant: .person(person),
            idempotency: idempotency.map { .person($0 &+ 1_000_000) } ?? .none, permit: permit)
        return world.decide(command)
    }

    private func run(_ permit: UInt32) -> OperationCounts? {
        world.ledger.testCounts(of: permit)
    }

    @Test("a test entry counts for its run alone, and takes nobody's seat")
    func apart() throws {
        let settings = OperationSettings.sample(.once).with {
            $0.cap = .participants(2)
            $0.secondKey = SecondKeyRule(name: "household", limit: 1)
        }
        try world.open("summer", settings)
        let permit = try issue("p", of: "summer")
        let other = try issue("q", of: "summer")
        for person in 1...5 as ClosedRange<UInt64> {
            let outcome = try test(person, in: "summer", permit)
            #expect(outcome.isAccepted && outcome.numbers?.participant == UInt32(person))
        }
        let again = try test(3, in: "summer", permit)
        #expect(!again.isAccepted && again.numbers?.participant == 3, "once, within a run")
        #expect(try test(3, in: "summer", other).numbers?.participant == 1, "runs do not meet")
        #expect(world.counts("summer") == OperationCounts(entries: 0, participants: 0, tests: 6))
        #expect(run(permit) == OperationCounts(entries: 5, participants: 5))
        #expect(run(other) == OperationCounts(entries: 1, participants: 1))
        // The cap and the second key are people's.
        #expect(world.enter(3, in: "summer", secondKey: 1).numbers?.participant == 1)
        #expect(world.enter(4, in: "summer", secondKey: 2).isAccepted)
        #expect(world.enter(5, in: "summer", secondKey: 3) == .capReached)
        #expect(try test(6, in: "summer", permit).isAccepted)
        #expect(world.counts("summer") == OperationCounts(entries: 2, participants: 2, tests: 7))
    }

    @Test("no number of test entries comes near the cover")
    func cover() throws {
        try world.open("summer", .sample(.unlimited))
        let permit = try issue("p", of: "summer")
        world.ledger.decider.operations[0].participants = Cover.undeclared.participants - 1
        for person in 1...9 as ClosedRange<UInt64> {
            #expect(try test(person, in: "summer", permit).isAccepted)
        }
        #expect(world.ledger.drainEvents().isEmpty)
        #expect(world.enter(1, in: "summer").isAccepted)
        #expect(!world.ledger.drainEvents().isEmpty, "one person does")
    }

    @Test("the rules hold within a run: `daily`, `unlimited`, dates, idempotency keys")
    func rules() throws {
        try world.open("day", .sample(.daily))
        try world.open("all", .sample(.unlimited))
        let day = try issue("p", of: "day")
        let all = try issue("q", of: "all")
        let first = try test(1, in: "day", day, idempotency: 7)
        #expect(first.isAccepted)
        #expect(try test(1, in: "day", day).isAccepted == false, "once a day")
        let numbers = try #require(first.numbers)
        #expect(
            try test(1, in: "day", day, idempotency: 7)
                == .repeated(entry: numbers.entry, participant: 1))
        #expect(
            world.enter(1, in: "day", idempotency: 7).isAccepted,
            "the same key of a person is another one")
        for _ in 0..<2 { #expect(try test(1, in: "all", all).numbers?.participant == 1) }
        #expect(run(all) == OperationCounts(entries: 2, participants: 1))
        try world.apply(.operation(.close(id: "all", note: nil)))
        #expect(try test(2, in: "all", all) == .closed)
    }

    @Test("each refusal has its reason, and the ledger decides from the next entry on")
    func refusals() throws {
        try world.open("summer")
        try world.open("winter")
        let permit = try issue("p", of: "summer")
        #expect(try test(1, in: "summer", 9) == .refused(.permitUnknown))
        #expect(try test(1, in: "winter", permit) == .refused(.permitOfAnotherOperation))
        world.pass(milliseconds: 3_600_000 - 1)
        #expect(try test(1, in: "summer", permit).isAccepted)
        world.pass(milliseconds: 1)
        #expect(try test(2, in: "summer", permit) == .refused(.permitExpired))
        let terms = PermitTerms(
            operation: "summer", perSecond: 1, starts: world.now.advanced(byMilliseconds: 5),
            ends: world.now.advanced(byMilliseconds: 9))
        try world.apply(.permit(.issue(permitID: "late", terms)))
        #expect(try test(2, in: "summer", permit + 1) == .refused(.permitNotStarted))
        world.pass(milliseconds: 5)
        #expect(try test(2, in: "summer", permit + 1).isAccepted)
        #expect(
            try world.apply(.permit(.revoke(permitID: "late", note: nil)))
                == .permitRevoked(permit + 1))
        #expect(try test(2, in: "summer", permit + 1) == .refused(.permitRevoked))
        #expect(try world.apply(.permit(.revoke(permitID: "late", note: nil))) == .none)
    }

    @Test("terms that do not hold are refused, each at its place")
    func terms() throws {
        try world.open("summer")
        let hour: Int64 = 3_600_000
        func refusal(_ change: (inout PermitTerms) -> Void) -> String? {
            var terms = PermitTerms(
                operation: "summer", perSecond: 10, starts: world.now,
                ends: world.now.advanced(byMilliseconds: hour))
            change(&terms)
            do throws(CommandRefusal) {
                try world.apply(.permit(.issue(permitID: "p", terms)))
                return nil
            } catch {
                return error.pointer ?? error.code
            }
        }
        #expect(refusal { $0.perSecond = 0 } == "/per_second")
        #expect(refusal { $0.perSecond = 1_000_001 } == "/per_second")
        #expect(refusal { $0.ends = $0.starts } == "/ends")
        #expect(refusal { $0.ends = world.now.advanced(byMilliseconds: -1) } == "/ends")
        #expect(refusal { $0.ends = $0.starts.advanced(byMilliseconds: 745 * hour) } == "/ends")
        #expect(refusal { $0.addresses = ["10.0.0.0/8", ""] } == "/addresses/1")
        #expect(refusal { $0.addresses = .init(repeating: "::1", count: 17) } == "/addresses")
        #expect(refusal { $0.operation = "none" } == "unknown_operation")
        #expect(refusal { _ in } == nil)
        #expect(refusal { _ in } == "", "the id is taken")
        #expect(throws: CommandRefusal.unknownPermit("z")) {
            try world.apply(.permit(.purge(permitID: "z", note: nil)))
        }
    }

    @Test("a purge takes the run out of every count, ends it, and releases the last run's memory")
    func purge() throws {
        try world.open("summer")
        let permit = try issue("p", of: "summer")
        let other = try issue("q", of: "summer")
        #expect(world.enter(1, in: "summer").isAccepted)
        for person in 1...40 as ClosedRange<UInt64> {
            #expect(try test(person, in: "summer", permit).isAccepted)
        }
        #expect(try test(1, in: "summer", other).isAccepted)
        let full = world.ledger.decider.tests.memoryBytes
        #expect(throws: CommandRefusal.self, "not purged yet") {
            try world.apply(.permit(.forgotten(permitID: "p", leaves: 40, lastRecord: 9)))
        }
        #expect(
            try world.apply(.permit(.purge(permitID: "p", note: nil))) == .permitPurged(permit))
        #expect(run(permit) == OperationCounts(entries: 0, participants: 0))
        #expect(try test(41, in: "summer", permit) == .refused(.permitRevoked))
        let purged = world.ledger.catalogue.permits[Int(permit)]
        #expect(purged.purgedEntries == 40 && purged.awaitsForgetting)
        #expect(purged.state(at: world.now) == .purged)
        #expect(world.ledger.decider.tests.memoryBytes == full, "the other run has entries")
        try world.apply(.permit(.purge(permitID: "q", note: nil)))
        #expect(world.ledger.decider.tests.memoryBytes < full)
        #expect(world.counts("summer") == OperationCounts(entries: 1, participants: 1))
        #expect(
            try world.apply(.permit(.forgotten(permitID: "p", leaves: 40, lastRecord: 9)))
                == .recorded)
        #expect(!world.ledger.catalogue.permits[Int(permit)].awaitsForgetting)
        #expect(try world.ledger.readBack().difference(from: world.ledger) == nil)
    }

    @Test("a reset leaves no permit for its operation")
    func reset() throws {
        try world.open("summer")
        let permit = try issue("p", of: "summer")
        let export = ExportReceipt(
            file: "x.jsonl", sha256: String(repeating: "a", count: 64), entries: 0,
            participants: 0)
        try world.apply(.operation(.reset(id: "summer", dataKeyID: "e", export: export)))
        #expect(try test(1, in: "summer", permit) == .refused(.permitOfAnotherOperation))
    }

    @Test("a record has the permit where FORMAT.md says")
    func record() throws {
        let command = EntryCommand(operation: 1, key: 2, participant: .person(3), permit: 0x0102)
        var extensions = ByteBuffer(capacity: 64)
        EntryExtensions.append(permit: command.permit, to: &extensions)
        #expect(extensions.bytes.array == [130, 4, 0, 2, 1, 0, 0])
        var buffer = ByteBuffer(capacity: 128)
        EntryRecord.encode(
            command, entry: EntryNumber(rawValue: 7), participant: 1, extensions: extensions.bytes,
            source: RawSpan(), sealed: RawSpan(), into: &buffer)
        var reader = ByteReader(buffer.bytes)
        #expect(try EntryRecord(reading: &reader).command == command)
        // Too short; an index that no permit has.
        for item: [UInt8] in [[130, 3, 0, 1, 1, 0], [130, 4, 0, 16, 39, 0, 0]] {
            #expect(throws: EntryRecordError.malformedExtensions) {
                var other = command
                // Unsafe: the bytes of a span of bytes are all initialised.
                try unsafe EntryExtensions.read(item.span.bytes, into: &other)
            }
        }
    }
}
