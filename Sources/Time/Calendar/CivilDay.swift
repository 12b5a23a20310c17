/// A day of the proleptic Gregorian calendar, without a time zone.
package struct CivilDay: Equatable, Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Days since 1970-01-01.
    package let number: Int64

    package init(number: Int64) {
        self.number = number
    }

    /// - Parameters:
    ///   - month: 1 to 12.
    ///   - day: of the month, from 1 on.
    package init(_ year: Int64, _ month: Int64, _ day: Int64) {
        number = Timestamp.day(year, month, day)
    }

    /// Reads `2026-11-29`, and nothing else.
    package init?(_ text: String) {
        guard text.utf8.count == 10, let midnight = Timestamp(rfc3339: text + "T00:00:00Z") else {
            return nil
        }
        number = midnight.milliseconds / LocalTime.dayLength
    }

    /// `2026-11-29`; of a day before the year 0 or after 9999, the first or the last that can be
    /// written.
    package var text: String {
        let bound = Timestamp.lastWritable.milliseconds / LocalTime.dayLength
        let writable = min(max(number, -bound), bound)
        return String(Timestamp(milliseconds: writable * LocalTime.dayLength).rfc3339.prefix(10))
    }

    /// Year, month (1 to 12) and day of the month.
    package var civil: (year: Int64, month: Int64, day: Int64) {
        let civil = Timestamp(milliseconds: number &* LocalTime.dayLength).civil
        return (civil.year, civil.month, civil.day)
    }

    /// As ISO 8601 numbers them: 1 is Monday, 7 Sunday.
    package var weekday: Int {
        // 1970-01-01 was a Thursday.
        let days = (number % 7 + 7 + 3) % 7
        return Int(days) + 1
    }

    package func advanced(by days: Int64) -> CivilDay { CivilDay(number: number &+ days) }

    package static func < (left: CivilDay, right: CivilDay) -> Bool { left.number < right.number }
}

/// JSON holds a day as its text.
extension CivilDay: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let day = CivilDay(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Must be a day, such as 2026-11-29.")
        }
        self = day
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
