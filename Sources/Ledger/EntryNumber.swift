internal import Bytes
package import Time

/// The number of an entry, unique in the whole gateway and greater than that of every entry before.
///
/// The upper 44 bits are milliseconds since 2020-01-01T00:00:00Z (enough until 2577), the lower 20
/// a serial within the millisecond. So a number tells its entry's time, and the `at` of a first
/// entry needs no memory of its own. A burst of more than 2²⁰ in one millisecond, or a clock that
/// was set back, runs on into the milliseconds that follow: the time told is then a little late,
/// and the same wherever it is told.
package struct EntryNumber: Hashable, Comparable, Sendable, BitwiseCopyable {
    package var rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// When the entry was accepted, to the millisecond.
    package var time: Timestamp {
        Timestamp(milliseconds: Self.epochMilliseconds + Int64(rawValue >> Self.serialBits))
    }

    /// The number of the entry after this one, accepted at `time`; `nil` if there are none left.
    /// A time before 2020 counts as 2020, one after 2577 as 2577.
    package func next(at time: Timestamp) -> EntryNumber? {
        let (sinceEpoch, overflow) = time.milliseconds
            .subtractingReportingOverflow(Self.epochMilliseconds)
        let elapsed = overflow ? 0 : UInt64(clamping: sinceEpoch)
        let earliest = min(elapsed, Self.lastMillisecond) << Self.serialBits
        let (following, isLast) = rawValue.addingReportingOverflow(1)
        return isLast ? nil : EntryNumber(rawValue: max(following, earliest))
    }

    /// Whether a number can say this time. See ``next(at:)`` for what becomes of others.
    package static func covers(_ time: Timestamp) -> Bool {
        let last = epochMilliseconds + Int64(lastMillisecond)
        return (epochMilliseconds...last).contains(time.milliseconds)
    }

    /// The earliest time that a number can say.
    package static var earliestTime: Timestamp { Timestamp(milliseconds: epochMilliseconds) }

    package static func < (left: EntryNumber, right: EntryNumber) -> Bool {
        left.rawValue < right.rawValue
    }

    private static var serialBits: UInt64 { 20 }
    private static var lastMillisecond: UInt64 { (1 << 44) - 1 }
    /// 2020-01-01T00:00:00Z.
    private static var epochMilliseconds: Int64 { 1_577_836_800_000 }
}

extension EntryNumber: CustomStringConvertible {
    /// Decimal, as the interface shows it.
    package var description: String { String(rawValue) }
}
