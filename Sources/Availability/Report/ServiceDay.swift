package import Time

/// The minutes of one local day of a client's service, by A.
package struct ServiceDay: Equatable, Sendable, BitwiseCopyable {
    package let day: CivilDay
    /// The minutes that count and are over.
    package let reading: AvailabilityReading
    /// Those that maintenance takes out.
    package let excludedMinutes: Int64

    /// - Parameters:
    ///   - minutes: of the day, or of a span that it is in.
    ///   - span: the day's own minutes, those that are over.
    init(_ day: CivilDay, of minutes: ServiceMinutes, in span: Range<Minute>) {
        let part = RangeSet(span)
        let pc = minutes.a.pc.intersection(part)
        self.day = day
        reading = AvailabilityReading(
            pcMinutes: pc.length, dsMinutes: minutes.a.ds.intersection(pc).length,
            unmeasuredMinutes: minutes.a.unmeasured.intersection(pc).length)
        excludedMinutes = minutes.raw.pc.intersection(part).length - pc.length
    }

    /// The minutes of a local day: 1,440, and an hour less or more where the clocks are changed.
    static func minutes(of day: CivilDay, in localTime: LocalTime) -> Range<Minute> {
        let starts = localTime.start(of: day)
        return Range(
            beginningIn: starts..<max(starts, localTime.start(of: day.advanced(by: 1))))
    }

    /// The last days, the oldest first; the last one is the current day, as far as it is over.
    ///
    /// Each day is reckoned by itself, so that the cost is linear in what is kept, however often
    /// the service's state changed.
    package static func last(
        _ count: Int64, of facts: ServiceFacts, in localTime: LocalTime, until now: Timestamp
    ) -> [ServiceDay] {
        let today = localTime.civil(at: now).day
        let over = Minute(containing: now)
        return (0..<count).map { number in
            let day = today.advanced(by: number - count + 1)
            let all = minutes(of: day, in: localTime)
            let span = all.lowerBound..<max(all.lowerBound, min(all.upperBound, over))
            return ServiceDay(
                day, of: ServiceMinutes(facts.within(span), in: span), in: span)
        }
    }
}

extension AvailabilityReading {
    /// All these days together.
    package init(_ days: some Sequence<ServiceDay>) {
        var (pc, ds, unmeasured): (Int64, Int64, Int64) = (0, 0, 0)
        for day in days {
            pc += day.reading.pcMinutes
            ds += day.reading.dsMinutes
            unmeasured += day.reading.unmeasuredMinutes
        }
        self.init(pcMinutes: pc, dsMinutes: ds, unmeasuredMinutes: unmeasured)
    }
}

extension ServiceFacts {
    /// The last minute that counts and was measured, of the `count` minutes before a moment, and
    /// what it was found to be; `nil` where none was.
    package func lastMeasured(
        of count: Int64, before now: Timestamp
    ) -> (minute: Minute, state: MinuteState)? {
        let over = Minute(containing: now)
        let span = over.advanced(by: -count)..<over
        let minutes = ServiceMinutes(within(span), in: span).a
        for back in 1...max(count, 1) {
            let minute = over.advanced(by: -back)
            guard minutes.pc.contains(minute), !minutes.unmeasured.contains(minute) else {
                continue
            }
            return (minute, minutes.ds.contains(minute) ? .accessible : .notAccessible)
        }
        return nil
    }

    /// The same facts with those periods alone that share a moment with a span.
    func within(_ span: Range<Minute>) -> ServiceFacts {
        let interval = span.lowerBound.starts..<span.upperBound.starts
        var facts = self
        facts.corrections.removeAll { !$0.minutes.overlaps(span) }
        facts.maintenance.removeAll { !$0.interval.overlaps(interval) }
        facts.suspensions.removeAll { !$0.interval.overlaps(interval) }
        return facts
    }
}
