internal import Availability
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time

/// How the service stands, for each status: what takes some reckoning is made anew every few
/// seconds, however many ask.
final class ServiceStanding: Sendable {
    private struct Made {
        let measured: ServiceStandingView.Measured
        let nanoseconds: UInt64
    }

    private let made = Mutex<Made?>(nil)

    private static var freshNanoseconds: UInt64 { 5_000_000_000 }
    /// A probe that reports has been heard within so long; the alert's time.
    private static var silentMilliseconds: Int64 { 300_000 }
    /// One that was silent for longer is none any more.
    private static var goneMilliseconds: Int64 { 2 * 86_400_000 }
    private static var dayMilliseconds: Int64 { 86_400_000 }

    func view(_ control: Control) -> ServiceStandingView {
        let nanoseconds = control.shared.clock.monotonicNanoseconds()
        let now = control.shared.ledgerTime
        let catalogue = control.shared.projected.catalogue
        let incidents = ServiceStandingView.Incidents(catalogue.service.records, at: now)
        let last = made.withLock { $0 }
        if let last, nanoseconds &- last.nanoseconds < Self.freshNanoseconds {
            return ServiceStandingView(incidents, last.measured)
        }
        // Without the lock: two that make it at once make the same.
        let measured = measure(catalogue, control, at: now)
        made.withLock { $0 = Made(measured: measured, nanoseconds: nanoseconds) }
        return ServiceStandingView(incidents, measured)
    }

    private func measure(
        _ catalogue: Catalogue, _ control: Control, at now: Timestamp
    ) -> ServiceStandingView.Measured {
        let facts = catalogue.serviceFacts(of: nil, until: now)
        let localTime = catalogue.calendar.localTime
        let month = MonthAvailability(
            CivilMonth(at: now, in: localTime), of: facts, in: localTime, until: now)
        let last = facts.lastMeasured(of: ServiceStatus.freshMinutes, before: now)
        let silent = catalogue.minutes.probes.filter { probe in
            let age = now.milliseconds - probe.reportedAt.milliseconds
            return age > Self.silentMilliseconds && age < Self.goneMilliseconds
        }
        let waves = CalendarReader(control).waves(
            from: now, to: now.advanced(byMilliseconds: Self.dayMilliseconds)
        ).waves
        return ServiceStandingView.Measured(
            state: last?.state ?? .unmeasured, measuredAt: last?.minute.starts.rfc3339,
            silentProbes: silent.map(\.name), month: month.month.text,
            minutes: ReadingView(month.byA, month.budgetByA, month.commitment),
            burning: catalogue.burn(of: nil, at: now)?.urgency,
            waves: waves.prefix(ServiceStandingView.maximumWaves).map {
                WaveView($0, isNamed: true)
            }, robots: robots(control.shared.robots))
    }

    /// Over all operations, the most first.
    private func robots(_ reporter: RobotReporter) -> [ServiceStandingView.Robots] {
        var entries: [UInt32: UInt64] = [:]
        for (cell, count) in reporter.counts.totals where cell.subject == .heaviest {
            entries[cell.value, default: 0] &+= count
        }
        let rules = reporter.names.all.rules
        return entries.compactMap { hash, count in
            rules[hash].map { ServiceStandingView.Robots(rule: $0.name, entries: count) }
        }
        .sorted { ($1.entries, $0.rule) < ($0.entries, $1.rule) }
        .prefix(ServiceStandingView.maximumRules).map { $0 }
    }
}
