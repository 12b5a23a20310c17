import Availability
import Foundation
import Testing
import Time

@Suite("What a client is told of a month")
struct MonthlyReportTests {
    private let november = CivilMonth(2026, 11)
    private let anne = IncidentAuthor(.operator, name: "anne")
    private let business = BusinessTime(Paris.calendar)

    private func report(
        _ facts: ServiceFacts, _ records: ServiceRecords = ServiceRecords(),
        of month: CivilMonth? = nil
    ) -> MonthlyReport {
        MonthlyReport(
            month ?? november, client: "brand", facts, records, in: Paris.localTime,
            until: Paris.at(2027, 3, 1))
    }

    private func facts() -> ServiceFacts {
        ServiceFacts(
            contract: Paris.at(2026, 10, 10, 12)..<utc(2030, 1, 1),
            platform: .of(.accessible, Paris.at(2026, 10, 1)..<Paris.at(2026, 11, 20)))
    }

    @Test("The days add up to the month, by A")
    func days() {
        var facts = facts()
        facts.maintenance = [
            MaintenancePeriod(
                kind: .scheduled, starts: Paris.at(2026, 11, 9, 23),
                ends: Paris.at(2026, 11, 10, 1))
        ]
        let report = report(facts)
        #expect(report.days.count == 30)
        #expect(report.days[8].excludedMinutes == 60 && report.days[9].excludedMinutes == 60)
        #expect(report.days[0].reading.percentText == "100.000")
        #expect(report.days[29].reading.unmeasuredMinutes == 1_440)
        let sums = report.days.reduce(into: [Int64](repeating: 0, count: 4)) { sums, day in
            sums[0] += day.reading.pcMinutes
            sums[1] += day.reading.dsMinutes
            sums[2] += day.reading.unmeasuredMinutes
            sums[3] += day.excludedMinutes
        }
        let month = report.availability.byA
        #expect(sums == [month.pcMinutes, month.dsMinutes, month.unmeasuredMinutes, 120])
    }

    @Test("A contract's first month begins with its day; October's last Sunday has 25 hours")
    func firstMonth() {
        let october = report(facts(), of: CivilMonth(2026, 10))
        #expect(october.days.first?.day == CivilDay(2026, 10, 10))
        #expect(october.days.first?.reading.pcMinutes == 720)
        let sunday = october.days.first { $0.day == CivilDay(2026, 10, 25) }
        #expect(sunday?.reading.pcMinutes == 1_500)
    }

    @Test("Incidents that were open in the month are in it, those of others are not")
    func incidents() throws {
        var records = ServiceRecords()
        func open(_ client: String?, _ opened: Timestamp, resolved: Timestamp?) throws {
            let number = try records.incidents.open(
                IncidentOrder(.minor, title: "x", client: client), at: opened, by: anne,
                in: business)
            guard let resolved else { return }
            try records.incidents.apply(
                .resolve(.confirmed), to: number, at: resolved, by: anne, in: business)
        }
        let october = Paris.at(2026, 10, 20)
        try open("brand", october, resolved: Paris.at(2026, 10, 21))
        try open("brand", october, resolved: Paris.at(2026, 11, 2))
        try open(nil, october, resolved: nil)
        try open("other", Paris.at(2026, 11, 5), resolved: nil)
        try open("brand", Paris.at(2026, 11, 5), resolved: Paris.at(2026, 12, 5))
        try open("brand", Paris.at(2026, 12, 1), resolved: nil)
        #expect(report(facts(), records).incidents.map(\.number) == [2, 3, 5])
    }

    @Test("Maintenance, corrections and force majeure are named where they touch the month")
    func records() throws {
        var records = ServiceRecords()
        for month in [Int64(10), 11, 12] {
            let starts = Paris.at(2026, month, 15, 2)
            _ = try records.maintenance.announce(
                MaintenanceOrder(
                    kind: .scheduled, starts: starts,
                    ends: starts.advanced(byMilliseconds: 3_600_000)),
                at: Paris.at(2026, 10, 1), in: Paris.localTime)
        }
        _ = try records.forceMajeure.start(
            kind: "strike", note: "", starts: Paris.at(2026, 11, 30, 12), by: Paris.calendar)
        var facts = facts()
        for month in [Int64(11), 12] {
            let noon = Paris.at(2026, month, 10, 12)
            facts.corrections.append(
                try Correction(
                    Range(beginningIn: noon..<noon.advanced(byMilliseconds: 60_000)),
                    are: .unmeasured, author: "anne", reason: "wrong clock",
                    recordedAt: Paris.at(2027, 1, 1)))
        }
        let report = report(facts, records)
        #expect(report.maintenance.map(\.number) == [2])
        #expect(report.corrections == [facts.corrections[0]])
        #expect(report.forceMajeure.map(\.number) == [1])
        let data = try JSONEncoder().encode(records)
        #expect(try JSONDecoder().decode(ServiceRecords.self, from: data) == records)
    }

    @Test("Maintenance that a person ended is in the months until then, and in none after it")
    func stoppedMaintenance() throws {
        var records = ServiceRecords()
        func emergency(until end: Timestamp?, stopped: Timestamp?) throws {
            let starts = Paris.at(2026, 10, 15, 2)
            let number = try records.maintenance.announce(
                MaintenanceOrder(kind: .emergency, starts: starts, ends: end),
                at: starts, in: Paris.localTime
            )[0]
            if let stopped { try records.maintenance.stop(number, at: stopped) }
        }
        try emergency(until: nil, stopped: Paris.at(2026, 10, 15, 3))
        try emergency(until: nil, stopped: Paris.at(2026, 11, 1, 3))
        try emergency(until: Paris.at(2026, 11, 2), stopped: Paris.at(2026, 10, 15, 3))
        try emergency(until: Paris.at(2026, 11, 2), stopped: nil)
        try emergency(until: nil, stopped: nil)
        #expect(report(facts(), records).maintenance.map(\.number) == [2, 4, 5])
        let october = report(facts(), records, of: CivilMonth(2026, 10))
        #expect(october.maintenance.count == 5)
    }

    @Test("Announced changes are in the months from their announcement to their effect")
    func changes() throws {
        var records = ServiceRecords()
        func announce(_ client: String?, _ time: Timestamp, effect: Timestamp) throws -> UInt32 {
            try records.changes.announce(
                client: client, note: "x", degrades: false, takesEffectAt: effect, at: time,
                by: Paris.calendar)
        }
        let october = Paris.at(2026, 10, 12)
        _ = try announce(nil, october, effect: Paris.at(2026, 10, 31, 23))
        _ = try announce(nil, october, effect: Paris.at(2026, 11, 1))
        _ = try announce("other", october, effect: Paris.at(2026, 11, 2))
        _ = try announce("brand", october, effect: Paris.at(2026, 12, 2))
        let withdrawn = try announce("brand", october, effect: Paris.at(2026, 12, 3))
        try records.changes.withdraw(withdrawn, at: Paris.at(2026, 10, 20))
        let later = try announce("brand", october, effect: Paris.at(2026, 12, 4))
        try records.changes.withdraw(later, at: Paris.at(2026, 11, 20))
        _ = try announce(nil, Paris.at(2026, 11, 30, 23), effect: Paris.at(2027, 1, 4))
        _ = try announce(nil, Paris.at(2026, 12, 1), effect: Paris.at(2027, 1, 5))
        #expect(report(facts(), records).changes.map(\.number) == [2, 4, 6, 7])
        let december = report(facts(), records, of: CivilMonth(2026, 12))
        #expect(december.changes.map(\.number) == [4, 7, 8])
    }

    @Test("A consumption statement has a row for each operation, and their sums")
    func consumption() {
        var refused = Consumption()
        refused.answers.refused = 4
        func row(
            _ client: String, _ operation: String, _ title: String, _ used: Consumption
        ) -> ConsumptionStatement.Row {
            .init(client: client, operation: operation, title: title, used: used)
        }
        let statement = ConsumptionStatement(
            month: november,
            rows: [
                row("brand", "noel", "Old", Consumption(entries: 5, participants: 3, robots: 1)),
                row("brand", "ete", "Summer", Consumption(entries: 10, participants: 9)),
                row("brand", "idle", "Nothing", Consumption()),
                row("other", "ete", "Another's", refused),
                row("brand", "noel", "New", Consumption(entries: 2, robots: .max)),
            ])
        #expect(statement.rows.map(\.operation) == ["ete", "noel", "ete"])
        #expect(statement.rows.map(\.title) == ["Summer", "New", "Another's"])
        #expect(statement.rows[1].used == Consumption(entries: 7, participants: 3, robots: .max))
        #expect(statement.rows[2].used.answers.total == 4)
        #expect(statement.total.entries == 17 && statement.total.participants == 12)
        #expect(statement.total.answers == refused.answers)
    }
}
