internal import Bytes
internal import Time

/// The ledger's time: the wall clock's, as far as it can be believed, and never backwards. Numbers,
/// dates and local days of entries come from it.
///
/// | the wall clock | the ledger's time |
/// | --- | --- |
/// | goes on, or is a little off | is the wall clock's; set back, it stands meanwhile |
/// | leaps, by 10 s or more | goes on by the monotonic clock, for as long as a minute |
/// | has leapt forward, and stays there | leaps after it |
/// | has leapt back, and stays there | stands until the wall clock has caught up with it |
///
/// So a clock that is set a year ahead and put right within a minute leaves no trace. If it stays
/// wrong for longer, nothing tells it from a clock that was put right: the ledger follows, and
/// once the year is taken back its time stands for a year. Numbers still grow, by their serial; but
/// dates and days stand still, and what is due by time is not done.
/// `portillon_clock_leap_seconds` shows it, and the log says it.
struct LedgerClock {
    private(set) var time: Timestamp
    /// The wall clock when it was believed last, and the monotonic clock at that moment.
    private var believed: Timestamp
    private var believedAt: UInt64
    /// Since when the wall clock is elsewhere; nanoseconds of the monotonic clock.
    private var leaptAt: UInt64?
    /// How far elsewhere; of another leap within the minute, the minute begins anew.
    private var leapt: Int64 = 0
    /// The wall clock less the ledger's time, where they do not go together; else 0.
    private(set) var leapMilliseconds: Int64 = 0
    /// The wall clock is believed, and so far behind that the time stands.
    private var isStanding = false

    /// What is no leap: a clock that is adjusted, a process that did not run for a moment.
    static var toleranceMilliseconds: Int64 { 10_000 }
    /// How long a leap must last before it is believed.
    static var patienceNanoseconds: UInt64 { 60_000_000_000 }

    /// - Parameter last: the time of the last batch that is stored.
    init(after last: Timestamp, now: Timestamp, nanoseconds: UInt64) {
        time = max(last, now)
        believed = now
        believedAt = nanoseconds
    }

    /// Reads off both clocks.
    /// - Returns: what an operator should know, when it begins and when it is over.
    mutating func advance(to now: Timestamp, nanoseconds: UInt64) -> String? {
        let elapsed = Int64((nanoseconds - min(believedAt, nanoseconds)) / 1_000_000)
        let expected = believed.advanced(byMilliseconds: elapsed)
        let leap = now.milliseconds - expected.milliseconds
        var news: String?
        if abs(leap) < Self.toleranceMilliseconds {
            if leaptAt != nil { news = "the clock is back within a minute; no effect" }
            believe(now, nanoseconds)
        } else if let leaptAt, abs(leap - leapt) < Self.toleranceMilliseconds {
            if nanoseconds - min(leaptAt, nanoseconds) >= Self.patienceNanoseconds {
                news = "the clock's leap has lasted for a minute; the gateway now follows it"
                believe(now, nanoseconds)
            } else {
                time = max(time, expected)
            }
        } else {
            leaptAt = nanoseconds
            leapt = leap
            news = "the clock leapt; the gateway ignores the leap for a minute"
            time = max(time, expected)
        }
        return recordLeap(now) ?? news
    }

    private mutating func believe(_ now: Timestamp, _ nanoseconds: UInt64) {
        believed = now
        believedAt = nanoseconds
        leaptAt = nil
        time = max(time, now)
    }

    /// Says when the ledger's time begins to stand still for long, and when it goes on.
    private mutating func recordLeap(_ now: Timestamp) -> String? {
        let difference = now.milliseconds - time.milliseconds
        leapMilliseconds = abs(difference) < Self.toleranceMilliseconds ? 0 : difference
        let isStanding = leapMilliseconds < 0 && leaptAt == nil
        if isStanding == self.isStanding { return nil }
        self.isStanding = isStanding
        return isStanding
            ? "the clock is behind the journal; time stands still until it catches up"
            : "the clock has caught up with the journal; time moves on"
    }
}
