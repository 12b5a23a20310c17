internal import Bytes
internal import Ledger
internal import Time

/// What was found of robots among an operation's entries over the last minutes.
struct RobotsView: Encodable {
    let operation: String
    let ruleset: Rules
    let seconds: Int
    /// When the first of the minutes began that are counted here.
    let since: String?
    let attempts: Int
    let robots: Int
    let suspects: Int
    /// Entries of load tests, which are none of the attempts.
    let tests: Int
    /// Of the attempts, 0 to 1.
    let share: Double
    let verdicts: [String: Int]
    let rules: [Rule]
    let tools: [Tool]
    let origins: [RobotMinute.Origin]
    let whatIf: [WhatIf]
    let minutes: [Minute]

    /// The rules in force.
    struct Rules: Encodable {
        let version: Int
        let digest: String
        let bounds: Bounds
    }

    /// From `lower` on an entry is suspect, from `upper` on it is a robot's.
    struct Bounds: Encodable {
        let lower: Double
        let upper: Double

        /// - Parameters: in thousandths.
        init(lower: Int, upper: Int) {
            self.lower = Double(lower) / 1_000
            self.upper = Double(upper) / 1_000
        }
    }

    struct Rule: Encodable {
        let rule: String
        let layer: Int
        let says: String
        let count: Int
        /// Of the robots and suspects, 0 to 1; one entry may have several rules.
        let share: Double
        let tools: [Tool]
        let samples: [Sample]
    }

    struct Tool: Encodable, Equatable {
        let tool: String
        let count: Int
    }

    struct Sample: Encodable {
        let at: String
        /// Truncated (C21).
        let address: String
        let verdict: String
        let weight: Double
        let reasons: [String]
        let tool: String?
    }

    /// What other bounds would have made of the same entries, all layers together.
    struct WhatIf: Encodable {
        let bounds: Bounds
        let challenged: Int
        let refused: Int
        /// They are those in force.
        let current: Bool
    }

    struct Minute: Encodable {
        let since: String
        let until: String
        let attempts: Int
        let robots: Int
        let suspects: Int
        let refused: Int
        let tests: Int

        init(_ minute: RobotMinute) {
            since = minute.since.rfc3339
            until = minute.until.rfc3339
            attempts = minute.attempts
            robots = minute.robots
            suspects = minute.suspects
            refused = minute.refused
            tests = minute.tests
        }
    }

    private enum CodingKeys: String, CodingKey {
        case operation, ruleset, seconds, since, attempts, robots, suspects, tests, share
        case verdicts, rules, tools, origins, minutes
        case whatIf = "what_if"
    }
}

extension RobotsView {
    static let shape = Shape.object([
        .required("operation", .identifier),
        .required("ruleset", Rules.shape, "The rules in force."),
        .required("seconds", .count, "That were asked for."),
        .optional("since", .time, "When the first of the minutes began that are counted here."),
        .required("attempts", .count, "Entries that were judged, people's among them."),
        .required("robots", .count), .required("suspects", .count),
        .required("tests", .count, "Entries of load tests: not judged, none of the attempts."),
        .required("share", .number, "Of robots among the attempts, 0 to 1."),
        .required(
            "verdicts", .map(.count),
            "Robots and suspects: `admitted` as a participant's, `observed` (let in, counted as a "
                + "robot's), `challenged`, `refused`."),
        .required(
            "rules", .array(Rule.shape, maximum: most), "Those that fired, the most frequent first."
        ),
        .required("tools", .array(Tool.shape, maximum: most), "That named themselves."),
        .required(
            "origins",
            .array(
                .object([
                    .required("kind", .choice(of: RobotMinute.Origin.Kind.self)),
                    .required("name", .text(1...LedgerLimits.robotNameBytes)),
                    .required("count", .count),
                ]), maximum: most),
            "Robots by front-end key and by network that the client named, test entries by "
                + "permit (C6)."),
        .required(
            "what_if", .array(WhatIf.shape, maximum: shifts.count),
            "What stricter or milder bounds would have made of the same entries."),
        .required(
            "minutes", .array(Minute.shape, maximum: maximumMinutes),
            "The oldest first; the last one may go on."),
    ])

    /// Rules, tools and origins that are told of: the most frequent.
    static let most = 64
    /// Of the newest; starts make more than one of a minute.
    static let maximumMinutes = 120
    /// The bounds of ``whatIf``, by tenths of a decade from those in force.
    static let shifts = [-10, -5, 0, 5, 10]

    /// The query's parameter, and the longest time that is kept.
    static let maximumSeconds = 3_600
    static let parameters = [
        QueryParameter(
            name: "seconds", shape: .integer(60...maximumSeconds),
            summary: "How far back; \(maximumSeconds) without it.")
    ]

    private static let name = Shape.text(1...LedgerLimits.robotNameBytes)
}

extension RobotsView.Rules {
    fileprivate static let shape = Shape.object([
        .required("version", .count), .required("digest", .text(16...16), "Of its file."),
        .required("bounds", RobotsView.Bounds.shape),
    ])
}

extension RobotsView.Bounds {
    fileprivate static let shape = Shape.object([
        .required("lower", .number, "Suspect from here on."),
        .required("upper", .number, "A robot's from here on."),
    ])
}

extension RobotsView.Rule {
    fileprivate static let shape = Shape.object([
        .required("rule", .text(1...LedgerLimits.robotNameBytes)),
        .required(
            "layer", .integer(0...4), "1 signature, 2 consistency, 3 rhythm, 4 cohort."),
        .required("says", .text(0...1_000)), .required("count", .count),
        .required("share", .number, "Of robots and suspects; an entry may have several rules."),
        .required("tools", .array(RobotsView.Tool.shape, maximum: RobotsView.most)),
        .required(
            "samples", .array(RobotsView.Sample.shape, maximum: LedgerLimits.robotSamples)),
    ])
}

extension RobotsView.Tool {
    fileprivate static let shape = Shape.object([
        .required("tool", .text(1...LedgerLimits.robotNameBytes)), .required("count", .count),
    ])
}

extension RobotsView.Sample {
    fileprivate static let shape = Shape.object([
        .required("at", .time),
        .required("address", .text(1...64), "Truncated (C21); `unknown` where a server sent it."),
        .required("verdict", .choice(of: RobotMinute.Verdict.self)),
        .required("weight", .number),
        .required(
            "reasons",
            .array(
                .text(1...LedgerLimits.robotNameBytes), maximum: LedgerLimits.robotSampleRules)),
        .optional("tool", .text(1...LedgerLimits.robotNameBytes)),
    ])
}

extension RobotsView.WhatIf {
    fileprivate static let shape = Shape.object([
        .required("bounds", RobotsView.Bounds.shape), .required("challenged", .count),
        .required("refused", .count), .required("current", .boolean),
    ])
}

extension RobotsView.Minute {
    fileprivate static let shape = Shape.object([
        .required("since", .time), .required("until", .time), .required("attempts", .count),
        .required("robots", .count), .required("suspects", .count), .required("refused", .count),
        .required("tests", .count),
    ])
}
