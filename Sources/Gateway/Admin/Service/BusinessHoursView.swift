internal import Availability
internal import Ledger
internal import Time
internal import Wire

/// The operator's business hours in force (C11, C14).
struct BusinessHoursView: Encodable {
    let timeZone: String
    let opens: String
    let closes: String
    let days: [String]
    /// Public holidays by their code, or the days off.
    private let holidays: String?
    private let daysOff: [String]?

    init(_ business: BusinessTime) {
        timeZone = business.calendar.timeZone
        opens = Self.clock(business.hours.opensMinute)
        closes = Self.clock(business.hours.closesMinute)
        days = business.hours.weekdays.sorted().map { Self.weekdays[$0 - 1] }
        daysOff = business.hours.daysOff.map { $0.sorted().map(\.text) }
        holidays = daysOff == nil ? Self.code(of: business.calendar.holidays) : nil
    }

    private enum CodingKeys: String, CodingKey {
        case opens, closes, days, holidays
        case timeZone = "time_zone"
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(timeZone, forKey: .timeZone)
        try members.encode(opens, forKey: .opens)
        try members.encode(closes, forKey: .closes)
        try members.encode(days, forKey: .days)
        try members.encodeIfPresent(daysOff, forKey: .holidays)
        try members.encodeIfPresent(holidays, forKey: .holidays)
    }

    /// From Monday on.
    static let weekdays = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]

    static func code(of holidays: PublicHolidays) -> String {
        switch holidays {
        case .france: "FR"
        case .alsaceMoselle: "FR-ALSACE-MOSELLE"
        }
    }

    /// `09:00` of 540.
    private static func clock(_ minute: Int64) -> String {
        func digits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return digits(minute / 60) + ":" + digits(minute % 60)
    }

    /// 540 of `09:00`; `24:00` is the next midnight.
    static func minute(_ text: String) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { part in
            part.utf8.count == 2 && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        guard parts.count == 2, isPlain,
            let hour = UInt8(parts[0]), let minute = UInt8(parts[1]), hour <= 24, minute < 60,
            hour < 24 || minute == 0
        else { return nil }
        return Int64(hour) * 60 + Int64(minute)
    }
}

extension BodyReader {
    /// The operator's business hours as `PUT /v1/calendar` takes them.
    /// - Returns: nil where a fault was found.
    mutating func businessCalendar(at now: Timestamp) -> BusinessCalendar? {
        let opens = clock("opens")
        let closes = clock("closes")
        let days = weekdays("days")
        let timeZone = optionalString("time_zone")
        let off = daysOff("holidays")
        var zone: BusinessCalendar.Zone?
        if let timeZone {
            guard let localTime = LocalTime.resolving(timeZone, around: now) else {
                addError("time_zone", "Must be an IANA time zone, such as Europe/Paris.")
                return nil
            }
            zone = BusinessCalendar.Zone(timeZone: timeZone, localTime: localTime)
        }
        // What is no time of day has its error; nothing follows from it for the other one.
        let (opensMinute, closesMinute) =
            if let opens, let closes { (opens, closes) } else { (Int64(0), Int64(24 * 60)) }
        do throws(BusinessHoursError) {
            return BusinessCalendar(
                try BusinessHours(
                    opensMinute: opensMinute, closesMinute: closesMinute, weekdays: days,
                    daysOff: off.days),
                zone: zone, holidays: off.code)
        } catch {
            switch error {
            case .hours: addError("closes", "Must be later than opens, on the same day.")
            case .weekdays:
                // None is left of those that are no days.
                let isFaulty = fieldErrors.contains { $0.pointer.hasPrefix("/days") }
                if !isFaulty { addError("days", "Must name one day or more.") }
            case .tooManyDaysOff:
                addError("holidays", "Must have at most \(BusinessHours.maximumDaysOff) days.")
            }
            return nil
        }
    }

    /// - Returns: nil where a fault was found.
    private mutating func clock(_ name: String) -> Int64? {
        let text = string(name)
        if let minute = BusinessHoursView.minute(text) { return minute }
        // A member that is missing, or no text, has its error.
        if !fieldErrors.contains(where: { $0.pointer == "/" + name }) {
            addError(name, "Must be a time of day, such as 09:00.")
        }
        return nil
    }

    private mutating func weekdays(_ name: String) -> Set<Int> {
        var found: Set<Int> = []
        for (index, text) in strings(name).enumerated() {
            if let day = BusinessHoursView.weekdays.firstIndex(of: text) {
                found.insert(day + 1)
            } else {
                addError("\(name)/\(index)", "Must be a day of the week, such as monday.")
            }
        }
        return found
    }

    private mutating func daysOff(
        _ name: String
    ) -> (code: PublicHolidays?, days: Set<CivilDay>?) {
        switch optionalValue(name) {
        case nil: return (nil, nil)
        case .string(let text)?:
            let code = PublicHolidays.allCases.first { BusinessHoursView.code(of: $0) == text }
            if code == nil { addError(name, "Must be FR, FR-ALSACE-MOSELLE, or a list of dates.") }
            return (code, nil)
        case .array(let values)?:
            var days: Set<CivilDay> = []
            for (index, value) in values.enumerated() {
                if case .string(let text) = value, let day = CivilDay(text) {
                    days.insert(day)
                } else {
                    addError("\(name)/\(index)", "Must be a date, such as 2026-12-24.")
                }
            }
            return (nil, days)
        default:
            addError(name, "Must be FR, FR-ALSACE-MOSELLE, or a list of dates.")
            return (nil, nil)
        }
    }
}

// MARK: Shapes

extension BusinessHoursView {
    private static let common: [Shape.Member] = [
        .required("opens", .text(5...5), "Local time, as 09:00."),
        .required("closes", .text(5...5), "At most 24:00."),
        .required("days", .array(.choice(weekdays), maximum: 7)),
    ]
    private static let holidays = Shape.either(
        .choice(PublicHolidays.allCases.map { code(of: $0) }),
        .array(.text(10...10), maximum: BusinessHours.maximumDaysOff))
    private static let holidaysNote =
        "FR or FR-ALSACE-MOSELLE: the public holidays; or the list of the days off."

    static let members: [Shape.Member] =
        common + [
            .required("time_zone", .text(1...64)), .required("holidays", holidays, holidaysNote),
        ]

    static let shape = Shape.object(members + [.changed])

    static let body = Shape.object(
        common + [
            .optional(
                "time_zone", .nullable(.text(1...64)), "Without it the one of the settings."),
            .optional(
                "holidays", .nullable(holidays),
                holidaysNote + " Without it those of the settings."),
        ])
}
