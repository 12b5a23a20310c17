internal import Bytes
internal import Ledger
internal import Time

/// The ledger's time: the wall clock's, as far as it can be believed, and never backwards. Numbers,
/// dates and local days of entries come from it.
///
/// | the wall clock | the ledger's time |
/// | --- | --- |
/// | goes on, or is a little off | is the wall clock's; set back, it stands meanwhile |
/// | leaps, by 10 s or more | goes on by the elapsed-time clock, until the leap is believed |
/// | has leapt forward, believed | leaps after it |
/// | has leapt back, believed | stands until the wall clock has caught up with it |
/// | is more than a day away from the last known time, at a start | stands; nothing is decided |
/// | says what no entry's number can say | stands at a start, else goes on as after a leap |
///
/// A leap of a day or less is believed when it has lasted for a minute. A longer one is believed
/// when an operator confirms it, when it has lasted for a minute and the kernel says that a time
/// server keeps the clock in step, or when it has lasted for an hour: following a clock that is a
/// year ahead would stop the ledger's time for that year once the clock is put right.
///
/// At a start the last known time takes the place of the earlier reading, and a day is what the
/// gateway may have been away. A clock that is *behind* the journal by more is believed by an
/// operator alone: the ledger's time can then only stand.
///
/// A clock outside the years that an ``EntryNumber`` covers is never believed: the number would say
/// another time. A machine without a battery for its clock begins in 1970.
///
/// A sleep of the machine is no leap: elapsed time includes it.
struct LedgerClock {
    private(set) var time: Timestamp
    /// The wall clock when it was believed last, and the elapsed-time clock at that moment. At an
    /// unsure start: the last known time.
    private var believed: Timestamp
    private var believedAt: UInt64
    /// The leap that is not believed yet.
    private var leap: Leap?
    /// The wall clock less the ledger's time, where they do not go together; else 0.
    private(set) var leapMilliseconds: Int64 = 0
    /// The clock at the start is too far from the last known time: nothing may be decided.
    private(set) var isUnsure: Bool
    /// The wall clock is believed, and so far behind that the time stands.
    private var isStanding = false
    /// An operator has confirmed the clock that the time stands for.
    private var isStandingConfirmed = false
    /// Whether the unsure start has been reported.
    private var isReported = false
    /// There is no last known time: any clock will do that an entry's number covers.
    private let isNew: Bool

    /// A difference between the wall clock and what it should show.
    private struct Leap {
        /// When it was first seen; of another leap meanwhile, the wait begins anew.
        var since: UInt64
        var milliseconds: Int64

        var isLong: Bool { milliseconds.magnitude > UInt64(LedgerClock.dayMilliseconds) }
    }

    /// What is no leap: a clock that is adjusted, a process that did not run for a moment.
    static var toleranceMilliseconds: Int64 { 10_000 }
    /// How long a leap must last before it is believed.
    static var patienceNanoseconds: UInt64 { 60_000_000_000 }
    /// The same for one of more than a day, without a time server.
    static var longPatienceNanoseconds: UInt64 { 3_600_000_000_000 }
    static var dayMilliseconds: Int64 { 86_400_000 }

    /// - Parameters:
    ///   - last: the last time that is known to have been: of the last batch stored, or later; nil
    ///     for a new log, for which any clock will do.
    ///   - nanoseconds: the elapsed-time clock.
    init(after last: Timestamp?, now: Timestamp, nanoseconds: UInt64) {
        let isCovered = EntryNumber.covers(now)
        isNew = last == nil
        let known = last ?? (isCovered ? now : EntryNumber.earliestTime)
        let difference = now.difference(from: known)
        isUnsure = !isCovered || difference.magnitude > UInt64(Self.dayMilliseconds)
        time = isUnsure ? known : max(known, now)
        believed = isUnsure ? known : now
        believedAt = nanoseconds
        if isUnsure {
            leap = Leap(since: nanoseconds, milliseconds: difference)
            leapMilliseconds = difference
        }
    }

    /// Whether the time stands by more than a day, and no operator has accepted that.
    var isFarBehind: Bool {
        isStanding && !isStandingConfirmed && leapMilliseconds < -Self.dayMilliseconds
    }

    /// Reads off both clocks.
    /// - Parameters:
    ///   - nanoseconds: the elapsed-time clock.
    ///   - isSynchronized: asked for a leap of more than a day that has lasted for a minute.
    /// - Returns: what an operator should know, when it begins and when it is over.
    mutating func advance(
        to now: Timestamp, nanoseconds: UInt64, isSynchronized: () -> Bool = { false }
    ) -> String? {
        let elapsed = Int64((nanoseconds - min(believedAt, nanoseconds)) / 1_000_000)
        let expected = believed.advanced(byMilliseconds: elapsed)
        let difference = now.difference(from: expected)
        let news =
            isUnsure
            ? settleStart(now, nanoseconds, difference, isSynchronized)
            : follow(now, nanoseconds, difference, expected, isSynchronized)
        leapMilliseconds = recordedDifference(now)
        return recordStanding(leap == nil ? now : expected) ?? news
    }

    /// An operator says that the wall clock is right. Of one that cannot be, nothing comes.
    mutating func confirm(_ now: Timestamp, nanoseconds: UInt64) -> String? {
        guard EntryNumber.covers(now) else { return nil }
        isUnsure = false
        believe(now, nanoseconds)
        leapMilliseconds = recordedDifference(now)
        isStanding = leapMilliseconds < 0
        isStandingConfirmed = true
        return isStanding
            ? "an operator confirmed the clock; it is behind the journal, and time stands still "
                + "until it catches up"
            : "an operator confirmed the clock; the gateway now follows it"
    }

    // MARK: A start

    private mutating func settleStart(
        _ now: Timestamp, _ nanoseconds: UInt64, _ difference: Int64,
        _ isSynchronized: () -> Bool
    ) -> String? {
        guard EntryNumber.covers(now) else {
            leap = Leap(since: nanoseconds, milliseconds: difference)
            return report(
                "the clock shows a year that cannot be; the gateway refuses entries until the "
                    + "clock is put right")
        }
        if isNew || difference.magnitude <= UInt64(Self.dayMilliseconds) {
            isUnsure = false
            believe(now, nanoseconds)
            return isNew
                ? "the clock is right; the gateway takes entries"
                : "the clock agrees with the journal; the gateway takes entries"
        }
        if let leap, isSame(leap, difference) {
            if difference > 0, isBelievable(leap, nanoseconds, isSynchronized) {
                isUnsure = false
                believe(now, nanoseconds)
                return "the clock stays more than a day ahead of the journal; the gateway now "
                    + "follows it"
            }
        } else {
            leap = Leap(since: nanoseconds, milliseconds: difference)
            isReported = false
        }
        return report(
            "the clock is more than a day away from the journal's last record; the gateway "
                + "refuses entries until the clock is put right or an operator confirms it with "
                + "portillon clock confirm")
    }

    /// Says once why the start is unsure.
    private mutating func report(_ reason: String) -> String? {
        defer { isReported = true }
        return isReported ? nil : reason
    }

    // MARK: While it runs

    private mutating func follow(
        _ now: Timestamp, _ nanoseconds: UInt64, _ difference: Int64, _ expected: Timestamp,
        _ isSynchronized: () -> Bool
    ) -> String? {
        if difference.magnitude < UInt64(Self.toleranceMilliseconds) {
            let news = leap.map { _ in "the clock is back; no effect" }
            believe(now, nanoseconds)
            return news
        }
        guard let leap, isSame(leap, difference) else {
            let leap = Leap(since: nanoseconds, milliseconds: difference)
            self.leap = leap
            time = max(time, expected)
            return leap.isLong
                ? "the clock leapt by more than a day; the gateway ignores the leap until a time "
                    + "server or an operator confirms it, or for an hour"
                : "the clock leapt; the gateway ignores the leap for a minute"
        }
        guard EntryNumber.covers(now), isBelievable(leap, nanoseconds, isSynchronized) else {
            time = max(time, expected)
            return nil
        }
        believe(now, nanoseconds)
        isStandingConfirmed = false
        return leap.isLong
            ? "the clock's leap is confirmed; the gateway now follows it"
            : "the clock's leap has lasted for a minute; the gateway now follows it"
    }

    private func isSame(_ leap: Leap, _ difference: Int64) -> Bool {
        let (change, overflow) = difference.subtractingReportingOverflow(leap.milliseconds)
        return !overflow && change.magnitude < UInt64(Self.toleranceMilliseconds)
    }

    private func isBelievable(
        _ leap: Leap, _ nanoseconds: UInt64, _ isSynchronized: () -> Bool
    ) -> Bool {
        let lasted = nanoseconds - min(leap.since, nanoseconds)
        guard lasted >= Self.patienceNanoseconds else { return false }
        return !leap.isLong || lasted >= Self.longPatienceNanoseconds || isSynchronized()
    }

    private mutating func believe(_ now: Timestamp, _ nanoseconds: UInt64) {
        believed = now
        believedAt = nanoseconds
        leap = nil
        time = max(time, now)
    }

    // MARK: Standing

    private func recordedDifference(_ now: Timestamp) -> Int64 {
        let difference = now.difference(from: time)
        return difference.magnitude < UInt64(Self.toleranceMilliseconds) ? 0 : difference
    }

    /// Says when the ledger's time begins to stand still for long, and when it goes on.
    /// - Parameter reference: the wall clock where it is believed, else what it should show: a
    ///   second leap neither begins nor ends a standstill.
    private mutating func recordStanding(_ reference: Timestamp) -> String? {
        let isStanding =
            !isUnsure && reference.difference(from: time) <= -Self.toleranceMilliseconds
        if isStanding == self.isStanding { return nil }
        self.isStanding = isStanding
        return isStanding
            ? "the clock is behind the journal; time stands still until it catches up"
            : "the clock has caught up with the journal; time moves on"
    }
}

extension Timestamp {
    /// Milliseconds from another moment to this one; saturates.
    fileprivate func difference(from other: Timestamp) -> Int64 {
        let (difference, overflow) = milliseconds.subtractingReportingOverflow(other.milliseconds)
        return overflow ? (milliseconds < 0 ? .min : .max) : difference
    }
}
