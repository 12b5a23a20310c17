extension Expectation {
    /// Figures that a few slow answers decide.
    private static let tails: Set<String> = [
        "p99_ms", "p999_ms", "max_ms", "service_p99_ms", "runner_late_p99_ms",
        "runner_unread_p99_ms",
    ]

    /// Figures that the very slowest answers decide: a part of all answers says nothing of them.
    static let extremes: Set<String> = ["p999_ms", "max_ms"]

    /// Whether it, or what it is held against, is such a figure.
    var isOfTail: Bool {
        Self.tails.contains(figure)
            || bounds.contains { bound in
                if case .figure(let name, _, _, _) = bound.reference {
                    return Self.tails.contains(name)
                }
                return false
            }
    }

    /// How many figures it looks at: its own, and each that is a bound.
    var figureCount: Int {
        1
            + bounds.count { bound in
                if case .figure = bound.reference { return true }
                return false
            }
    }
}
