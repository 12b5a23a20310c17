import Availability
import Time

@testable import Ledger

/// Incidents, maintenance, force majeure, business hours, corrections, changes.
extension EveryRecord {
    static var service: [AdministrativeCommand] {
        let order = IncidentOrder(
            .critical, title: "Nobody enters", note: "two\nlines/", client: "acme")
        let terms = MaintenanceTerms(
            kind: .scheduled, client: "acme", note: "n", starts: time, ends: later,
            recurrence: Recurrence(.days(7), occurrences: 4))
        let monthly = MaintenanceTerms(
            kind: .scheduled, starts: time, ends: later,
            recurrence: Recurrence(.monthly, occurrences: 2))
        return [
            .incident(.open(number: 1, order)),
            .incident(.open(number: 2, IncidentOrder(.minor, title: "t"), rule: "log-stopped")),
            .incident(.act(number: 1, .acknowledge, note: nil)),
            .incident(.act(number: 1, .addNote, note: "n")),
            .incident(.act(number: 1, .reclassify(.minor), note: "n")),
            .incident(.act(number: 1, .resolve(.notOurs), note: nil)),
            .incident(.act(number: 1, .reopen, note: nil)),
            .maintenance(.announce(number: 1, terms)),
            .maintenance(.announce(number: 5, monthly)),
            .maintenance(.announce(number: 7, MaintenanceTerms(kind: .emergency))),
            .maintenance(.extend(number: 7, until: later, note: "n")),
            .maintenance(.end(number: 7, note: nil)),
            .maintenance(.endSeries(number: 1, note: "n")),
            .service(.setCalendar(BusinessCalendar(.standard))),
            .service(.setCalendar(daysOff)),
            .service(
                .setCalendar(
                    BusinessCalendar(
                        .standard,
                        zone: BusinessCalendar.Zone(timeZone: "UTC", localTime: .utc),
                        holidays: nil))),
            .service(
                .setCalendar(
                    BusinessCalendar(.standard, zone: nil, holidays: .alsaceMoselle))),
            .service(.beginForceMajeure(number: 1, kind: "flood", starts: time, note: "n")),
            .service(.endForceMajeure(number: 1, note: nil)),
            .service(
                .correctMinutes(
                    MinuteCorrection(
                        from: time, to: later, becomes: .notAccessible, client: "acme",
                        reason: "r"))),
            .service(
                .correctMinutes(
                    MinuteCorrection(from: time, to: later, becomes: .asMeasured, reason: "r"))),
            .service(
                .announceChange(
                    number: 1,
                    ChangeTerms(
                        client: "acme", note: "two\nlines/", degrades: true,
                        takesEffectAt: later))),
            .service(
                .announceChange(
                    number: 2, ChangeTerms(note: "n", degrades: false, takesEffectAt: time))),
            .service(.withdrawChange(number: 1, note: "n")),
            .service(.withdrawChange(number: 2, note: nil)),
            .service(.removeProbe("paris-1")),
        ]
    }

    private static var daysOff: BusinessCalendar {
        do {
            return BusinessCalendar(
                try BusinessHours(
                    opensMinute: 480, closesMinute: 1_440, weekdays: [1, 6],
                    daysOff: [CivilDay(2026, 12, 24), CivilDay(2026, 12, 31)]),
                calendar: OperatorCalendar(timeZone: "Europe/Paris", holidays: .alsaceMoselle))
        } catch {
            preconditionFailure("hours in order: \(error)")
        }
    }
}
