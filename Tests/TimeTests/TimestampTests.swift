import Bytes
import Testing
import Time

@Suite struct TimestampTests {
    private static let day: Int64 = 86_400_000

    /// The next day, by the rules that everybody learnt.
    private func following(_ date: (Int64, Int64, Int64)) -> (Int64, Int64, Int64) {
        let (year, month, day) = date
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        if day < lengths[Int(month) - 1] { return (year, month, day + 1) }
        return month < 12 ? (year, month + 1, 1) : (year + 1, 1, 1)
    }

    @Test func everyDayOfAThousandYearsFollowsTheOneBefore() {
        // 1600-01-01 to 2600-01-01.
        var date: (Int64, Int64, Int64) = (1600, 1, 1)
        var wrong = 0
        for days in Int64(-135_140)...230_102 {
            for offset in [0, Self.day - 1] {
                let civil = Timestamp(milliseconds: days * Self.day + offset).civil
                if (civil.year, civil.month, civil.day) != date { wrong += 1 }
                if civil.millisecondOfDay != offset { wrong += 1 }
            }
            date = following(date)
        }
        #expect(wrong == 0)
        #expect(date == (2600, 1, 1))
    }

    @Test func momentsAreWrittenAsTheInterfaceHasThem() {
        let texts: [(Int64, String)] = [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_176_000_123, "2026-11-20T12:00:00.123Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ]
        for (milliseconds, text) in texts {
            #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
        }
    }

    @Test(
        "a time that an offset moves out of the years that can be written is refused",
        arguments: [
            "0000-01-01T00:00:00+00:01", "0000-01-01T00:59:59.999+01:00",
            "9999-12-31T23:59:59.999-00:01", "9999-12-31T01:00:00-23:59",
        ])
    func unwritable(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(
        "the first and the last time that can be written are read",
        arguments: [
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
            ("0000-01-01T01:00:00+01:00", "0000-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
            ("9999-12-31T23:59:59.999+23:59", "9999-12-31T00:00:59.999Z"),
        ])
    func edges(text: String, written: String) {
        #expect(Timestamp(rfc3339: text)?.rfc3339 == written)
    }

    @Test(
        "what cannot be written is written as the nearest time that can",
        arguments: [
            (253_402_300_800_000, "9999-12-31T23:59:59.999Z"),
            (Int64.max, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_001, "0000-01-01T00:00:00.000Z"), (.min, "0000-01-01T00:00:00.000Z"),
        ])
    func nearest(milliseconds: Int64, written: String) {
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == written)
    }

    @Test func theEndsOfTheRangeDoNotTrap() {
        for end in [Int64.min, .max] {
            #expect(!Timestamp(milliseconds: end).rfc3339.isEmpty)
        }
        #expect(Timestamp(milliseconds: .max).advanced(byMilliseconds: 1).milliseconds == .max)
        #expect(Timestamp(milliseconds: .min).advanced(byMilliseconds: -1).milliseconds == .min)
        #expect(Timestamp(milliseconds: 5).advanced(byMilliseconds: -7).milliseconds == -2)
        #expect(Timestamp(milliseconds: 1) < Timestamp(milliseconds: 2))
    }

    @Test func decimalsAreWrittenAsTheStandardLibraryWritesThem() {
        var values: [UInt64] = [0, .max]
        var power: UInt64 = 1
        for _ in 0..<20 {
            values += [power, power &- 1, power &+ 1]
            power = power.multipliedReportingOverflow(by: 10).partialValue
        }
        for value in values {
            for width in 1...20 {
                var buffer = ByteBuffer(capacity: 20)
                buffer.append(decimal: value, width: width)
                let digits = value == 0 ? "" : String(value)
                let zeros = String(repeating: "0", count: max(0, width - digits.count))
                #expect(buffer.text == zeros + digits, "\(value) in \(width)")
            }
        }
    }
}
