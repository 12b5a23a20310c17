/// One plot over the page's time axis: curves, or areas stacked on each other.
struct Plot {
    enum Form {
        case lines, stack
    }

    /// A curve and how it is drawn; values may be missing.
    struct Series {
        let name: String
        let look: Look
        let values: [Double?]
    }

    /// What a series looks like: a line of the style sheet, or a filled area.
    enum Look {
        case line(Line)
        case area(Fill)
    }

    /// Lines differ in colour, in width and in dashes.
    enum Line: String {
        case due, sent, answered, p50, p90, p99, max, backlog, resource
    }

    let title: String
    let unit: Unit
    let form: Form
    /// The moment of each value: the middle of the span that it stands for.
    let times: [Double]
    let series: [Series]
    let axis: Axis
    let height: Double

    init(
        title: String, unit: Unit, form: Form = .lines, times: [Double], series: [Series],
        height: Double = 200
    ) {
        precondition(
            series.allSatisfy { $0.values.count == times.count }, "a value for each moment")
        self.title = title
        self.unit = unit
        self.form = form
        self.times = times
        self.series = series
        self.height = height
        axis = unit.axis(covering: form == .stack ? Self.sums(of: series) : series)
    }

    private static func sums(of series: [Series]) -> [Series] {
        guard let first = series.first else { return [] }
        let sums = first.values.indices.map { index in
            series.reduce(0) { $0 + ($1.values[index] ?? 0) }
        }
        return [Series(name: first.name, look: first.look, values: sums)]
    }

    /// The plot with its title and key.
    func figure(over timeline: Timeline) -> HTML {
        HTML(
            "figure",
            ["data-times": times.map { SVG.number($0) }.joined(separator: " ")]
        ) {
            HTML("figcaption") {
                HTML("h3") { title }
                HTML("span", ["class": "unit"]) { unit.words }
                HTML("span", ["class": "moment"])
                HTML("ul", ["class": "key"]) {
                    for one in series { keyEntry(of: one) }
                }
            }
            timeline.drawing(height: height, description: description(over: timeline)) {
                valueGrid
                switch form {
                case .lines: lines(over: timeline)
                case .stack: stack(over: timeline)
                }
            }
        }
    }

    /// For who cannot see the drawing.
    private func description(over timeline: Timeline) -> String {
        let peaks = series.map { one in
            let peak = one.values.lazy.compactMap(\.self).max()
            return "\(one.name) at most \(peak.map(unit.text) ?? NumberFormat.nothing)"
        }
        return "\(title), \(unit.words): \(peaks.joined(separator: ", "))"
    }

    /// The script reads the values from here, as they are written.
    private func keyEntry(of one: Series) -> HTML {
        let values = one.values.map { $0.map(unit.text) ?? "" }.joined(separator: ";")
        return HTML("li", ["data-values": values]) {
            HTML("svg", ["class": "swatch", "aria-hidden": "true"]) {
                switch one.look {
                case .line(let line):
                    HTML(
                        "line",
                        [
                            "class": "curve \(line.rawValue)", "x1": "1", "y1": "6", "x2": "27",
                            "y2": "6",
                        ])
                case .area(let fill):
                    HTML("rect", ["fill": fill.reference, "width": "28", "height": "12"])
                }
            }
            one.name
            HTML("b")
        }
    }

    private var valueGrid: HTML {
        HTML("g", ["class": "grid"]) {
            for value in axis.minorTicks { level(value, "minor") }
            for tick in axis.ticks {
                level(tick.value, nil)
                HTML("text", ["class": "value", "x": "-6", "y": SVG.number(y(tick.value))]) {
                    tick.label
                }
            }
        }
    }

    private func level(_ value: Double, _ kind: String?) -> HTML {
        let y = SVG.number(y(value))
        return HTML("line", ["class": kind, "x1": "0", "y1": y, "x2": "100%", "y2": y])
    }

    func y(_ value: Double) -> Double {
        height * (1 - axis.fraction(of: value))
    }
}
