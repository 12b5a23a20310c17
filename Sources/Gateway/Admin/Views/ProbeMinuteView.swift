internal import Availability
internal import Ledger
internal import Time

/// What a probe's report is answered with.
struct ProbeMinuteView: Encodable {
    let probe: String
    let minute: String
    /// Whether this report put it on record: the same report again does not.
    let recorded: Bool
    let rule: Rule

    /// What the probe has to know to count by the same rule.
    struct Rule: Encodable {
        let badPercent: UInt32
        let slowMilliseconds: UInt32
        let expectedAttempts: UInt32
        let minimumAttempts: UInt32

        private enum CodingKeys: String, CodingKey {
            case badPercent = "bad_percent"
            case slowMilliseconds = "slow_milliseconds"
            case expectedAttempts = "expected_attempts"
            case minimumAttempts = "minimum_attempts"
        }
    }

    init(_ report: ProbeMinute, isRecorded: Bool, rule: MinuteRule) {
        probe = report.probe
        minute = report.minute.starts.rfc3339
        recorded = isRecorded
        self.rule = Rule(
            badPercent: rule.maximumBadPercent, slowMilliseconds: rule.slowMilliseconds,
            expectedAttempts: rule.expectedAttempts, minimumAttempts: rule.minimumAttempts)
    }

    // MARK: Shapes

    static let shape = Shape.object([
        .required("probe", .identifier), .required("minute", .time, "When it began."),
        .required("recorded", .boolean, "False: the same was on record already."),
        .required(
            "rule",
            .object([
                .required("bad_percent", .integer(0...99)),
                .required("slow_milliseconds", .integer(1...60_000)),
                .required("expected_attempts", .integer(1...60_000)),
                .required("minimum_attempts", .integer(1...60_000)),
            ]), "The rule in force: what a minute is judged by."),
    ])

    private static let number = Shape.integer(0...Int(LedgerLimits.probeAttempts))

    static let body = Shape.object([
        .required("minute", .time, "The start of a minute that is over, at most 48 hours ago."),
        .required(
            "attempts", .integer(1...Int(LedgerLimits.probeAttempts)),
            "Those that began in the minute."),
        .required("failed", number, "Without a right answer."),
        .required("slow", number, "Without an answer within `slow_milliseconds`."),
    ])
}
