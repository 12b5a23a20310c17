/// A month of the proleptic Gregorian calendar, without a time zone.
package struct CivilMonth: Equatable, Hashable, Comparable, Sendable, BitwiseCopyable {
    package let year: Int64
    /// 1 to 12.
    package let month: Int64

    /// - Precondition: `month` is 1 to 12.
    package init(_ year: Int64, _ month: Int64) {
        precondition((1...12).contains(month), "a year has twelve months")
        self.year = year
        self.month = month
    }

    /// The month that a day lies in.
    package init(containing day: CivilDay) {
        let civil = day.civil
        self.init(civil.year, civil.month)
    }

    /// Reads `2026-11`, and nothing else.
    package init?(_ text: String) {
        guard text.utf8.count == 7, let day = CivilDay(text + "-01") else { return nil }
        self.init(containing: day)
    }

    /// `2026-11`
    package var text: String { String(firstDay.text.prefix(7)) }

    package var firstDay: CivilDay { CivilDay(year, month, 1) }

    /// The number of its days.
    package var days: Int64 { next.firstDay.number - firstDay.number }

    package var next: CivilMonth {
        month == 12 ? CivilMonth(year + 1, 1) : CivilMonth(year, month + 1)
    }

    package var previous: CivilMonth {
        month == 1 ? CivilMonth(year - 1, 12) : CivilMonth(year, month - 1)
    }

    /// The month whose ``interval(in:)`` a moment lies in.
    package init(at time: Timestamp, in localTime: LocalTime) {
        let day = CivilDay(number: Int64(localTime.localDay(at: time)))
        let month = CivilMonth(containing: day)
        // Where the clocks go back behind midnight, a month's first midnight comes twice: it begins
        // with the second.
        self = time < month.interval(in: localTime).lowerBound ? month.previous : month
    }

    /// From its first moment to the first one after it, by local time: 30 or 31 days, 28 or 29 in
    /// February, and an hour less or more where the clocks are changed.
    package func interval(in localTime: LocalTime) -> Range<Timestamp> {
        let start = localTime.start(of: firstDay)
        return start..<max(start, localTime.start(of: next.firstDay))
    }

    package static func < (left: CivilMonth, right: CivilMonth) -> Bool {
        (left.year, left.month) < (right.year, right.month)
    }
}

/// JSON holds a month as its text.
extension CivilMonth: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let month = CivilMonth(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Must be a month, such as 2026-11.")
        }
        self = month
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
