internal import Availability
internal import Exposition
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time

/// The families that tell of the promise (C10): the current month of the platform as a whole, by A.
extension Metrics {
    func writeAvailability(_ writer: inout MetricsWriter) {
        let catalogue = shared.projected.catalogue
        let now = shared.ledgerTime
        let day = catalogue.calendar.localTime.civil(at: now).day
        let month = catalogue.availability(CivilMonth(containing: day), of: nil, until: now)
        let reading = month.byA
        writer.family(
            "portillon_availability_ratio", .gauge,
            help: "Accessible minutes of the current month by those that count; NaN without any.")
        let ratio = Double(reading.dsMinutes) / Double(reading.pcMinutes)
        writer.sample(reading.pcMinutes > 0 ? ratio : .nan) { labels in
            labels.add("month", month.month.text)
        }
        writer.family(
            "portillon_availability_seconds", .gauge, unit: "seconds",
            help: "Seconds of the current month that count, by what was found of their minutes.")
        let minutes: [(StaticString, Int64)] = [
            ("accessible", reading.dsMinutes), ("not", reading.notAccessibleMinutes),
            ("unmeasured", reading.unmeasuredMinutes),
        ]
        for (outcome, count) in minutes {
            writer.sample(Double(count) * 60) { $0.add("outcome", outcome) }
        }
        writer.family(
            "portillon_error_budget_seconds", .gauge, unit: "seconds",
            help: "Seconds that may still be lost this month; below 0 the promise is broken.")
        writer.sample(Double(month.budgetByA.remainingMinutes) * 60)
        writer.family(
            "portillon_probe_last_report_timestamp_seconds", .gauge, unit: "seconds",
            help: "When a probe's last report was recorded, since 1970-01-01T00:00:00Z.")
        for probe in catalogue.minutes.probes {
            writer.sample(Double(probe.reportedAt.milliseconds) / 1_000) {
                $0.add("probe", probe.name)
            }
        }
    }
}
