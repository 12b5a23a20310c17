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
        let month = catalogue.availability(
            CivilMonth(containing: day), of: nil, until: catalogue.measuredEnd(at: now))
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
            "portillon_error_budget_allowed_seconds", .gauge, unit: "seconds",
            help: "Seconds that may be lost of the whole month.")
        writer.sample(Double(month.budgetByA.allowedMinutes) * 60)
        writeBurns(&writer, burns.read())
        writer.family(
            "portillon_probe_last_report_timestamp_seconds", .gauge, unit: "seconds",
            help: "When a probe's last report was recorded, since 1970-01-01T00:00:00Z.")
        for probe in catalogue.minutes.probes {
            writer.sample(Double(probe.reportedAt.milliseconds) / 1_000) {
                $0.add("probe", probe.name)
            }
        }
    }

    private func writeBurns(_ writer: inout MetricsWriter, _ burns: ServiceBurn?) {
        writer.family(
            "portillon_budget_burn", .gauge,
            help: "How fast the platform's error budget is used up; 1 spends it in a month.")
        for rate in burns?.platform.rates ?? [] {
            guard let value = rate.value else { continue }
            writer.sample(value) { $0.add("window", Self.window(rate.windowMinutes)) }
        }
        writer.family(
            "portillon_clients_burning", .gauge,
            help: "Clients whose error budget burns so fast that a rule alerts (C10).")
        for urgency in BurnRateRule.Urgency.allCases {
            guard let burns else { break }
            writer.sample(burns.clients.count { $0.urgency == urgency }) {
                $0.add("urgency", urgency.rawValue)
            }
        }
        writer.family(
            "portillon_client_burning", .gauge,
            help: "1 for each of those clients, the first 20 by name.")
        for burning in burns?.clients.prefix(Self.maximumClients) ?? [] {
            writer.sample(1) { labels in
                labels.add("client", burning.client)
                labels.add("urgency", burning.urgency.rawValue)
            }
        }
    }

    private static var maximumClients: Int { 20 }

    /// As Prometheus writes a duration: `30m`.
    private static func window(_ minutes: Int64) -> String {
        if minutes.isMultiple(of: 1_440) { return "\(minutes / 1_440)d" }
        return minutes.isMultiple(of: 60) ? "\(minutes / 60)h" : "\(minutes)m"
    }
}
