/// Shapes of a drawing. Curves live in a space of their own, ``width`` wide whatever the page's
/// width is, which the browser stretches; text never does.
enum SVG {
    static let width = 1_000.0

    struct Point: Equatable {
        var x: Double
        var y: Double
    }

    /// A coordinate: tenths are finer than a pixel.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let tenths = Int((min(max(value, -1e6), 1e6) * 10).rounded())
        if tenths.isMultiple(of: 10) { return String(tenths / 10) }
        return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }

    static func points(_ points: [Point]) -> String {
        points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    }

    static func line(from start: (x: String, y: String), to end: (x: String, y: String)) -> HTML {
        HTML("line", ["x1": start.x, "y1": start.y, "x2": end.x, "y2": end.y])
    }

    /// The space of curves, stretched over the whole drawing.
    static func curves(height: Double, @HTMLBuilder content: () -> HTML) -> HTML {
        HTML(
            "svg",
            [
                "class": "curves", "width": "100%", "height": "100%",
                "viewBox": "0 0 \(number(width)) \(number(height))",
                "preserveAspectRatio": "none",
            ], content: content)
    }
}
