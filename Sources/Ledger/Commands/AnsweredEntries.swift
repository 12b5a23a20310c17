package import Time

/// How many entries of an operation were answered how, while it was smoothed or suspended.
///
/// What is refused leaves no record of its own, so the process puts its counts on record when the
/// span ends: one record for each span with an answer. A process that ends within a span takes its
/// counts with it.
package struct AnsweredEntries: Equatable, Codable, Sendable {
    package enum State: String, CaseIterable, Codable, Sendable {
        case smoothed, suspended
    }

    package var operation: String
    /// Where the operation stood.
    package var state: State
    /// When the counting began, and when it ended.
    package var since: Timestamp
    package var until: Timestamp
    // Answers by verdict.
    package var accepted = 0
    package var repeated = 0
    package var refused = 0
    package var closed = 0
    package var overloaded = 0
    package var waiting = 0
    package var suspended = 0
    package var challenged = 0

    package init(operation: String, state: State, since: Timestamp, until: Timestamp) {
        self.operation = operation
        self.state = state
        self.since = since
        self.until = until
    }

    /// A verdict's name on the wire, and where its count is.
    package struct Verdict: Sendable {
        package let name: String
        package let count: any WritableKeyPath<AnsweredEntries, Int> & Sendable
    }

    /// All verdicts.
    package static let verdicts: [Verdict] = [
        Verdict(name: "accepted", count: \.accepted), Verdict(name: "repeated", count: \.repeated),
        Verdict(name: "refused", count: \.refused), Verdict(name: "closed", count: \.closed),
        Verdict(name: "overloaded", count: \.overloaded),
        Verdict(name: "waiting", count: \.waiting), Verdict(name: "suspended", count: \.suspended),
        Verdict(name: "challenged", count: \.challenged),
    ]

    /// Answers in all.
    package var total: Int { Self.verdicts.reduce(0) { $0 + self[keyPath: $1.count] } }

    /// Whether every figure can have been counted.
    var isPlausible: Bool {
        since <= until
            && Self.verdicts.allSatisfy {
                (0...1_000_000_000_000).contains(self[keyPath: $0.count])
            }
    }
}
