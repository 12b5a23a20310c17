/// How an area is filled: a colour for the eye, a hatching for who sees no colours or prints in
/// black and white. Colours are Okabe and Ito's; `PageStyle` has them.
enum Fill: String, CaseIterable {
    // Verdicts, in the order in which they are stacked.
    case accepted, repeated, waiting, challenged, refused, suspended, closed, overloaded
    /// A verdict that this program does not know, `http_502` among them.
    case other
    case errors
    /// A state without trouble.
    case quiet
    /// The gateway did not answer.
    case silent

    init(verdict: String) {
        self = Self.verdicts.first { $0.rawValue == verdict } ?? .other
    }

    /// A level of pressure, or the state of an operation.
    init(state: String) {
        switch state {
        case "calm", "open": self = .quiet
        case "strained", "smoothed": self = .waiting
        case "critical": self = .overloaded
        case "suspended", "suspended_definitively": self = .suspended
        case "closed", "scheduled", "ended": self = .closed
        default: self = .other
        }
    }

    /// Verdicts stand in a fixed order; those that are not known follow by their number.
    static func precedes(
        _ first: (name: String, count: Int), _ second: (name: String, count: Int)
    ) -> Bool {
        let ranks = (rank(of: first.name), rank(of: second.name))
        if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
        return (second.count, first.name) < (first.count, second.name)
    }

    private static let verdicts = Array(allCases.prefix { $0 != .other })

    private static func rank(of verdict: String) -> Int {
        verdicts.firstIndex { $0.rawValue == verdict } ?? verdicts.count
    }

    /// The value of an SVG's `fill`.
    var reference: String { "url(#fill-\(rawValue))" }

    /// What references point to: once on a page.
    static var definitions: HTML {
        HTML("svg", ["class": "definitions", "aria-hidden": "true"]) {
            HTML("defs") {
                for fill in allCases { fill.pattern }
            }
        }
    }

    private var pattern: HTML {
        HTML(
            "pattern",
            [
                "id": "fill-\(rawValue)", "width": "8", "height": "8",
                "patternUnits": "userSpaceOnUse",
            ]
        ) {
            HTML("rect", ["class": "ground-\(rawValue)", "width": "8", "height": "8"])
            HTML("path", ["class": "hatch hatch-\(rawValue)", "d": hatching])
        }
    }

    /// Lines that go on in the next tile, 8 by 8.
    private var hatching: String {
        switch self {
        case .accepted, .quiet: ""
        case .repeated: "M0 4H8"
        case .waiting: "M1 2h2M5 6h2"
        case .challenged: "M0 2H8M0 6H8"
        case .refused: "M-2 -2L10 10M-2 6L2 10M6 -2L10 2"
        case .suspended, .silent: "M-2 10L10 -2M-2 2L2 -2M6 10L10 6"
        case .closed: "M4 0V8"
        case .overloaded: "M0 0L8 8M8 0L0 8"
        case .other: "M2 0V8M6 0V8"
        case .errors: "M-2 10L10 -2M-2 2L2 -2M6 10L10 6"
        }
    }
}
