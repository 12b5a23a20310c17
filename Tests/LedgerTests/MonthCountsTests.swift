import Availability
import Contract
import Testing
import Time

@testable import Ledger

@Suite("What operations used by month, in the operator's time zone (C15)")
struct MonthCountsTests {
    private let world = World()

    private static let export = ExportReceipt(
        file: "summer.jsonl", sha256: String(repeating: "a", count: 64), entries: 2,
        participants: 2)

    /// Hours and minutes of UTC.
    private func set(
        _ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64 = 12, _ minute: Int64 = 0
    ) {
        world.now = Timestamp(
            milliseconds: CivilDay(year, month, day).number * 86_400_000
                + (hour * 60 + minute) * 60_000)
    }

    /// Paris: an hour ahead of UTC, two from 28 March to 31 October 2027.
    private func goToParis() throws {
        let localTime = try LocalTime([
            .init(from: Timestamp(milliseconds: 0), offsetSeconds: 3_600),
            .init(from: Timestamp(milliseconds: 1_806_195_600_000), offsetSeconds: 7_200),
            .init(from: Timestamp(milliseconds: 1_824_944_400_000), offsetSeconds: 3_600),
        ])
        let calendar = OperatorCalendar(timeZone: "Europe/Paris", localTime: localTime)
        world.author = .gateway
        try world.apply(.fact(.started(version: "1", calendar: calendar)))
        world.author = .admin
    }

    private func used(
        _ year: Int64, _ month: Int64, in id: String = "summer", by client: String? = nil
    ) -> Consumption {
        world.ledger.consumption(in: CivilMonth(year, month), by: client).rows
            .first { $0.operation == id }?.used ?? Consumption()
    }

    @Test("an entry counts in the month of its local time, over changes of the clocks too")
    func zones() throws {
        set(2026, 11, 20)
        try goToParis()
        try world.open("summer", .sample(.unlimited))
        var person: UInt64 = 0
        // The last minute of a month and the first one, in Paris.
        for (year, month, hour) in [(2026, 12, 23), (2027, 4, 22), (2027, 11, 23)]
            as [(Int64, Int64, Int64)]
        {
            let eve = CivilMonth(year, month).firstDay.advanced(by: -1).civil
            set(eve.year, eve.month, eve.day, hour - 1, 59)
            person += 1
            #expect(world.enter(person, in: "summer").isAccepted)
            set(eve.year, eve.month, eve.day, hour)
            person += 1
            #expect(world.enter(person, in: "summer").isAccepted)
            #expect(world.enter(person - 1, in: "summer").isAccepted)
        }
        #expect(used(2026, 11) == Consumption(entries: 1, participants: 1))
        // Two, of whom one has entered before.
        #expect(used(2026, 12) == Consumption(entries: 2, participants: 1))
        #expect(used(2027, 3) == Consumption(entries: 1, participants: 1))
        #expect(used(2027, 4) == Consumption(entries: 2, participants: 1))
        #expect(used(2027, 10) == Consumption(entries: 1, participants: 1))
        // In progress.
        #expect(used(2027, 11) == Consumption(entries: 2, participants: 1))
        #expect(used(2027, 12).isEmpty && used(2026, 10).isEmpty)
    }

    @Test("what is refused or repeated at a month's beginning begins no month")
    func refusals() throws {
        set(2026, 11, 30)
        try world.open("summer")
        #expect(world.enter(1, in: "summer").isAccepted)
        set(2026, 12, 1)
        #expect(!world.enter(1, in: "summer").isAccepted)
        #expect(world.ledger.decider.months.month == CivilMonth(2026, 11))
        #expect(world.enter(2, in: "summer").isAccepted)
        #expect(used(2026, 11) == Consumption(entries: 1, participants: 1))
        #expect(used(2026, 12) == Consumption(entries: 1, participants: 1))
    }

    @Test("a reset goes on in the same row; another client's operation of the name has its own")
    func retirement() throws {
        set(2026, 11, 20)
        try world.open("summer")
        for person in 1...2 as ClosedRange<UInt64> { _ = world.enter(person, in: "summer") }
        try world.apply(.operation(.reset(id: "summer", dataKeyID: "e", export: Self.export)))
        #expect(world.enter(1, in: "summer").isAccepted)
        #expect(used(2026, 11) == Consumption(entries: 3, participants: 3))
        set(2026, 12, 2)
        #expect(world.enter(2, in: "summer").isAccepted)
        try world.apply(.operation(.delete(id: "summer", export: Self.export)))
        try world.apply(.contract(.putClient(id: "bolt", name: "Bolt")))
        let settings = OperationSettings.sample(client: "bolt").with { $0.title = "Bolt's" }
        try world.apply(.operation(.put(id: "summer", settings: settings, dataKeyID: "f")))
        try world.apply(
            .access(.addKey(operation: "summer", keyID: "bolt-key", digest: .numbered(99))))
        try world.apply(.operation(.open(id: "summer", note: nil)))
        let command = EntryCommand(operation: 2, key: 1, participant: .person(7))
        #expect(world.decide(command).isAccepted)
        let all = world.ledger.consumption(in: CivilMonth(2026, 12), by: nil)
        #expect(all.rows.map(\.client) == ["acme", "bolt"])
        #expect(all.rows.map(\.title) == ["Summer", "Bolt's"])
        #expect(all.total == Consumption(entries: 2, participants: 2))
        let own = world.ledger.consumption(in: CivilMonth(2026, 12), by: "acme")
        #expect(own.rows.map(\.client) == ["acme"] && own.total.entries == 1)
        #expect(used(2026, 11, by: "acme") == Consumption(entries: 3, participants: 3))
    }

    @Test("a load test's entries are in no figure, purged or not; robots' have their own")
    func apart() throws {
        set(2026, 11, 20)
        try world.open("summer", .sample(.unlimited))
        let terms = PermitTerms(
            operation: "summer", perSecond: 10, starts: world.now,
            ends: world.now.advanced(byMilliseconds: 20 * 86_400_000))
        try world.apply(.permit(.issue(permitID: "p", terms)))
        func enter(_ countedAs: CountedAs, _ person: UInt64) {
            var command = EntryCommand(operation: 0, key: 0, participant: .person(person))
            if countedAs == .test { command.permit = 0 }
            command.countedAs = countedAs
            #expect(world.decide(command).isAccepted)
        }
        for person in 1...4 as ClosedRange<UInt64> { enter(.test, person) }
        for person in 1...3 as ClosedRange<UInt64> { enter(.robot, person) }
        enter(.participant, 1)
        let expected = Consumption(entries: 1, participants: 1, robotEntries: 3)
        #expect(used(2026, 11) == expected)
        set(2026, 12, 1)
        // A test entry begins no month; the next one does.
        enter(.test, 9)
        #expect(used(2026, 11) == expected)
        enter(.robot, 8)
        #expect(used(2026, 12) == Consumption(robotEntries: 1))
        try world.apply(.permit(.purge(permitID: "p", note: nil)))
        #expect(used(2026, 11) == expected)
        #expect(used(2026, 12) == Consumption(robotEntries: 1))
    }

    @Test("what facts tell counts in the month that they began in, however late they come")
    func facts() throws {
        set(2026, 11, 30, 23, 50)
        try world.open("summer")
        let since = world.now
        set(2026, 12, 1, 0, 5)
        _ = world.enter(1, in: "summer")
        var counts = AnswerCounts()
        counts.refused = 5
        counts.waiting = 2
        world.author = .gateway
        for _ in 1...2 {
            try world.apply(
                .fact(
                    .notAccepted(
                        NotAcceptedEntries(
                            operation: "summer", since: since, until: world.now, counts: counts))))
        }
        var minute = RobotMinute(operation: "summer", since: world.now, until: world.now)
        minute.robots = 7
        try world.apply(.fact(.robots(minute)))
        #expect(used(2026, 11).answers.refused == 10 && used(2026, 11).answers.total == 14)
        #expect(used(2026, 11).robots == 0 && used(2026, 11).entries == 0)
        #expect(used(2026, 12).robots == 7 && used(2026, 12).entries == 1)
        let backwards = NotAcceptedEntries(
            operation: "summer", since: world.now, until: since, counts: counts)
        #expect(throws: CommandRefusal.self) { try world.apply(.fact(.notAccepted(backwards))) }
    }

    @Test("another time zone of the operator's moves nothing that was counted")
    func calendarChange() throws {
        // An hour that is November in UTC, and December in Paris.
        set(2026, 11, 30, 23, 10)
        try world.open("summer", .sample(.unlimited))
        _ = world.enter(1, in: "summer")
        _ = world.enter(2, in: "summer")
        set(2026, 11, 30, 23, 20)
        try goToParis()
        _ = world.enter(1, in: "summer")
        _ = world.enter(3, in: "summer")
        #expect(used(2026, 11) == Consumption(entries: 2, participants: 2))
        #expect(used(2026, 12) == Consumption(entries: 2, participants: 1))
        // And back: the month goes on.
        set(2026, 11, 30, 23, 30)
        world.author = .gateway
        try world.apply(.fact(.started(version: "1", calendar: OperatorCalendar())))
        world.author = .admin
        _ = world.enter(4, in: "summer")
        #expect(used(2026, 11) == Consumption(entries: 3, participants: 3))
        set(2026, 12, 1)
        _ = world.enter(5, in: "summer")
        #expect(used(2026, 11) == Consumption(entries: 3, participants: 3))
        #expect(used(2026, 12) == Consumption(entries: 3, participants: 2))
    }

    @Test("the latest 48 months are kept, and read back from a snapshot")
    func months() throws {
        set(2026, 1, 1)
        try world.open("summer", .sample(.unlimited))
        for number in 0..<60 as Range<Int64> {
            set(2026 + number / 12, number % 12 + 1, 15)
            #expect(world.enter(UInt64(number % 7), in: "summer").isAccepted)
            #expect(world.enter(UInt64(number) + 1_000, in: "summer").isAccepted)
        }
        #expect(used(2030, 12) == Consumption(entries: 2, participants: 1))
        #expect(used(2027, 1) == Consumption(entries: 2, participants: 1))
        #expect(used(2026, 11).isEmpty)
        var readBack = try world.ledger.readBack()
        #expect(readBack.decider.months == world.ledger.decider.months)
        set(2031, 1, 1)
        let command = EntryCommand(operation: 0, key: 0, participant: .person(77))
        #expect(readBack.enter(command, at: world.now).isAccepted)
        #expect(world.decide(command).isAccepted)
        let difference = readBack.difference(from: world.ledger)
        #expect(difference == nil)
    }
}
