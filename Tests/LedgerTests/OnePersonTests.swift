import Bytes
import Contract
import Testing
import Time

@testable import Ledger

@Suite("Second keys and caps (C25)")
struct OnePersonTests {
    private let world = World()

    private func put(_ id: String, _ settings: OperationSettings) throws {
        try world.apply(.operation(.put(id: id, settings: settings, dataKeyID: "\(id)-data")))
    }

    private func settings(_ rule: EntryRule, limit: UInt32) -> OperationSettings {
        .sample(rule).with { $0.secondKey = SecondKeyRule(name: "household", limit: limit) }
    }

    @Test("a second key brings so many entries; who repeats one is answered with it all the same")
    func secondKey() throws {
        try world.open("summer", settings(.once, limit: 2))
        let first = world.enter(1, in: "summer", secondKey: 7)
        #expect(first.isAccepted && world.enter(2, in: "summer", secondKey: 7).isAccepted)
        #expect(world.enter(3, in: "summer", secondKey: 7) == .refused(.secondKeyLimit))
        #expect(world.enter(3, in: "summer", secondKey: 8).isAccepted)
        let numbers = try #require(first.numbers)
        let again = EntryOutcome.repeated(entry: numbers.entry, participant: 1)
        #expect(world.enter(1, in: "summer", secondKey: 7) == again)
        #expect(world.enter(1, in: "summer", secondKey: 9) == again)
        #expect(world.enter(4, in: "summer") == .settingsChanged)
        #expect(world.counts("summer") == OperationCounts(entries: 3, participants: 3))
        try world.open("winter", settings(.once, limit: 1))
        #expect(world.enter(1, in: "winter", secondKey: 7).isAccepted, "of its operation alone")
    }

    @Test("under `daily` it counts a local day, under `unlimited` all entries")
    func rules() throws {
        let tokyo = try LocalTime([.init(from: World.start, offsetSeconds: 9 * 3600)])
        try world.open("day", settings(.daily, limit: 1).with { $0.localTime = tokyo })
        try world.open("all", settings(.unlimited, limit: 2))
        #expect(world.enter(1, in: "day", secondKey: 7).isAccepted)
        #expect(world.enter(2, in: "day", secondKey: 7) == .refused(.secondKeyLimit))
        #expect(world.enter(1, in: "all", secondKey: 7).isAccepted)
        #expect(world.enter(1, in: "all", secondKey: 7).isAccepted)
        world.pass(hours: 3)
        #expect(world.enter(2, in: "day", secondKey: 7).isAccepted)
        #expect(world.enter(1, in: "day", secondKey: 7) == .refused(.secondKeyLimit))
        world.pass(hours: 48)
        #expect(world.enter(1, in: "all", secondKey: 7) == .refused(.secondKeyLimit))
    }

    @Test("a cap of participants: nobody new; those who are in go on as the rule has it")
    func cappedParticipants() throws {
        for (id, rule) in [("once", .once), ("all", .unlimited)] as [(String, EntryRule)] {
            try world.open(id, .sample(rule).with { $0.cap = .participants(2) })
            #expect(world.enter(1, in: id).isAccepted && world.enter(2, in: id).isAccepted)
            #expect(world.enter(3, in: id, idempotency: 1) == .capReached)
            let again = world.enter(1, in: id)
            #expect(again.isAccepted == (rule == .unlimited) && again.numbers?.participant == 1)
            try put(id, .sample(rule).with { $0.cap = .participants(3) })
            #expect(world.enter(3, in: id, idempotency: 1).isAccepted)
            try put(id, .sample(rule))
            #expect(world.enter(4, in: id).isAccepted)
        }
        let over = OperationCounts(entries: 9, participants: 2)
        let capped = OperationSettings.sample(.once).with { $0.cap = .participants(2) }
        #expect(capped.isOver(at: over) && !capped.with { $0.rule = .daily }.isOver(at: over))
        #expect(DatedState.open.capped(true) == .closed && DatedState.ended.capped(true) == .ended)
    }

    @Test("a cap of entries: none more, but what is repeated")
    func cappedEntries() throws {
        try world.open("all", .sample(.unlimited).with { $0.cap = .entries(3) })
        for _ in 0..<2 { #expect(world.enter(1, in: "all").isAccepted) }
        let last = world.enter(1, in: "all", idempotency: 5)
        let numbers = try #require(last.numbers)
        #expect(last.isAccepted && world.enter(1, in: "all") == .capReached)
        #expect(
            world.enter(1, in: "all", idempotency: 5)
                == .repeated(entry: numbers.entry, participant: 1))
        #expect(world.counts("all") == OperationCounts(entries: 3, participants: 1))
    }

    @Test("a cap comes before the second key, and a refusal counts nothing")
    func refusalsCountNothing() throws {
        try world.open(
            "summer", settings(.once, limit: 1).with { $0.cap = .entries(1) })
        #expect(world.enter(1, in: "summer", secondKey: 7).isAccepted)
        let (records, memory) = (world.ledger.records, world.ledger.memoryBytes)
        #expect(world.enter(2, in: "summer", secondKey: 7) == .capReached)
        #expect(world.enter(2, in: "summer", idempotency: 1, secondKey: 8) == .capReached)
        #expect(world.ledger.records == records && world.ledger.memoryBytes == memory)
    }

    @Test("what entries were decided by is fixed with the first of them; a cap is not below them")
    func fixed() throws {
        let before = settings(.once, limit: 2).with { $0.cap = .participants(5) }
        try world.open("summer", before)
        try put("summer", before.with { $0.identity = .email })
        try put("summer", before.with { $0.secondKey = nil })
        try put("summer", before)
        for person: UInt64 in 1...3 {
            #expect(world.enter(person, in: "summer", secondKey: person).isAccepted)
        }
        let changes: [(CommandRefusal, (inout OperationSettings) -> Void)] = [
            (.identityFixed(operation: "summer"), { $0.identity = .email }),
            (.secondKeyFixed(operation: "summer"), { $0.secondKey = nil }),
            (.secondKeyFixed(operation: "summer"), { $0.secondKey?.limit = 3 }),
            (.secondKeyFixed(operation: "summer"), { $0.secondKey?.name = "device" }),
            (
                .capBelowCount(operation: "summer", what: "participants", count: 3),
                { $0.cap = .participants(2) }
            ),
            (
                .capBelowCount(operation: "summer", what: "entries", count: 3),
                { $0.cap = .entries(2) }
            ),
        ]
        for (refusal, change) in changes {
            #expect(refusal.status == 409)
            #expect(throws: refusal) { try put("summer", before.with(change)) }
        }
        #expect(changes[4].0.detail.contains("3 participants"))
        try put("summer", before.with { $0.cap = .participants(3) })
        #expect(world.enter(4, in: "summer", secondKey: 4) == .capReached)
        try put("summer", before.with { $0.country = "FR" })
        #expect(world.counts("summer")?.entries == 3)
    }

    @Test("the country of telephone numbers is fixed with them")
    func country() throws {
        let before = OperationSettings.sample(.once).with {
            $0.identity = .phone
            $0.country = "FR"
        }
        try world.open("summer", before)
        #expect(world.enter(1, in: "summer").isAccepted)
        #expect(throws: CommandRefusal.identityFixed(operation: "summer")) {
            try put("summer", before.with { $0.country = "BE" })
        }
        let marks = [
            before, before.with { $0.country = "BE" }, before.with { $0.identity = .email },
            before.with { $0.identity = .opaque }, settings(.once, limit: 1),
        ].map(\.identityMark)
        #expect(Set(marks).count == marks.count)
    }

    @Test("an entry sent under other settings is not decided; a ticket fixes the identity")
    func changedMeanwhile() throws {
        let (before, after) = (
            OperationSettings.sample(), OperationSettings.sample().with { $0.identity = .email }
        )
        try world.open("summer", before)
        try put("summer", after)
        var command = EntryCommand(
            operation: 0, key: 0, participant: .person(1), identityMark: before.identityMark)
        #expect(world.decide(command) == .settingsChanged)
        let counters = QueueCounters(epoch: 1, issued: 2, called: 0, maximumCalled: 1, held: 0)
        try world.apply(.fact(.queue(QueueRecord(operation: "summer", counters: counters))))
        let refusal = CommandRefusal.identityFixed(operation: "summer")
        #expect(throws: refusal) { try put("summer", before) }
        try put("summer", after.with { $0.secondKey = SecondKeyRule(name: "a", limit: 1) })
        try put("summer", after)
        command.identityMark = after.identityMark
        #expect(world.decide(command).isAccepted)
        command.participant = .person(2)
        command.identityMark = EntryCommand.recordedMark
        #expect(world.decide(command).isAccepted, "of a record: decided already")
    }

    @Test("an entry that was sent before a consent was asked for is not decided without it")
    func consentsMeanwhile() throws {
        let before = OperationSettings.sample().with { $0.consents = ["rules"] }
        let after = before.with { $0.consents = ["rules", "news"] }
        try world.open("summer", before)
        try put("summer", after)
        var command = EntryCommand(
            operation: 0, key: 0, participant: .person(1), consentsGiven: true,
            identityMark: before.identityMark)
        #expect(world.decide(command) == .settingsChanged)
        command.identityMark = after.identityMark
        #expect(world.decide(command).isAccepted)
        let marks = [
            [], ["rules"], ["rules", "news"], ["news", "rules"], ["rulesnews"],
            ["rules", "new", "s"],
        ].map { consents in before.with { $0.consents = consents }.identityMark }
        #expect(Set(marks).count == marks.count)
    }

    @Test("settings that are none")
    func invalid() {
        let wrong: [(String, (inout OperationSettings) -> Void)] = [
            ("/country", { $0.identity = .phone }), ("/country", { $0.country = "fr" }),
            ("/country", { $0.country = "FRA" }),
            ("/second_key/name", { $0.secondKey = SecondKeyRule(name: "A b", limit: 1) }),
            ("/second_key/limit", { $0.secondKey = SecondKeyRule(name: "a", limit: 0) }),
            ("/second_key/limit", { $0.secondKey = SecondKeyRule(name: "a", limit: 1_000_001) }),
            ("/cap/participants", { $0.cap = .participants(0) }),
            ("/cap/entries", { $0.cap = .entries(0) }),
            ("/cap/entries", { $0.cap = .entries(.max) }),
        ]
        for (pointer, change) in wrong {
            do {
                try put("summer", .sample().with(change))
                Issue.record("\(pointer) was taken")
            } catch {
                #expect((error as? CommandRefusal)?.pointer == pointer, "\(error)")
            }
        }
    }

    @Test("a snapshot holds the counts, a replay of records comes to them, memory is asked for")
    func storage() throws {
        try world.open("summer", settings(.daily, limit: 2).with { $0.cap = .entries(40) })
        var copy = try world.ledger.readBack()
        for number: UInt64 in 0..<60 {
            if number == 30 {
                world.pass(hours: 24)
                copy = try world.ledger.readBack()
            }
            let command = EntryCommand(
                operation: 0, key: 0, participant: .person(number),
                secondKey: .person(number % 10 + 500))
            let takesMemory = world.ledger.takesMemory(command, at: world.now)
            let outcome = world.ledger.enter(command, at: world.now)
            #expect(takesMemory == outcome.isAccepted, "\(number): \(outcome)")
            if number < 30 {
                #expect(outcome.isAccepted == (number < 20))
                continue
            }
            #expect(outcome == copy.enter(command, at: world.now))
        }
        #expect(world.counts("summer")?.entries == 40)
        let difference = copy.difference(from: world.ledger)
        #expect(difference == nil)
    }

    @Test("the record of an entry has its second key, and one without is as it was")
    func record() throws {
        var command = EntryCommand(operation: 0, key: 0, participant: .person(1))
        command.secondKey = Fingerprint(high: 0x0807_0605_0403_0201, low: 2)
        var extensions = ByteBuffer(capacity: 32)
        EntryExtensions.append(secondKey: command.secondKey, to: &extensions)
        #expect(
            extensions.bytes.array
                == [129, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 2, 0, 0, 0, 0, 0, 0, 0])
        var buffer = ByteBuffer(capacity: 128)
        EntryRecord.encode(
            command, entry: EntryNumber(rawValue: 7), participant: 1, extensions: extensions.bytes,
            source: RawSpan(), sealed: RawSpan(), into: &buffer)
        var reader = ByteReader(buffer.bytes)
        let read = try EntryRecord(reading: &reader)
        #expect(read.command == command)
        for item: [UInt8] in [
            [129, 0, 0], [129, 15, 0] + [UInt8](repeating: 1, count: 15),
            [129, 16, 0] + [UInt8](repeating: 0, count: 16),
        ] {
            #expect(throws: EntryRecordError.malformedExtensions) {
                var other = command
                // Unsafe: the bytes of a span of bytes are all initialised.
                try unsafe EntryExtensions.read(item.span.bytes, into: &other)
            }
        }
    }
}
