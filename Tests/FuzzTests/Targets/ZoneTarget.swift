import Bytes
import Contract
import Time

/// A time zone's table of offsets, as a record of the log brings it, at any time.
///
/// Two times in one interval are of one local day, and the first time behind it is of another.
enum ZoneTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        var reader = InputReader(input)
        let time = Timestamp(milliseconds: Int64(bitPattern: reader.word(bytes: 8)))
        var offsets: [LocalTime.Offset] = []
        while !reader.isAtEnd {
            let from = Int64(bitPattern: reader.word(bytes: 8))
            let seconds = Int32(truncatingIfNeeded: reader.word(bytes: 4))
            offsets.append(
                LocalTime.Offset(from: Timestamp(milliseconds: from), offsetSeconds: seconds))
        }
        let zone: LocalTime
        do { zone = try LocalTime(offsets) } catch { return }
        let day = zone.localDay(at: time)
        let interval = zone.dayInterval(at: time)
        // Beyond some five million years an interval need not hold its time.
        let bound: Int64 = 150_000_000_000_000_000
        guard time.milliseconds.magnitude < UInt64(bound) else { return }
        try require(interval.contains(time), "an interval without its time")
        let last = interval.upperBound.advanced(byMilliseconds: -1)
        for other in [interval.lowerBound, last] {
            try require(zone.localDay(at: other) == day, "two days in one interval")
        }
        try require(zone.localDay(at: interval.upperBound) != day, "an interval ends too early")
    }
}
