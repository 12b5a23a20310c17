/// The operator's time zone and days off: what operations without a zone of their own, months and
/// periods of days go by.
///
/// Recorded with the start of a process where it is another than the one in force: what is decided
/// by it follows from the log alone.
package struct OperatorCalendar: Equatable, Codable, Sendable {
    /// IANA name.
    package var timeZone: String
    package var localTime: LocalTime
    package var holidays: PublicHolidays

    package init(
        timeZone: String = "UTC", localTime: LocalTime = .utc, holidays: PublicHolidays = .france
    ) {
        self.timeZone = timeZone
        self.localTime = localTime
        self.holidays = holidays
    }

    private enum CodingKeys: String, CodingKey {
        case timeZone = "time_zone"
        case localTime = "local_time"
        case holidays
    }

    /// The first moment after a period: the local midnight at which its last day ends.
    /// - Parameter moment: the event's.
    package func end(of period: DayPeriod, from moment: Timestamp) -> Timestamp {
        let day = CivilDay(number: Int64(localTime.localDay(at: moment)))
        return localTime.start(of: period.end(from: day, holidays))
    }
}
