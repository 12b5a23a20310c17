/// How many entries were answered otherwise than `accepted`, by verdict.
package struct AnswerCounts: Equatable, Codable, Sendable, BitwiseCopyable {
    package var repeated: UInt64 = 0
    package var waiting: UInt64 = 0
    package var challenged: UInt64 = 0
    package var refused: UInt64 = 0
    package var suspended: UInt64 = 0
    package var closed: UInt64 = 0
    package var overloaded: UInt64 = 0

    package init() {}

    /// A verdict's name on the wire, and where its count is.
    package struct Verdict: Sendable {
        package let name: String
        package let count: any WritableKeyPath<AnswerCounts, UInt64> & Sendable
    }

    /// All of them.
    package static let verdicts: [Verdict] = [
        Verdict(name: "repeated", count: \.repeated), Verdict(name: "waiting", count: \.waiting),
        Verdict(name: "challenged", count: \.challenged),
        Verdict(name: "refused", count: \.refused), Verdict(name: "suspended", count: \.suspended),
        Verdict(name: "closed", count: \.closed), Verdict(name: "overloaded", count: \.overloaded),
    ]

    package var isEmpty: Bool { self == AnswerCounts() }

    /// Answers in all; the largest number where there are more.
    package var total: UInt64 {
        Self.verdicts.reduce(0) { $0.addingOrMaximum(self[keyPath: $1.count]) }
    }

    /// Adds each count; the largest number where that is more.
    package static func += (left: inout AnswerCounts, right: AnswerCounts) {
        for verdict in verdicts {
            left[keyPath: verdict.count] = left[keyPath: verdict.count]
                .addingOrMaximum(right[keyPath: verdict.count])
        }
    }
}

extension UInt64 {
    /// The sum, or the largest number where that is more: a sum of counts never traps.
    func addingOrMaximum(_ other: UInt64) -> UInt64 {
        let (sum, isTooMuch) = addingReportingOverflow(other)
        return isTooMuch ? .max : sum
    }
}
