/// How values become shapes.
extension Plot {
    func lines(over timeline: Timeline) -> HTML {
        SVG.curves(height: height) {
            for one in series {
                for part in parts(of: one.values, over: timeline) {
                    HTML("polyline", ["class": lineClass(one), "points": SVG.points(part)])
                }
            }
        } + endLabels
    }

    /// The name of each line beside its end, for who has no colours.
    private var endLabels: HTML {
        let ends = series.compactMap { one in
            one.values.last { $0 != nil }.flatMap(\.self).map { (one, y($0)) }
        }
        let heights = SpreadLabels.heights(ends.map(\.1), height: height)
        return HTML("g", ["class": "end"]) {
            for ((one, _), height) in zip(ends, heights) {
                HTML("text", ["x": "100%", "dx": "6", "y": SVG.number(height)]) { one.name }
            }
        }
    }

    /// A curve is drawn as far as it is known: a gap stays a gap.
    func parts(of values: [Double?], over timeline: Timeline) -> [[SVG.Point]] {
        var parts: [[SVG.Point]] = []
        var part: [SVG.Point] = []
        for (time, value) in zip(times, values) {
            if let value {
                part.append(SVG.Point(x: x(time, timeline), y: y(value)))
            } else if !part.isEmpty {
                parts.append(part)
                part = []
            }
        }
        if !part.isEmpty { parts.append(part) }
        // A line of one point would not be seen; its round ends make it a dot.
        return parts.map { $0.count == 1 ? $0 + $0 : $0 }
    }

    /// Each area reaches down to zero and the next one covers it, from the highest to the lowest.
    func stack(over timeline: Timeline) -> HTML {
        let levels = levels
        let xs = times.map { x($0, timeline) }
        return SVG.curves(height: height) {
            for (one, tops) in zip(series, levels.dropFirst()).reversed() {
                if let first = xs.first, let last = xs.last {
                    let points = zip(xs, tops).map { SVG.Point(x: $0, y: y($1)) }
                    let ground = [SVG.Point(x: last, y: height), SVG.Point(x: first, y: height)]
                    HTML(
                        "polygon",
                        [
                            "fill": fill(one)?.reference,
                            "points": SVG.points(points + ground),
                        ])
                }
            }
        } + innerLabels(levels, over: timeline)
    }

    /// Where each area begins, and at last where the highest one ends.
    private var levels: [[Double]] {
        var levels = [Array(repeating: 0.0, count: times.count)]
        for one in series {
            let below = levels[levels.count - 1]
            levels.append(zip(below, one.values).map { $0 + max($1 ?? 0, 0) })
        }
        return levels
    }

    /// The name of each area where it has most room, if that is enough for letters.
    private func innerLabels(_ levels: [[Double]], over timeline: Timeline) -> HTML {
        HTML("g", ["class": "inside"]) {
            for (index, one) in series.enumerated() {
                let room = room(
                    between: levels[index], and: levels[index + 1], letters: one.name.count,
                    over: timeline)
                if let room {
                    HTML(
                        "text",
                        [
                            "class": "tight", "x": timeline.place(room.time),
                            "y": SVG.number(room.y),
                        ]
                    ) { one.name }
                }
            }
        }
    }

    /// Where a word fits best into an area: all of it, not only its middle.
    private func room(
        between lower: [Double], and upper: [Double], letters: Int, over timeline: Timeline
    ) -> (time: Double, y: Double)? {
        let fractions = times.map(timeline.axis.fraction)
        // Half of a word on a page of the usual width.
        let half = Double(letters) * 0.004 + 0.005
        var best: (time: Double, y: Double)?
        var maximum = Self.letterHeight
        for (middle, fraction) in fractions.enumerated() {
            guard fraction - half >= 0, fraction + half <= 1 else { continue }
            var (top, bottom) = (0.0, height)
            for index in neighbours(of: middle, within: half, fractions) {
                top = max(top, y(upper[index]))
                bottom = min(bottom, y(lower[index]))
            }
            guard bottom - top > maximum else { continue }
            maximum = bottom - top
            best = (times[middle], (top + bottom) / 2)
        }
        return best
    }

    private func neighbours(
        of middle: Int, within distance: Double, _ fractions: [Double]
    ) -> ClosedRange<Int> {
        var (first, last) = (middle, middle)
        while first > 0, fractions[middle] - fractions[first] < distance { first -= 1 }
        while last + 1 < fractions.count, fractions[last] - fractions[middle] < distance {
            last += 1
        }
        return first...last
    }

    private static let letterHeight = 14.0

    private func x(_ time: Double, _ timeline: Timeline) -> Double {
        timeline.axis.fraction(of: time) * SVG.width
    }

    private func lineClass(_ one: Series) -> String? {
        if case .line(let line) = one.look { "curve \(line.rawValue)" } else { nil }
    }

    private func fill(_ one: Series) -> Fill? {
        if case .area(let fill) = one.look { fill } else { nil }
    }
}
