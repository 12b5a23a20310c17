package import Time

/// What a client is told of a month, as values: how it is shown is another matter.
package struct MonthlyReport: Equatable, Sendable {
    /// The minutes of one local day, by A; a day of the contract has 1,440, and an hour less or
    /// more where the clocks are changed.
    package struct Day: Equatable, Sendable, BitwiseCopyable {
        package let day: CivilDay
        package let reading: AvailabilityReading
        /// In maintenance.
        package let excludedMinutes: Int64
    }

    package let client: String
    package let availability: MonthAvailability
    /// Those days of the month that are over, in part too.
    package let days: [Day]
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
            let ends = maintenance.ends ?? max(now, maintenance.starts)
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

    private static func days(of month: MonthAvailability, in localTime: LocalTime) -> [Day] {
        let minutes = month.minutes
        let all = month.month
        return (0..<all.days).compactMap { number in
            let day = all.firstDay.advanced(by: number)
            let starts = localTime.start(of: day)
            let ends = max(starts, localTime.start(of: day.advanced(by: 1)))
            let part = RangeSet(Range<Minute>(beginningIn: starts..<ends))
            let counted = minutes.raw.pc.intersection(part)
            guard !counted.isEmpty else { return nil }
            let pc = minutes.a.pc.intersection(part)
            return Day(
                day: day,
                reading: AvailabilityReading(
                    pcMinutes: pc.length, dsMinutes: minutes.a.ds.intersection(pc).length,
                    unmeasuredMinutes: minutes.a.unmeasured.intersection(pc).length),
                excludedMinutes: counted.length - pc.length)
        }
    }
}
