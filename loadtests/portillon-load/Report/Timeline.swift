/// The time axis that all plots of a page share, with what was done to the gateway on the way.
struct Timeline {
    let axis: Axis
    let marks: [TimelineMark]

    /// From the first thing that is known, at the latest second 0, to the last.
    init(_ report: RunReport) {
        var times = [0, report.durationSeconds]
        times += report.streams.flatMap { $0.seconds }.map { Double($0.second) + 1 }
        times += report.gateway?.samples.map(\.at) ?? []
        times += report.marks.map(\.at)
        let known = times.lazy.filter(\.isFinite).map { min(max($0, -Self.longest), Self.longest) }
        axis = Axis(linear: (known.min() ?? 0)...max(known.max() ?? 1, 1), intervals: 10)
        marks = Array(report.marks.filter(\.at.isFinite).prefix(Self.maximumMarks))
    }

    /// Thirty years: a report that says more is not a report of a run.
    private static let longest = 1e9
    /// More lines than this would hide the curves.
    private static let maximumMarks = 50

    /// A moment as SVG places it across a drawing: `12.5%`.
    func place(_ at: Double) -> String {
        SVG.number(axis.fraction(of: at) * 100) + "%"
    }

    /// A drawing as high as it says and as wide as the page: the grid of seconds, what `content`
    /// draws, the marks over it, and the line that follows the pointer.
    func drawing(
        height: Double, description: String, @HTMLBuilder content: () -> HTML
    ) -> HTML {
        let rows = SpreadLabels.rows(of: marks.map { ($0.label, axis.fraction(of: $0.at)) })
        let above = Double(((rows.compactMap(\.self).max() ?? -1) + 1) * 14 + 8)
        return HTML(
            "svg",
            [
                "class": "drawing", "role": "img", "aria-label": description,
                "height": SVG.number(height), "style": "margin-top:\(SVG.number(above))px",
            ]
        ) {
            HTML("rect", ["class": "frame", "width": "100%", "height": "100%"])
            grid(height: height)
            content()
            zip(marks, rows).map { mark, row in line(mark, row: row) }
            HTML("line", ["class": "cursor", "y1": "0", "y2": "100%"])
        }
    }

    private func grid(height: Double) -> HTML {
        HTML("g", ["class": "grid"]) {
            for (index, tick) in axis.ticks.enumerated() {
                let place = place(tick.value)
                // The last one has the unit, so a narrow page leaves out others.
                let last = axis.ticks.count - 1
                SVG.line(from: (place, "0"), to: (place, "100%"))
                HTML(
                    "text",
                    [
                        "class": (last - index).isMultiple(of: 2) ? "second" : "second between",
                        "x": place, "y": SVG.number(height + 15),
                    ]
                ) { tick.label + (index == last ? " s" : "") }
            }
        }
    }

    private func line(_ mark: TimelineMark, row: Int?) -> HTML {
        let place = place(mark.at)
        let isBefore = axis.fraction(of: mark.at) > 0.5
        return HTML("g", ["class": "mark"]) {
            HTML("title") {
                "\(mark.label) at \(NumberFormat.page.decimal(mark.at, places: 1)) s"
            }
            // Up to its label, so that two beside each other are told apart.
            SVG.line(from: (place, "\(row.map { -12 - 14 * $0 } ?? 0)"), to: (place, "100%"))
            if let row {
                HTML(
                    "text",
                    [
                        "class": isBefore ? "before" : nil, "x": place,
                        "dx": isBefore ? "-4" : "4", "y": "\(-6 - 14 * row)",
                    ]
                ) { mark.label }
            }
        }
    }
}
