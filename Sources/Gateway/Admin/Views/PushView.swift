internal import Ledger

/// Who pushes at an operation, and what the gate did: rates and answer times of the last five to
/// ten seconds, reasons and sources since the process started.
struct PushView: Encodable {
    /// What a campaign's tag has brought.
    struct Source: Encodable {
        /// Nil for all entries whose tag has no count of its own, or that carry none.
        let source: String?
        /// Whether a campaign in force has the tag.
        let declared: Bool
        /// Accepted since the process started.
        let entries: UInt64
        let perSecond: Double

        private enum CodingKeys: String, CodingKey {
            case source, declared, entries
            case perSecond = "per_second"
        }
    }

    let operation: String
    /// Entries answered a second, whatever the answer.
    let attemptsPerSecond: Double
    let acceptedPerSecond: Double
    /// What half, and 99 of 100, of the answers took at most; nil where there was none.
    let p50Seconds: Double?
    let p99Seconds: Double?
    /// By reason; those that occurred.
    let refusals: [String: UInt64]
    /// Those that bring most first.
    let sources: [Source]

    /// Sources that are told of one operation.
    static var maximumSources: Int { 10 }

    private enum CodingKeys: String, CodingKey {
        case operation, refusals, sources
        case attemptsPerSecond = "attempts_per_second"
        case acceptedPerSecond = "accepted_per_second"
        case p50Seconds = "p50_seconds"
        case p99Seconds = "p99_seconds"
    }
}

extension PushView {
    static let shape = Shape.object([.required("operation", .identifier)] + members)

    /// Those that an operation's own view has, too.
    static let members: [Shape.Member] = [
        .required(
            "attempts_per_second", .number, "Entries answered, whatever the answer; of seconds."),
        .required("accepted_per_second", .number),
        .optional("p50_seconds", .number, "Half of the answers took as long at most; of seconds."),
        .optional("p99_seconds", .number),
        .required("refusals", .map(.count), "By reason, since the process started."),
        .required(
            "sources", .array(Source.shape, maximum: maximumSources),
            "Campaign tags, those that bring most first."),
    ]
}

extension PushView.Source {
    fileprivate static let shape = Shape.object([
        .optional(
            "source", .text(1...LedgerLimits.sourceBytes),
            "Absent for entries without a tag that has a count of its own."),
        .required("declared", .boolean),
        .required("entries", .count, "Accepted since the process started."),
        .required("per_second", .number),
    ])
}
