import Time

/// A moment in UTC by its date, for cases that can be read.
func utc(
    _ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64 = 0, _ minute: Int64 = 0,
    _ second: Int64 = 0
) -> Timestamp {
    let minutes = (CivilDay(year, month, day).number * 24 + hour) * 60 + minute
    return Timestamp(milliseconds: minutes * 60_000 + second * 1_000)
}

/// The local time of Paris, made from its rule: summer time from the last Sunday of March, 01:00
/// UTC, to the last Sunday of October, 01:00 UTC.
enum Paris {
    static let localTime: LocalTime = {
        var offsets = [LocalTime.Offset(from: utc(2000, 1, 1), offsetSeconds: 3_600)]
        for year in Int64(2015)...2045 {
            offsets.append(.init(from: summerStarts(year), offsetSeconds: 7_200))
            offsets.append(.init(from: summerEnds(year), offsetSeconds: 3_600))
        }
        do {
            return try LocalTime(offsets)
        } catch {
            preconditionFailure("the table is in order: \(error)")
        }
    }()

    static let calendar = OperatorCalendar(timeZone: "Europe/Paris", localTime: localTime)

    /// A moment by what a clock in Paris shows, without the table.
    static func at(
        _ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64 = 0, _ minute: Int64 = 0,
        _ second: Int64 = 0
    ) -> Timestamp {
        let shown = utc(year, month, day, hour, minute, second)
        let inSummer = shown.advanced(byMilliseconds: -7_200_000)
        let isSummer = inSummer >= summerStarts(year) && inSummer < summerEnds(year)
        return isSummer ? inSummer : shown.advanced(byMilliseconds: -3_600_000)
    }

    static func summerStarts(_ year: Int64) -> Timestamp { lastSunday(year, 3) }

    static func summerEnds(_ year: Int64) -> Timestamp { lastSunday(year, 10) }

    private static func lastSunday(_ year: Int64, _ month: Int64) -> Timestamp {
        let last = CivilDay(year, month, 31)
        return Timestamp(
            milliseconds: (last.number - Int64(last.weekday % 7)) * 86_400_000 + 3_600_000)
    }
}
