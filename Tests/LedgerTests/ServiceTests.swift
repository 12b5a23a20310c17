import Availability
import Testing
import Time

@testable import Ledger

@Suite("Incidents, maintenance, force majeure and corrections on record (C10 to C15)")
struct ServiceTests {
    private let world = World()

    init() throws {
        for client in ["acme", "bolt"] {
            try world.apply(.contract(.putClient(id: client, name: client)))
        }
    }

    private var acme: Author { Author(.client, name: "acme") }
    private var records: ServiceRecords { world.ledger.catalogue.service.records }

    private func incident(_ number: UInt32) throws -> Incident {
        try #require(records.incidents[number])
    }

    /// Opens the next incident.
    @discardableResult
    private func open(
        _ severity: IncidentSeverity = .critical, of client: String? = nil, by author: Author? = nil
    ) throws(CommandRefusal) -> UInt32 {
        let number = records.incidents.lastNumber + 1
        let order = IncidentOrder(severity, title: "No entry is accepted", client: client)
        try apply(.incident(.open(number: number, order)), by: author)
        return number
    }

    private func act(
        _ action: IncidentAction, _ number: UInt32, note: String? = nil, by author: Author? = nil
    ) throws(CommandRefusal) {
        try apply(.incident(.act(number: number, action, note: note)), by: author)
    }

    private func apply(
        _ command: AdministrativeCommand, by author: Author? = nil
    ) throws(CommandRefusal) {
        world.author = author ?? .admin
        defer { world.author = .admin }
        try world.apply(command)
    }

    /// Why a command is refused; and that it has changed nothing.
    private func refusal(
        of command: AdministrativeCommand, by author: Author? = nil
    ) -> CommandRefusal? {
        let before = world.ledger.catalogue
        do throws(CommandRefusal) {
            try apply(command, by: author)
            return nil
        } catch {
            #expect(world.ledger.catalogue == before, "\(error)")
            return error
        }
    }

    /// The ledger's incidents are the same after a snapshot.
    private func expectReadBack() throws {
        #expect(try world.ledger.readBack().catalogue == world.ledger.catalogue)
    }

    @Test("work starts by the hours in force when it was opened; another calendar moves nothing")
    func respondBy() throws {
        // Friday, 12:00 UTC: 3 business hours are left of 09:00 to 18:00.
        let first = try open(.critical)
        #expect(try incident(first).respondBy == hours(3))
        let closing = try BusinessHours(opensMinute: 540, closesMinute: 840)
        try apply(.service(.setCalendar(BusinessCalendar(closing))))
        #expect(try incident(first).respondBy == hours(3), "as it was promised")
        // 2 hours today, one on Monday.
        let second = try open(.critical)
        #expect(try incident(second).respondBy == hours(70))
        try apply(.service(.setCalendar(BusinessCalendar(.standard, calendar: tokyo))))
        // 21:00 in Tokyo: Monday, 12:00 there.
        let third = try open(.critical)
        #expect(try incident(third).respondBy == hours(63))
        #expect(try incident(third).isOpenedOutsideHours)
        try expectReadBack()
    }

    private func hours(_ count: Int64) -> Timestamp {
        World.start.advanced(byMilliseconds: count * 3_600_000)
    }

    private var tokyo: OperatorCalendar {
        let offset = LocalTime.Offset(from: Timestamp(milliseconds: 0), offsetSeconds: 9 * 3_600)
        do {
            return OperatorCalendar(timeZone: "Asia/Tokyo", localTime: try LocalTime([offset]))
        } catch {
            preconditionFailure("one offset: \(error)")
        }
    }

    @Test("what is given alone stays; the rest follows the operator's calendar")
    func followed() throws {
        let paris = OperatorCalendar(timeZone: "Europe/Paris", holidays: .france)
        let zone = BusinessCalendar.Zone(timeZone: tokyo.timeZone, localTime: tokyo.localTime)
        for (calendar, expected) in [
            (BusinessCalendar(.standard), paris),
            (
                BusinessCalendar(.standard, zone: nil, holidays: .alsaceMoselle),
                OperatorCalendar(timeZone: "Europe/Paris", holidays: .alsaceMoselle)
            ),
            (BusinessCalendar(.standard, zone: zone, holidays: nil), tokyo),
            (
                BusinessCalendar(.standard, zone: zone, holidays: .alsaceMoselle),
                OperatorCalendar(
                    timeZone: "Asia/Tokyo", localTime: tokyo.localTime, holidays: .alsaceMoselle)
            ),
        ] {
            _ = try world.apply(.service(.setCalendar(calendar)))
            let service = world.ledger.catalogue.service
            #expect(service.businessTime(paris).calendar == expected)
            let read = try world.ledger.readBack().catalogue.service
            #expect(read.businessTime(paris).calendar == expected)
        }
    }

    @Test("a calendar that is in force already is no change")
    func sameCalendar() throws {
        let calendar = AdministrativeCommand.service(.setCalendar(BusinessCalendar(.standard)))
        #expect(try world.apply(calendar) == .recorded)
        #expect(try world.apply(calendar) == .none)
    }

    @Test("a client opens and follows its own, and meets nothing of others'")
    func clients() throws {
        let own = try open(of: "acme", by: acme)
        #expect(try incident(own).client == "acme")
        let other = try open(of: "bolt")
        let general = try open()
        let order = IncidentOrder(.minor, title: "t", client: "bolt")
        #expect(refusal(of: .incident(.open(number: 4, order)), by: acme)?.code == "forbidden")
        let none = IncidentOrder(.minor, title: "t")
        #expect(refusal(of: .incident(.open(number: 4, none)), by: acme)?.code == "forbidden")
        for number in [other, general, 9] {
            #expect(
                refusal(of: .incident(.act(number: number, .addNote, note: "n")), by: acme)
                    == .unknownNumber(.incident, number))
        }
        for action in [IncidentAction.acknowledge, .resolve(.notOurs), .reclassify(.minor)] {
            #expect(
                refusal(of: .incident(.act(number: own, action, note: nil)), by: acme)?.code
                    == "forbidden")
        }
        try act(.addNote, own, note: "since noon", by: acme)
        try act(.resolve(.confirmed), own)
        try act(.reopen, own, note: "it is back", by: acme)
        #expect(try incident(own).state == .open)
        #expect(
            try incident(own).history.map(\.author.role)
                == [.client, .client, .operator, .client])
        try expectReadBack()
    }

    @Test("auditors and scrapers change nothing; clients announce nothing")
    func roles() throws {
        for role in [Author.Role.auditor, .scrape] {
            let order = IncidentOrder(.minor, title: "t")
            #expect(
                refusal(of: .incident(.open(number: 1, order)), by: Author(role, name: "n"))?.code
                    == "forbidden")
        }
        let emergency = AdministrativeCommand.maintenance(
            .announce(number: 1, MaintenanceTerms(kind: .emergency)))
        #expect(refusal(of: emergency, by: acme)?.code == "forbidden")
        #expect(refusal(of: emergency, by: Author(.auditor, name: "n"))?.code == "forbidden")
        #expect(
            refusal(of: .service(.setCalendar(BusinessCalendar(.standard))), by: acme)?.code
                == "forbidden")
    }

    @Test("what a client opens with its token has a limit, which others do not meet")
    func limits() throws {
        for _ in 0..<IncidentRegister.maximumOpenOfClient { try open(of: "acme", by: acme) }
        let order = IncidentOrder(.minor, title: "t", client: "acme")
        let next = AdministrativeCommand.incident(.open(number: 33, order))
        #expect(
            refusal(of: next, by: acme)
                == .limitReached(name: "open incidents that one client has opened", limit: 32))
        try apply(next, by: .admin)
        try act(.resolve(.notOurs), 1)
        try open(of: "acme", by: acme)
        for _ in 1..<Incident.maximumEventsOfClient {
            try act(.addNote, 2, note: "n", by: acme)
        }
        #expect(
            refusal(of: .incident(.act(number: 2, .addNote, note: "n")), by: acme)?.code
                == "limit_reached")
        try act(.resolve(.confirmed), 2, note: "the operator's own lines have room")
    }

    @Test("all that a client keeps in the register has a limit, resolved or not")
    func kept() throws {
        for number in 1...UInt32(IncidentRegister.maximumOfClient) {
            try open(of: "acme", by: acme)
            try act(.resolve(.notOurs), number)
        }
        #expect(throws: CommandRefusal.self) { try open(of: "acme", by: acme) }
        try open(of: "bolt", by: Author(.client, name: "bolt"))
        // A year later they are gone; the next one is opened, and its number is new.
        world.pass(hours: 401 * 24)
        #expect(try open(of: "acme", by: acme) == 258)
        #expect(records.incidents.all.map(\.number) == [257, 258], "the open one stays")
        try expectReadBack()
    }

    @Test("each kind has numbers of its own, and only the next one is taken")
    func numbers() throws {
        let order = IncidentOrder(.minor, title: "t")
        try apply(.incident(.open(number: 1, order)))
        for number in [0, 1, 3] as [UInt32] {
            #expect(
                refusal(of: .incident(.open(number: number, order)))
                    == .numberTaken(.incident, next: 2))
        }
        let terms = MaintenanceTerms(
            kind: .scheduled, starts: hours(24), ends: hours(26),
            recurrence: Recurrence(.days(7), occurrences: 3))
        try apply(.maintenance(.announce(number: 1, terms)))
        #expect(records.maintenance.all.map(\.starts) == [hours(24), hours(192), hours(360)])
        #expect(
            refusal(of: .maintenance(.announce(number: 2, terms)))
                == .numberTaken(.maintenance, next: 4))
        try apply(.maintenance(.endSeries(number: 1, note: nil)))
        #expect(
            records.maintenance.all.allSatisfy { $0.state(at: world.now) == .cancelled })
        #expect(
            refusal(of: .maintenance(.endSeries(number: 1, note: nil)))
                == .wrongState(.maintenance, 1, state: "over"))
        try expectReadBack()
    }

    @Test("a rule's incident is one as long as it is not resolved")
    func rules() throws {
        let order = IncidentOrder(.critical, title: "The journal is stopped")
        let open = AdministrativeCommand.incident(.open(number: 1, order, rule: "log-stopped"))
        #expect(refusal(of: open)?.pointer == "/rule", "no person is a rule")
        try apply(open, by: .gateway)
        world.author = .gateway
        #expect(try world.apply(open) == .none)
        world.author = .admin
        try act(.resolve(.confirmed), 1)
        try apply(.incident(.open(number: 2, order, rule: "log-stopped")), by: .gateway)
        #expect(try incident(2).rule == "log-stopped")
    }

    /// What time brings about now.
    private func beginBatch() -> [LedgerEvent] {
        world.ledger.beginBatch()
        while world.ledger.mustExpire(at: world.now) { world.ledger.expire(at: world.now) }
        return world.ledger.drainEvents()
    }

    @Test("an incident that nobody works on in time is reported once; and again after a reopening")
    func overdue() throws {
        try open(.critical, of: "acme")
        try open(.critical)
        try act(.acknowledge, 2)
        world.pass(hours: 3)
        #expect(!world.isDue && beginBatch() == [], "the last moment is in time")
        world.pass(milliseconds: 1)
        #expect(world.isDue)
        let event = LedgerEvent.incidentOverdue(number: 1, client: "acme", respondBy: hours(3))
        #expect(beginBatch() == [event])
        #expect(!world.isDue && beginBatch() == [], "once")
        try expectReadBack()
        try act(.resolve(.confirmed), 1)
        try act(.reopen, 1)
        let respondBy = try incident(1).respondBy
        world.pass(hours: 100)
        #expect(
            beginBatch()
                == [.incidentOverdue(number: 1, client: "acme", respondBy: respondBy)])
    }

    @Test("an event on record that nothing brought about, or one that is missing, is damage")
    func overdueReplay() throws {
        try open(.critical)
        world.pass(hours: 4)
        let event = LedgerEvent.incidentOverdue(number: 1, client: nil, respondBy: hours(3))
        var early = try world.ledger.readBack()
        do throws(ReplayError) {
            try early.replay(event, at: hours(3))
            Issue.record("an event before its time")
        } catch {
            guard case .eventUnexpected = error else { throw error }
        }
        var missing = try world.ledger.readBack()
        let note = AdministrativeRecord(
            .incident(.act(number: 1, .addNote, note: "n")), by: .admin)
        missing.beginBatch()
        do throws(ReplayError) {
            try missing.replay(note, at: world.now)
            Issue.record("an event that is missing")
        } catch {
            guard case .eventMissing = error else { throw error }
        }
        var whole = try world.ledger.readBack()
        whole.beginBatch()
        try whole.replay(event, at: world.now)
        try whole.replay(note, at: world.now)
        let isDue = whole.isDue(at: world.now)
        #expect(!isDue)
    }

    @Test("force majeure beyond a month, and beyond 30 days, is reported once each")
    func lasting() throws {
        // 20 November, 12:00.
        try apply(
            .service(.beginForceMajeure(number: 1, kind: "flood", starts: hours(0), note: nil)))
        world.pass(hours: 60 * 24)
        #expect(
            beginBatch() == [
                .forceMajeureLasting(number: 1, terms: .a, since: hours(30 * 24 + 12)),
                .forceMajeureLasting(number: 1, terms: .b, since: hours(30 * 24 + 12)),
            ])
        #expect(!world.isDue && beginBatch() == [])
        try expectReadBack()
    }

    @Test("nothing makes maintenance of time that is over")
    func maintenance() throws {
        let past = MaintenanceTerms(kind: .emergency, starts: hours(-2), ends: hours(1))
        try apply(.maintenance(.announce(number: 1, past)))
        #expect(records.maintenance[1]?.starts == world.now)
        #expect(records.maintenance[1]?.ends == hours(1))
        for terms in [
            MaintenanceTerms(kind: .scheduled, starts: hours(0), ends: hours(1)),
            MaintenanceTerms(kind: .scheduled, starts: hours(1)),
            MaintenanceTerms(kind: .scheduled, ends: hours(1)),
            MaintenanceTerms(kind: .scheduled, starts: hours(1), ends: hours(1)),
            MaintenanceTerms(kind: .scheduled, starts: hours(1), ends: hours(1 + 31 * 24 + 1)),
            MaintenanceTerms(kind: .emergency, ends: hours(-1)),
            MaintenanceTerms(kind: .emergency, starts: hours(800 * 24)),
            MaintenanceTerms(
                kind: .emergency, recurrence: Recurrence(.monthly, occurrences: 2)),
        ] {
            let refused = refusal(of: .maintenance(.announce(number: 2, terms)))
            #expect(refused?.code == "invalid", "\(terms)")
        }
        world.pass(hours: 2)
        #expect(
            refusal(of: .maintenance(.end(number: 1, note: nil)))
                == .wrongState(.maintenance, 1, state: "over"))
        #expect(
            refusal(of: .maintenance(.extend(number: 1, until: hours(9), note: nil)))?.code
                == "wrong_state")
    }

    @Test("force majeure has a beginning, an end and a kind")
    func forceMajeure() throws {
        func refused(_ command: ServiceCommand) -> CommandRefusal? {
            refusal(of: .service(command))
        }
        func begin(_ kind: String, _ starts: Int64) -> CommandRefusal? {
            refused(.beginForceMajeure(number: 2, kind: kind, starts: hours(starts), note: nil))
        }
        try apply(
            .service(
                .beginForceMajeure(number: 1, kind: "flood", starts: hours(-24), note: "river")))
        #expect(begin("a flood", 0)?.pointer == "/kind")
        #expect(begin("flood", -367 * 24)?.pointer == "/starts")
        try apply(.service(.endForceMajeure(number: 1, note: nil)))
        #expect(records.forceMajeure[1]?.ends == world.now)
        #expect(refused(.endForceMajeure(number: 1, note: nil))?.code == "wrong_state")
        #expect(refused(.endForceMajeure(number: 7, note: nil))?.code == "unknown_force_majeure")
        try expectReadBack()
    }

    @Test("a correction is of whole minutes that are over, with a reason")
    func corrections() throws {
        func refused(_ change: (inout MinuteCorrection) -> Void) -> String? {
            var correction = MinuteCorrection(
                from: hours(-2), to: hours(-1), becomes: .accessible, reason: "no network")
            change(&correction)
            return refusal(of: .service(.correctMinutes(correction)))?.pointer
        }
        #expect(refused { $0.from = hours(-2).advanced(byMilliseconds: 1) } == "/from")
        #expect(refused { $0.to = hours(1) } == "/to")
        #expect(refused { $0.to = hours(-2) } == "/to")
        #expect(refused { $0.from = hours(-32 * 24) } == "/to")
        #expect(refused { $0.from = hours(-401 * 24) } == "/from")
        #expect(refused { $0.reason = "" } == "/reason")
        #expect(refused { $0.client = "nobody" } == "/client")
        #expect(refused { $0.client = "acme" } == nil)
        let found = try #require(world.ledger.catalogue.service.minutes.corrections.first)
        #expect(found.author == "admin" && found.minutes.length == 60)
        #expect(found.client == "acme" && found.recordedAt == world.now)
        try expectReadBack()
    }
}
