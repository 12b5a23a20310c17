package import Time

/// Business hours and business days of the operator's calendar (C11, C14).
package struct BusinessTime: Equatable, Sendable {
    package let calendar: OperatorCalendar
    package let hours: BusinessHours

    package init(_ calendar: OperatorCalendar, _ hours: BusinessHours = .standard) {
        self.calendar = calendar
        self.hours = hours
    }

    /// Whether the operator works on a day.
    package func isBusinessDay(_ day: CivilDay) -> Bool {
        hours.weekdays.contains(day.weekday)
            && !(hours.daysOff?.contains(day) ?? calendar.holidays.contains(day))
    }

    /// From opening to closing on a day; `nil` where the operator does not work then, or where the
    /// clocks leave these hours out.
    package func openInterval(on day: CivilDay) -> Range<Timestamp>? {
        guard isBusinessDay(day) else { return nil }
        let opens = moment(of: day, minute: hours.opensMinute)
        let closes = moment(of: day, minute: hours.closesMinute)
        return opens < closes ? opens..<closes : nil
    }

    /// Whether a moment lies in the operator's hours.
    package func isOpen(at time: Timestamp) -> Bool {
        openInterval(on: day(of: time))?.contains(time) ?? false
    }

    /// The moment at which so much business time has passed since another one; the closing, where
    /// it is used up exactly then. A night, a weekend and a holiday do not count.
    /// - Parameter milliseconds: above 0, at most 1,000 hours.
    package func moment(
        afterBusinessMilliseconds milliseconds: Int64, from time: Timestamp
    ) -> Timestamp {
        precondition((1...3_600_000_000).contains(milliseconds), "a response time is in its range")
        var remaining = milliseconds
        var day = day(of: time)
        while true {
            if let interval = openInterval(on: day), time < interval.upperBound {
                let from = max(time, interval.lowerBound)
                let available = interval.upperBound.milliseconds - from.milliseconds
                if remaining <= available { return from.advanced(byMilliseconds: remaining) }
                remaining -= available
            }
            day = day.advanced(by: 1)
        }
    }

    /// The closing of the last of so many business days.
    ///
    /// A day counts only if business hours of it are left: an event after closing, on a weekend
    /// or on a holiday begins with the next business day.
    /// - Parameters:
    ///   - days: 1...1,000.
    ///   - start: whether the event's own day may be the first.
    package func closing(
        ofBusinessDays days: Int, from time: Timestamp, _ start: DayPeriod.Start
    ) -> Timestamp {
        precondition((1...1_000).contains(days), "a response time is in its range")
        var remaining = days
        var day = day(of: time)
        if start == .dayAfter { day = day.advanced(by: 1) }
        while true {
            if let interval = openInterval(on: day), time < interval.upperBound {
                remaining -= 1
                if remaining == 0 { return interval.upperBound }
            }
            day = day.advanced(by: 1)
        }
    }

    /// Times that cannot be written are no events; they would be searched for too long.
    private func day(of time: Timestamp) -> CivilDay {
        precondition(time.isWritable, "an event has a time that can be written")
        return calendar.localTime.civil(at: time).day
    }

    private func moment(of day: CivilDay, minute: Int64) -> Timestamp {
        calendar.localTime.moment(of: day, millisecondOfDay: minute * 60_000)
    }
}
