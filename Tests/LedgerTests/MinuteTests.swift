import Availability
import Contract
import Testing
import Time

@testable import Ledger

@Suite("What probes report, and what counts of it (C10)")
struct MinuteTests {
    private let world = World()

    /// The minute that was over when the world began.
    private var last: Minute { Minute(containing: World.start).advanced(by: -1) }

    @discardableResult
    private func report(
        _ minute: Minute, by probe: String = "paris", attempts: UInt32 = 60, failed: UInt32 = 0
    ) throws -> Change {
        let tally = try #require(ProbeTally(attempts: attempts, failed: failed, slow: 0))
        return try world.apply(
            .fact(.probeMinute(ProbeMinute(probe: probe, minute: minute, tally: tally))))
    }

    private func state(of minute: Minute) -> MinuteState {
        let history = world.ledger.catalogue.minutes.platform(.standard)
        let one = minute..<minute.advanced(by: 1)
        return MinuteState.allCases.first { !history.minutes($0, in: one).isEmpty } ?? .unmeasured
    }

    @Test("a minute is reported once by a probe: the same again is nothing, another is refused")
    func once() throws {
        #expect(try report(last) == .recorded)
        #expect(try report(last) == .none)
        #expect(throws: CommandRefusal.minute(.reported(probe: "paris", minute: last))) {
            try report(last, failed: 60)
        }
        #expect(state(of: last) == .accessible)
        #expect(world.ledger.records == 1)
    }

    @Test("no minute is recorded before it is over, and none two days later")
    func bounds() throws {
        world.pass(milliseconds: 59_999)
        let current = Minute(containing: world.now)
        let ends = current.advanced(by: 1).starts
        #expect(throws: CommandRefusal.minute(.notOver(ends: ends))) { try report(current) }
        world.pass(milliseconds: 1)
        #expect(try report(current) == .recorded)
        let first = Minute(containing: world.now).advanced(by: -LedgerLimits.lateMinutes)
        #expect(try report(first) == .recorded)
        #expect(throws: CommandRefusal.minute(.tooLate(first: first))) {
            try report(first.advanced(by: -1))
        }
    }

    @Test("an outage that is reported afterwards counts, before and after it is settled")
    func late() throws {
        for back in 0..<Int64(5) {
            try report(last.advanced(by: -back), failed: back < 2 ? 60 : 0)
        }
        #expect(state(of: last) == .notAccessible)
        #expect(state(of: last.advanced(by: -4)) == .accessible)
        world.pass(hours: 49)
        try report(Minute(containing: world.now).advanced(by: -1))
        #expect(state(of: last) == .notAccessible)
        #expect(state(of: last.advanced(by: -1)) == .notAccessible)
        #expect(state(of: last.advanced(by: -2)) == .accessible)
        #expect(state(of: last.advanced(by: 1)) == .unmeasured)
    }

    @Test("the majority of the probes that measured it counts, whichever reports first")
    func majority() throws {
        try report(last, by: "a", failed: 60)
        #expect(state(of: last) == .notAccessible)
        try report(last, by: "b")
        #expect(state(of: last) == .notAccessible)
        try report(last, by: "c")
        #expect(state(of: last) == .accessible)
    }

    @Test("there are sixteen probes; one that was silent for two days makes room")
    func probes() throws {
        for number in 0..<LedgerLimits.probes { try report(last, by: "p\(number)") }
        #expect(throws: CommandRefusal.limitReached(name: "probes that report", limit: 16)) {
            try report(last, by: "another")
        }
        world.pass(hours: 47)
        let then = Minute(containing: world.now).advanced(by: -1)
        for number in 1..<LedgerLimits.probes { try report(then, by: "p\(number)") }
        world.pass(hours: 2)
        let now = Minute(containing: world.now).advanced(by: -1)
        #expect(try report(now, by: "another", failed: 60) == .recorded)
        #expect(world.ledger.catalogue.minutes.probes.count == LedgerLimits.probes)
        #expect(world.ledger.catalogue.minutes.probes[0].name == "another")
        #expect(state(of: last) == .accessible && state(of: then) == .accessible)
        #expect(state(of: now) == .notAccessible)
    }

    @Test("a probe that is removed is none until it reports again; what it reported stays")
    func removed() throws {
        try report(last, failed: 60)
        try report(last, by: "lyon", failed: 60)
        #expect(try world.apply(.service(.removeProbe("nobody"))) == .none)
        #expect(try world.apply(.service(.removeProbe("paris"))) == .recorded)
        #expect(try world.apply(.service(.removeProbe("paris"))) == .none)
        #expect(throws: CommandRefusal.self) { try world.apply(.service(.removeProbe("P"))) }
        #expect(world.ledger.catalogue.minutes.probes.map(\.name) == ["lyon"])
        #expect(state(of: last) == .notAccessible)
        let readBack = try world.ledger.readBack()
        #expect(readBack.catalogue.minutes == world.ledger.catalogue.minutes)
        #expect(try report(last, failed: 60) == .none, "it is on record")
        world.pass(milliseconds: 60_000)
        #expect(try report(last.advanced(by: 1)) == .recorded)
        #expect(world.ledger.catalogue.minutes.probes.map(\.name) == ["paris", "lyon"])
    }

    @Test("a change of the rule changes nothing that was reported before")
    func rule() throws {
        try report(last, failed: 5)
        var policy = Policy()
        policy.minuteBadPercent = 50
        try world.apply(.contract(.setPolicy(policy)))
        world.pass(milliseconds: 60_000)
        try report(last.advanced(by: 1), failed: 5)
        #expect(state(of: last) == .notAccessible)
        #expect(state(of: last.advanced(by: 1)) == .accessible)
    }

    @Test("a month by both readings: suspensions by A, by B those by the operator's fault alone")
    func month() throws {
        try world.open("summer")
        let client = try #require(world.ledger.catalogue.client("acme"))
        let begin = world.now
        for _ in 0..<100 {
            world.pass(milliseconds: 60_000)
            let over = Minute(containing: world.now).advanced(by: -1)
            try report(over)
            if over.starts == begin.advanced(byMilliseconds: 10 * 60_000) {
                try suspend(.robots, fault: nil)
            }
            if over.starts == begin.advanced(byMilliseconds: 20 * 60_000) {
                try suspend(.stability, fault: .operator)
            }
            if over.starts == begin.advanced(byMilliseconds: 25 * 60_000) {
                try world.apply(.operation(.resume(id: "summer", note: nil)))
            }
        }
        let month = world.ledger.catalogue.availability(
            CivilMonth(2026, 11), of: client, until: world.now)
        #expect(month.byA.pcMinutes == 100 && month.byA.dsMinutes == 85)
        #expect(month.byB.pcMinutes == 90 && month.byB.dsMinutes == 85)
        #expect(month.raw.pcMinutes == 100 && month.raw.unmeasuredMinutes == 0)
        #expect(month.budgetByA.lostMinutes == 15)
        let platform = world.ledger.catalogue.availability(
            CivilMonth(2026, 11), of: nil, until: world.now)
        #expect(platform.byA.dsMinutes == 100, "no suspension of one client is the platform's")
    }

    @Test("maintenance is out of a month, corrections count, each for whom it is; not as measured")
    func service() throws {
        try world.open("summer")
        try world.apply(.contract(.putClient(id: "bolt", name: "B")))
        let begin = world.now
        for number in 0..<60 {
            world.pass(milliseconds: 60_000)
            try report(
                Minute(containing: world.now).advanced(by: -1),
                failed: (10..<20).contains(number) ? 60 : 0)
            if number == 29 {
                let terms = MaintenanceTerms(kind: .emergency, client: "acme", note: "a disk")
                try world.apply(.maintenance(.announce(number: 1, terms)))
            }
            if number == 39 { try world.apply(.maintenance(.end(number: 1, note: nil))) }
        }
        try correct(10..<15, after: begin, for: "acme")
        try correct(15..<17, after: begin, for: nil)
        let acme = try month(of: "acme")
        #expect(acme.byA.pcMinutes == 50 && acme.byA.dsMinutes == 47)
        #expect(acme.byB.pcMinutes == 50 && acme.byB.dsMinutes == 47)
        #expect(acme.raw.pcMinutes == 60 && acme.raw.dsMinutes == 50)
        let bolt = try month(of: "bolt")
        #expect(bolt.byA.pcMinutes == 60 && bolt.byA.dsMinutes == 52)
        let platform = world.ledger.catalogue.availability(
            CivilMonth(2026, 11), of: nil, until: world.now)
        #expect(platform.byA.pcMinutes == 60 && platform.byA.dsMinutes == 52)
    }

    @Test("a reading of now waits two minutes for a report, and for as many probes as must measure")
    func measuredEnd() throws {
        let over = last.advanced(by: 1).starts
        var end: Timestamp { world.ledger.catalogue.measuredEnd(at: world.now) }
        let never = world.now.advanced(byMilliseconds: -120_000)
        #expect(end == Minute(containing: never).starts)
        try report(last)
        #expect(end == over)
        world.pass(milliseconds: 60_000)
        #expect(end == over)
        world.pass(milliseconds: 60_000)
        #expect(end == over)
        world.pass(milliseconds: 60_000)
        #expect(end == over.advanced(byMilliseconds: 60_000), "unmeasured from then on")
        var policy = Policy()
        policy.minuteMinimumProbes = 2
        try world.apply(.contract(.setPolicy(policy)))
        let next = last.advanced(by: 3)
        try report(next)
        #expect(end == over.advanced(byMilliseconds: 60_000))
        try report(next, by: "lyon")
        #expect(end == next.advanced(by: 1).starts)
    }

    @Test("the budget burns for all, or for a client alone; nothing is said where nobody measures")
    func burns() throws {
        try world.open("summer")
        try world.apply(.contract(.putClient(id: "bolt", name: "B")))
        #expect(world.ledger.catalogue.burns(at: world.now) == nil)
        func pass(failed: UInt32 = 0) throws -> Minute {
            world.pass(milliseconds: 60_000)
            let over = Minute(containing: world.now).advanced(by: -1)
            try report(over, failed: failed)
            return over
        }
        for _ in 0..<20 { _ = try pass() }
        let quiet = try #require(world.ledger.catalogue.burns(at: world.now))
        #expect(quiet.platform.urgency == nil && quiet.clients.isEmpty)
        let minute = try pass()
        try world.apply(
            .fact(
                .lostMinute(LostMinute(client: "acme", minute: minute, refused: 6, attempts: 100))))
        let one = try #require(world.ledger.catalogue.burns(at: world.now))
        #expect(one.platform.urgency == nil)
        #expect(one.clients == [.init(client: "acme", urgency: .page)])
        try expectEach(one)
        // A minute that is over and not reported yet is no failure.
        world.pass(milliseconds: 61_000)
        #expect(world.ledger.catalogue.burns(at: world.now)?.platform.urgency == nil)
        _ = try pass(failed: 60)
        let all = try #require(world.ledger.catalogue.burns(at: world.now))
        #expect(all.platform.urgency == .page && all.clients.map(\.client) == ["acme", "bolt"])
        #expect(all.platform == world.ledger.catalogue.burn(of: nil, at: world.now))
        // Days later nothing but what is on record of all counts for each client.
        world.pass(hours: 100)
        _ = try pass()
        try expectEach(try #require(world.ledger.catalogue.burns(at: world.now)))
    }

    /// All clients at once are what each is by itself.
    private func expectEach(_ burns: ServiceBurn) throws {
        for name in ["acme", "bolt"] {
            let client = try #require(world.ledger.catalogue.client(name))
            let burn = try #require(world.ledger.catalogue.burn(of: client, at: world.now))
            #expect(burn.urgency == burns.clients.first { $0.client == name }?.urgency)
        }
    }

    private func month(of name: String) throws -> MonthAvailability {
        let client = try #require(world.ledger.catalogue.client(name))
        return world.ledger.catalogue.availability(
            CivilMonth(2026, 11), of: client, until: world.now)
    }

    /// Says that minutes after a moment were accessible.
    private func correct(
        _ minutes: Range<Int64>, after begin: Timestamp, for client: String?
    ) throws {
        try world.apply(
            .service(
                .correctMinutes(
                    MinuteCorrection(
                        from: begin.advanced(byMilliseconds: minutes.lowerBound * 60_000),
                        to: begin.advanced(byMilliseconds: minutes.upperBound * 60_000),
                        becomes: .accessible, client: client, reason: "no network"))))
    }

    @Test("a month's incidents: opened in it or before it, and not resolved before it")
    func incidents() throws {
        try world.open("summer")
        for (number, client) in [(1, "acme"), (2, nil), (3, "acme")] as [(UInt32, String?)] {
            try world.apply(
                .incident(.open(number: number, IncidentOrder(.minor, title: "t", client: client))))
        }
        try world.apply(.incident(.act(number: 1, .resolve(.confirmed), note: nil)))
        let client = try #require(world.ledger.catalogue.client("acme"))
        func numbers(_ month: Int64, of client: Catalogue.Client?) -> [UInt32] {
            world.ledger.catalogue
                .monthlyReport(CivilMonth(2026, month), of: client, until: world.now)
                .incidents.map(\.number)
        }
        #expect(numbers(10, of: client).isEmpty)
        #expect(numbers(11, of: client) == [1, 2, 3])
        #expect(numbers(12, of: client) == [2, 3])
        #expect(numbers(11, of: nil) == [2])
    }

    private func suspend(_ ground: SuspensionGround, fault: SuspensionBasis.Party?) throws {
        try world.apply(
            .operation(
                .suspend(
                    id: "summer", ground: ground, until: nil, isDefinitive: false, note: "n",
                    basis: SuspensionBasis(fault: fault))))
    }

    @Test("a suspension that the ladder or the clock ends leaves its period")
    func expiry() throws {
        try world.open("summer")
        let client = try #require(world.ledger.catalogue.client("acme"))
        let starts = world.now
        try world.apply(
            .operation(
                .suspend(
                    id: "summer", ground: .security, until: starts.advanced(byMilliseconds: 1_000),
                    isDefinitive: false, note: "n")))
        world.pass(milliseconds: 1_000)
        world.ledger.expire(at: world.now)
        _ = world.ledger.drainEvents()
        world.pass(hours: 1)
        let facts = world.ledger.catalogue.serviceFacts(of: client, until: world.now)
        #expect(facts.suspensions.map(\.starts) == [starts])
        #expect(facts.suspensions.map(\.ends) == [starts.advanced(byMilliseconds: 1_000)])
        #expect(facts.suspensions.map(\.isOperatorsFaultAlone) == [false])
    }
}
