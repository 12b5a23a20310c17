package import Availability
package import Time

/// The operator's business hours as a person has set them (C11, C14).
package struct BusinessCalendar: Equatable, Codable, Sendable {
    package var hours: BusinessHours
    /// A time zone and public holidays of their own; `nil`: the operator's, whatever they are.
    private var calendar: OperatorCalendar?
    /// A time zone alone: the holidays are the operator's, whatever they are.
    private var zone: Zone?
    /// Public holidays alone: the time zone is the operator's, whatever it is.
    private var holidays: PublicHolidays?

    /// A time zone as a person names it, and its rules.
    package struct Zone: Equatable, Codable, Sendable {
        package let timeZone: String
        package let localTime: LocalTime

        package init(timeZone: String, localTime: LocalTime) {
            self.timeZone = timeZone
            self.localTime = localTime
        }

        private enum CodingKeys: String, CodingKey {
            case timeZone = "time_zone"
            case localTime = "local_time"
        }
    }

    package init(_ hours: BusinessHours, calendar: OperatorCalendar? = nil) {
        self.hours = hours
        self.calendar = calendar
    }

    /// - Parameters: `nil`: the operator's, whatever they are.
    package init(_ hours: BusinessHours, zone: Zone?, holidays: PublicHolidays?) {
        self.hours = hours
        if let zone, let holidays {
            calendar = OperatorCalendar(
                timeZone: zone.timeZone, localTime: zone.localTime, holidays: holidays)
        } else {
            self.zone = zone
            self.holidays = holidays
        }
    }

    /// The name of the time zone of its own; `nil`: it has none.
    package var timeZone: String? { calendar?.timeZone ?? zone?.timeZone }

    /// The calendar that the hours are in.
    /// - Parameter others: the operator's, for what is not its own.
    package func calendar(beside others: OperatorCalendar) -> OperatorCalendar {
        if let calendar { return calendar }
        return OperatorCalendar(
            timeZone: zone?.timeZone ?? others.timeZone,
            localTime: zone?.localTime ?? others.localTime,
            holidays: holidays ?? others.holidays)
    }
}
