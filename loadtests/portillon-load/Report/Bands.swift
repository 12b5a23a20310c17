/// States over time: a row each for the pressure and for operations, under the page's time axis.
struct Bands {
    /// What was so from one moment to another.
    struct Span: Equatable {
        var from: Double
        var to: Double
        /// Nil where the gateway did not answer.
        var state: String?
    }

    struct Row {
        let name: String
        let spans: [Span]
    }

    let rows: [Row]

    /// - Parameter operations: names in the scenario whose states are shown, in this order.
    init(_ samples: [GatewaySample], operations: [String]) {
        rows =
            [Row(name: "pressure", spans: Self.spans(samples, \.pressure))]
            + operations.map { name in
                Row(name: "state of \(name)", spans: Self.spans(samples) { $0.states[name] })
            }
    }

    /// A sample says what is so until the next one; neighbours that say the same are one span.
    static func spans(
        _ samples: [GatewaySample], _ state: (GatewaySample) -> String?
    ) -> [Span] {
        var spans: [Span] = []
        for (index, sample) in samples.enumerated() {
            let step = index > 0 ? sample.at - samples[index - 1].at : 1
            let end = index + 1 < samples.count ? samples[index + 1].at : sample.at + step
            let state = state(sample)
            if let last = spans.last, last.state == state {
                spans[spans.count - 1].to = end
            } else {
                spans.append(Span(from: sample.at, to: end, state: state))
            }
        }
        return spans
    }

    func figure(over timeline: Timeline) -> HTML {
        HTML("figure") {
            HTML("figcaption") {
                HTML("h3") { "State of the gateway" }
                HTML("ul", ["class": "key"]) {
                    for state in states { keyEntry(of: state) }
                }
            }
            timeline.drawing(height: Double(rows.count) * Self.rowHeight, description: description)
            {
                for (index, row) in rows.enumerated() {
                    drawing(of: row, y: Double(index) * Self.rowHeight, over: timeline)
                }
            }
        }
    }

    private static let rowHeight = 38.0
    /// Nobody listens to more spans than this.
    private static let maximumListed = 20

    /// Every state that occurs, in the order of its first time.
    private var states: [String?] {
        var states: [String?] = []
        for span in rows.flatMap(\.spans) where !states.contains(span.state) {
            states.append(span.state)
        }
        return states
    }

    private var description: String {
        let texts = rows.map { row in
            "\(row.name): "
                + row.spans.prefix(Self.maximumListed).map(Self.sentence).joined(separator: ", ")
                + (row.spans.count > Self.maximumListed ? ", …" : "")
        }
        return texts.joined(separator: "; ")
    }

    private static func sentence(_ span: Span) -> String {
        let numbers = NumberFormat.page
        return "\(word(span.state)) from \(numbers.decimal(span.from, places: 1)) s "
            + "to \(numbers.decimal(span.to, places: 1)) s"
    }

    private static func word(_ state: String?) -> String { state ?? "no answer" }

    private static func fill(_ state: String?) -> Fill { state.map(Fill.init(state:)) ?? .silent }

    private func keyEntry(of state: String?) -> HTML {
        HTML("li") {
            HTML("svg", ["class": "swatch", "aria-hidden": "true"]) {
                HTML(
                    "rect",
                    [
                        "class": "band", "fill": Self.fill(state).reference, "width": "28",
                        "height": "12",
                    ])
            }
            Self.word(state)
        }
    }

    private func drawing(of row: Row, y: Double, over timeline: Timeline) -> HTML {
        HTML("g", ["class": "inside"]) {
            for span in row.spans {
                let from = timeline.axis.fraction(of: span.from)
                let width = timeline.axis.fraction(of: span.to) - from
                HTML(
                    "rect",
                    [
                        "class": "band", "fill": Self.fill(span.state).reference,
                        "x": timeline.place(span.from), "width": SVG.number(width * 100) + "%",
                        "y": SVG.number(y + 16), "height": "18",
                    ]
                ) {
                    HTML("title") { Self.sentence(span) }
                }
                let word = Self.word(span.state)
                let letters = Double(word.count + 2)
                // On a wide page a letter takes less than a hundredth of the width.
                if width > letters * 0.0085 {
                    HTML(
                        "text",
                        [
                            "class": width > letters * 0.022 ? nil : "tight",
                            "x": SVG.number((from + width / 2) * 100) + "%",
                            "y": SVG.number(y + 25),
                        ]
                    ) { word }
                }
            }
            HTML("text", ["class": "row", "x": "0", "y": SVG.number(y + 7)]) { row.name }
        }
    }
}
