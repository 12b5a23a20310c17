package import Time

/// The operator's hours on business days, by local time.
package struct BusinessHours: Equatable, Sendable {
    /// Minutes after local midnight: 540 is 09:00.
    package let opensMinute: Int64
    /// More than ``opensMinute``, at most 1,440, the next midnight.
    package let closesMinute: Int64
    /// As ISO 8601 numbers them: 1 is Monday, 7 Sunday.
    package let weekdays: Set<Int>
    /// Days off in place of the public holidays; `nil`: the holidays of the operator's calendar.
    package let daysOff: Set<CivilDay>?

    /// The maximum number of days off that can be listed.
    package static var maximumDaysOff: Int { 366 }

    /// - Throws: ``BusinessHoursError``.
    package init(
        opensMinute: Int64 = 540, closesMinute: Int64 = 1_080,
        weekdays: Set<Int> = [1, 2, 3, 4, 5],
        daysOff: Set<CivilDay>? = nil
    ) throws(BusinessHoursError) {
        guard 0 <= opensMinute, opensMinute < closesMinute, closesMinute <= 1_440 else {
            throw .hours
        }
        guard !weekdays.isEmpty, weekdays.isSubset(of: 1...7) else { throw .weekdays }
        guard daysOff?.count ?? 0 <= Self.maximumDaysOff else { throw .tooManyDaysOff }
        self.opensMinute = opensMinute
        self.closesMinute = closesMinute
        self.weekdays = weekdays
        self.daysOff = daysOff
    }

    private init() {
        opensMinute = 540
        closesMinute = 1_080
        weekdays = [1, 2, 3, 4, 5]
        daysOff = nil
    }

    /// Monday to Friday, 09:00 to 18:00, public holidays out.
    package static let standard = BusinessHours()
}

/// What is wrong with business hours.
package enum BusinessHoursError: Error, Equatable {
    /// They open before they close, within one day.
    case hours
    /// There is at least one, of 1 to 7.
    case weekdays
    /// More than ``BusinessHours/maximumDaysOff``.
    case tooManyDaysOff
}

/// JSON holds the sets in order, so that one value is one text.
extension BusinessHours: Codable {
    private enum CodingKeys: String, CodingKey {
        case weekdays
        case opensMinute = "opens_minute"
        case closesMinute = "closes_minute"
        case daysOff = "days_off"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            opensMinute: try members.decode(Int64.self, forKey: .opensMinute),
            closesMinute: try members.decode(Int64.self, forKey: .closesMinute),
            weekdays: Set(try members.decode([Int].self, forKey: .weekdays)),
            daysOff: try members.decodeIfPresent([CivilDay].self, forKey: .daysOff).map { Set($0) })
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(opensMinute, forKey: .opensMinute)
        try members.encode(closesMinute, forKey: .closesMinute)
        try members.encode(weekdays.sorted(), forKey: .weekdays)
        try members.encodeIfPresent(daysOff?.sorted(), forKey: .daysOff)
    }
}
