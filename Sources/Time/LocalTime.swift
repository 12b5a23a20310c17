/// The local days of one time zone, from a table of its UTC offsets.
///
/// The fold must not consult a time-zone database: two machines can have different releases of it,
/// and the same log would give different states. So the control side resolves a zone into this
/// table when an operation is put, and the command carries the table.
///
/// A local day can last 23 or 25 hours, can be missing (Pacific/Apia left out 2011-12-30), and can
/// consist of two parts (a clock set back shortly after midnight returns to yesterday).
package struct LocalTime: Equatable, Sendable {
    /// An offset and the moment from which it holds.
    package struct Offset: Equatable, Sendable, BitwiseCopyable {
        package var from: Timestamp
        /// Local time less UTC, in seconds.
        package var offsetSeconds: Int32

        package init(from: Timestamp, offsetSeconds: Int32) {
            self.from = from
            self.offsetSeconds = offsetSeconds
        }
    }

    /// The offsets in order of time, at least one. The first also holds before its moment, the last
    /// for ever.
    package let offsets: [Offset]

    /// The maximum number of offsets: two changes a year for five centuries.
    package static var maximumOffsets: Int { 1024 }
    /// The largest offset: a day. The widest in history is below 16 hours.
    package static var maximumOffsetSeconds: Int32 { 86_400 }

    static var dayLength: Int64 { 86_400_000 }

    /// - Throws: ``LocalTimeError`` if the table is empty, too long or out of order, or if an
    ///   offset is more than a day.
    package init(_ offsets: [Offset]) throws(LocalTimeError) {
        guard let first = offsets.first else { throw .empty }
        guard offsets.count <= Self.maximumOffsets else { throw .tooMany }
        var previous = first.from
        for (index, offset) in offsets.enumerated() {
            guard index == 0 || previous < offset.from else { throw .notInOrder(index: index) }
            guard offset.offsetSeconds.magnitude <= Self.maximumOffsetSeconds.magnitude else {
                throw .offsetTooWide(index: index)
            }
            previous = offset.from
        }
        self.offsets = offsets
    }

    /// UTC itself: one offset of zero.
    package static let utc = LocalTime()

    private init() {
        offsets = [Offset(from: Timestamp(milliseconds: 0), offsetSeconds: 0)]
    }

    /// The local date at `time`, in days since 1970-01-01.
    package func localDay(at time: Timestamp) -> Int32 {
        Int32(clamping: day(at: time, under: segment(at: time)))
    }

    /// What the local calendar and clock show at `time`.
    package func civil(at time: Timestamp) -> (day: CivilDay, millisecondOfDay: Int64) {
        let day = CivilDay(number: Int64(localDay(at: time)))
        let local = time.advanced(byMilliseconds: Int64(offsetSeconds(at: time)) * 1000)
        return (day, local.civil.millisecondOfDay)
    }

    /// Local time less UTC at `time`, in seconds.
    package func offsetSeconds(at time: Timestamp) -> Int32 {
        offsets[segment(at: time)].offsetSeconds
    }

    /// The longest interval around `time` with the same ``localDay(at:)``; its end is the first
    /// moment outside. Callers keep it beside the day, so that they consult the table when the day
    /// changes and not for each entry.
    ///
    /// For times beyond some five million years the interval may not contain `time`.
    package func dayInterval(at time: Timestamp) -> Range<Timestamp> {
        let home = segment(at: time)
        let day = day(at: time, under: home)
        let start = start(of: day, from: home)
        return start..<max(start, end(of: day, from: home))
    }

    /// The first moment from which on the local day is this one or a later one: its midnight, or
    /// the change of offset that leaves midnight out. Linear in the number of offsets.
    package func start(of day: CivilDay) -> Timestamp { moment(of: day, millisecondOfDay: 0) }

    /// The first moment from which on the local clock shows this time of this day or a later one.
    /// A time that is left out is the change of offset; one that comes twice is the second.
    /// Linear in the number of offsets.
    /// - Parameter millisecondOfDay: as the clock shows it: 0 to 86,400,000, the next midnight.
    package func moment(of day: CivilDay, millisecondOfDay: Int64) -> Timestamp {
        var limit = Timestamp(milliseconds: .max)
        for index in offsets.indices.reversed() {
            let start = beginning(of: day.number, under: index)
                .advanced(byMilliseconds: millisecondOfDay)
            // Under this offset the time has not come.
            if start >= limit { return limit }
            if index == 0 || start >= offsets[index].from { return start }
            limit = offsets[index].from
        }
        return limit
    }
}

/// The errors in a table of offsets.
package enum LocalTimeError: Error, Equatable {
    case empty
    /// The table has more than ``LocalTime/maximumOffsets``.
    case tooMany
    /// The offset at `index` does not begin after the one before it.
    case notInOrder(index: Int)
    /// The offset at `index` is more than a day.
    case offsetTooWide(index: Int)
}

extension LocalTime {
    /// The index of the offset that holds at `time`.
    private func segment(at time: Timestamp) -> Int {
        var low = 0
        var high = offsets.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if offsets[middle].from <= time { low = middle } else { high = middle }
        }
        return low
    }

    private func day(at time: Timestamp, under index: Int) -> Int64 {
        // Outside this range a day does not fit an Int32; inside it the sums below cannot overflow.
        let bound = Int64(Int32.max) * Self.dayLength
        let utc = min(max(time.milliseconds, -bound), bound)
        let local = utc + Int64(offsets[index].offsetSeconds) * 1000
        let (quotient, remainder) = local.quotientAndRemainder(dividingBy: Self.dayLength)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// When the local day would begin if the offset at `index` always held.
    private func beginning(of day: Int64, under index: Int) -> Timestamp {
        let local = day * Self.dayLength
        return Timestamp(milliseconds: local - Int64(offsets[index].offsetSeconds) * 1000)
    }

    /// Walks back over changes of offset, as long as the time before them is the same day.
    private func start(of day: Int64, from home: Int) -> Timestamp {
        var index = home
        while true {
            let start = beginning(of: day, under: index)
            let change = offsets[index].from
            guard index > 0, start <= change else { return start }
            let before = change.advanced(byMilliseconds: -1)
            guard self.day(at: before, under: index - 1) == day else { return change }
            index -= 1
        }
    }

    private func end(of day: Int64, from home: Int) -> Timestamp {
        var index = home
        while true {
            let end = beginning(of: day + 1, under: index)
            guard index + 1 < offsets.count, end >= offsets[index + 1].from else { return end }
            let change = offsets[index + 1].from
            guard self.day(at: change, under: index + 1) == day else { return change }
            index += 1
        }
    }
}

extension LocalTime.Offset: Codable {
    private enum CodingKeys: String, CodingKey {
        case from
        case offsetSeconds = "offset_seconds"
    }
}

/// JSON holds a table as the list of its offsets; decoding checks it like any other.
extension LocalTime: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode([Offset].self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(offsets)
    }
}
