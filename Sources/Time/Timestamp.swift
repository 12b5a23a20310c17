package import Bytes

/// A moment: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
package struct Timestamp: Equatable, Hashable, Comparable, Sendable, BitwiseCopyable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The timestamp moved by a number of milliseconds; saturates at the ends of the range.
    package func advanced(byMilliseconds added: Int64) -> Timestamp {
        let (sum, overflow) = milliseconds.addingReportingOverflow(added)
        return Timestamp(milliseconds: overflow ? (added > 0 ? .max : .min) : sum)
    }
}

extension Timestamp {
    /// Year, month and day in the proleptic Gregorian calendar, and the millisecond of the day.
    ///
    /// The conversion uses the 400-year era arithmetic of H. Hinnant, "chrono-Compatible Low-Level
    /// Date Algorithms": no tables, no calendar object, the same result on every machine.
    package var civil: (year: Int64, month: Int64, day: Int64, millisecondOfDay: Int64) {
        let dayLength: Int64 = 86_400_000
        var days = milliseconds / dayLength
        var rest = milliseconds % dayLength
        if rest < 0 {
            rest += dayLength
            days -= 1
        }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day, rest)
    }

    /// RFC 3339 in UTC with milliseconds: `2026-11-20T12:00:00.000Z`, as everything in the
    /// interface.
    package var rfc3339: String {
        var buffer = ByteBuffer(capacity: 24)
        buffer.append(rfc3339: self)
        return buffer.text
    }
}

extension ByteBuffer {
    /// Appends `2026-11-20T12:00:00.000Z`: 24 bytes. A time before the year 0 or after 9999 is
    /// written as the first or the last that can be.
    package mutating func append(rfc3339 time: Timestamp) {
        let writable = min(max(time, .firstWritable), .lastWritable)
        let (year, month, day, millisecond) = writable.civil
        append(decimal: UInt64(clamping: year), width: 4)
        append(0x2D)
        append(decimal: UInt64(month), width: 2)
        append(0x2D)
        append(decimal: UInt64(day), width: 2)
        append(0x54)
        append(decimal: UInt64(millisecond / 3_600_000), width: 2)
        append(ASCII.colon)
        append(decimal: UInt64(millisecond / 60_000 % 60), width: 2)
        append(ASCII.colon)
        append(decimal: UInt64(millisecond / 1000 % 60), width: 2)
        append(0x2E)
        append(decimal: UInt64(millisecond % 1000), width: 3)
        append(0x5A)
    }
}
