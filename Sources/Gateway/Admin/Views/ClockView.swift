internal import Bytes
internal import Time

/// What time it is, for the machine and for the ledger.
struct ClockView: Encodable {
    let clock: String
    let journalTime: String
    let leapSeconds: Int64

    init(_ shared: Shared) {
        let now = shared.clock.wallClock()
        clock = now.rfc3339
        journalTime = shared.health.ledgerTime(at: now).rfc3339
        leapSeconds = shared.health.clockLeapMilliseconds / 1_000
    }

    private enum CodingKeys: String, CodingKey {
        case clock
        case journalTime = "journal_time"
        case leapSeconds = "leap_seconds"
    }
}

extension ClockView {
    static let shape = Shape.object([
        .required("clock", .time, "The machine's clock."),
        .required("journal_time", .time, "The time that entries and changes get."),
        .required(
            "leap_seconds", .integer(-9_007_199_254_740_991...9_007_199_254_740_991),
            "The clock less the journal's time, where they differ by 10 s or more."), .changed,
    ])
    static let body = Shape.object([
        .required("date", .text(10...10), "The date that the clock shows, in UTC: 2026-11-29.")
    ])
}
