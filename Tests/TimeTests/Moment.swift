import Bytes
import Time

/// A moment in UTC by its date, for tables that can be compared with published ones.
func utc(_ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64 = 0, _ minute: Int64 = 0)
    -> Timestamp
{
    let minutes = (daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute
    return Timestamp(milliseconds: minutes * 60_000)
}

/// Days since 1970-01-01, counted year by year and month by month: slow, and hard to get wrong.
func daysSinceEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    let lengths: [Int64] = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var days = day - 1
    for passed in 1970..<year { days += isLeap(passed) ? 366 : 365 }
    for length in lengths.prefix(Int(month) - 1) { days += length }
    return days
}
