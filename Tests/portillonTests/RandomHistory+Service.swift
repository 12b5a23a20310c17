import Availability
import Ledger
import Time

/// Incidents, maintenance, force majeure, business hours, corrections and changes.
extension RandomHistory {
    /// One of each kind; then time passes, until an incident is overdue and force majeure lasts.
    mutating func writeService() throws {
        let order = IncidentOrder(.critical, title: "No entry", note: "n", client: "acme")
        try apply(.incident(.open(number: 1, order)))
        try apply(.incident(.open(number: 2, IncidentOrder(.minor, title: "slow"))))
        let actions: [IncidentAction] = [
            .acknowledge, .addNote, .reclassify(.minor), .resolve(.notOurs), .reopen,
        ]
        for action in actions {
            try apply(.incident(.act(number: 1, action, note: "two\nlines")))
        }
        func after(_ hours: Int64) -> Timestamp {
            now.advanced(byMilliseconds: hours * 3_600_000)
        }
        let terms = MaintenanceTerms(
            kind: .scheduled, client: "acme", starts: after(24), ends: after(25),
            recurrence: Recurrence(.days(7), occurrences: 3))
        try apply(.maintenance(.announce(number: 1, terms)))
        try apply(.maintenance(.announce(number: 4, MaintenanceTerms(kind: .emergency))))
        try apply(.maintenance(.extend(number: 4, until: after(9), note: "n")))
        try apply(.maintenance(.end(number: 4, note: nil)))
        try apply(.maintenance(.endSeries(number: 1, note: nil)))
        try apply(.service(.setCalendar(BusinessCalendar(.standard))))
        for number in 1...2 as ClosedRange<UInt32> {
            try apply(
                .service(
                    .beginForceMajeure(
                        number: number, kind: "flood", starts: after(-40 * 24), note: nil)))
        }
        try apply(.service(.endForceMajeure(number: 2, note: "n")))
        let worse = ChangeTerms(
            client: "acme", note: "exports by night only", degrades: true,
            takesEffectAt: after(40 * 24))
        try apply(.service(.announceChange(number: 1, worse)))
        let other = ChangeTerms(note: "a new page", degrades: false, takesEffectAt: after(24))
        try apply(.service(.announceChange(number: 2, other)))
        try apply(.service(.withdrawChange(number: 2, note: "n")))
        let tally = ProbeTally(attempts: 60, failed: 0, slow: 0)
        if let tally {
            let over = Minute(containing: now).advanced(by: -1)
            try apply(
                .fact(.probeMinute(ProbeMinute(probe: "old", minute: over, tally: tally))))
        }
        try apply(.service(.removeProbe("old")))
        let minute = now.milliseconds / 60_000 * 60_000
        try apply(
            .service(
                .correctMinutes(
                    MinuteCorrection(
                        from: Timestamp(milliseconds: minute - 600_000),
                        to: Timestamp(milliseconds: minute), becomes: .unmeasured,
                        reason: "no network"))))
        try pass(milliseconds: 8 * 86_400_000)
    }
}
