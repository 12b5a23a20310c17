package import Time

/// What a client is told of a month, as values: how it is shown is another matter.
package struct MonthlyReport: Equatable, Sendable {
    package let client: String
    package let availability: MonthAvailability
    /// Those days of the month that are over, in part too.
    package let days: [ServiceDay]
    /// Those that were opened in the month or before it, and not resolved before it.
    package let incidents: [Incident]
    /// That in the month, for all clients and for this one, what was cancelled too.
    package let maintenance: [Maintenance]
    /// Announced in the month or before it, for all clients and for this one, and neither withdrawn
    /// nor in effect before it.
    package let changes: [ServiceChange]
    /// Those of minutes of the month.
    package let corrections: [Correction]
    /// The periods that share a moment with the month. They change no figure.
    package let forceMajeure: [ForceMajeure]

    /// - Parameters:
    ///   - facts: the client's. Its corrections are those for all clients and for this one.
    ///   - now: minutes that have not ended by then are not counted.
    package init(
        _ month: CivilMonth, client: String, _ facts: ServiceFacts, _ records: ServiceRecords,
        in localTime: LocalTime, until now: Timestamp, _ commitment: Commitment = .standard
    ) {
        let interval = month.interval(in: localTime)
        let span = Range<Minute>(beginningIn: interval)
        self.client = client
        availability = MonthAvailability(month, of: facts, in: localTime, until: now, commitment)
        days = Self.days(of: availability, in: localTime)
        incidents = records.incidents.all(for: client, during: interval)
        maintenance = records.maintenance.all(for: client).filter { maintenance in
            let ends = maintenance.lastMoment ?? max(now, maintenance.starts)
            return maintenance.starts < interval.upperBound && ends > interval.lowerBound
        }
        changes = records.changes.all(for: client).filter { change in
            change.announcedAt < interval.upperBound
                && (change.withdrawnAt ?? change.takesEffectAt) >= interval.lowerBound
        }
        corrections = facts.corrections.filter { !$0.minutes.clamped(to: span).isEmpty }
        forceMajeure = records.forceMajeure.all.filter { period in
            period.starts < interval.upperBound
                && period.ends.map { $0 > interval.lowerBound } ?? true
        }
    }

    private static func days(
        of month: MonthAvailability, in localTime: LocalTime
    ) -> [ServiceDay] {
        (0..<month.month.days).compactMap { number in
            let day = month.month.firstDay.advanced(by: number)
            let found = ServiceDay(
                day, of: month.minutes, in: ServiceDay.minutes(of: day, in: localTime))
            return found.reading.pcMinutes + found.excludedMinutes > 0 ? found : nil
        }
    }
}
