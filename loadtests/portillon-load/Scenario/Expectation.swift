/// What must hold at the end of a run.
struct Expectation: Sendable, Equatable {
    /// The figure; ``FigureNames`` has all names.
    var figure: String
    /// Seconds of the run to look at; nil for all of it.
    var window: Window?
    var bounds: [Bound]

    /// From the start of a second to the end of another: `from 2 to 10` is eight seconds.
    struct Window: Sendable, Equatable {
        var from: Int
        var to: Int

        func contains(_ second: Int) -> Bool { second >= from && second < to }
        var description: String {
            to == .max ? "from \(from) s on" : "from \(from) s to \(to) s"
        }
    }

    enum Relation: String, CaseIterable, Sendable {
        case atMost = "at_most"
        case atLeast = "at_least"
        case equals
    }

    struct Bound: Sendable, Equatable {
        var relation: Relation
        var reference: Reference
    }

    /// A bound is a number, or a figure times a number: of the same stream, or of another one as a
    /// whole.
    enum Reference: Sendable, Equatable {
        case number(Double)
        case figure(String, times: Double, window: Window?, stream: String? = nil)
    }

    /// Windows that have to be gathered while the run goes on.
    var windows: [Window] {
        bounds.reduce(into: [window].compactMap(\.self)) { found, bound in
            if case .figure(_, _, let window?, _) = bound.reference { found.append(window) }
        }
    }
}
