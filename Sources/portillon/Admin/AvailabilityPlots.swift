import Bytes
import Wire

/// The plots of a month's availability, as inline SVG.
struct AvailabilityPlots {
    private let days: [JSONValue]
    /// Minutes that may be lost in the month.
    private let allowed: Int
    private let page: ReportPage

    /// - Parameter answer: of `GET /v1/availability`.
    init(_ answer: JSONValue, _ page: ReportPage) {
        days = answer["days"]?.elements ?? []
        allowed = answer["error_budget_allowed_minutes"]?.integer ?? 0
        self.page = page
    }

    /// Minutes of PC that are not in DS.
    static func lost(of day: JSONValue) -> Int {
        max((day["pc_minutes"]?.integer ?? 0) - (day["ds_minutes"]?.integer ?? 0), 0)
    }

    /// A bar a day, with its number: what was found not accessible is filled, what was not measured
    /// is an outline above it.
    var lostByDay: String {
        let highest = max(days.map { Self.lost(of: $0) }.max() ?? 0, 10)
        var marks = ""
        for (index, day) in days.enumerated() {
            let lost = Self.lost(of: day)
            let unmeasured = min(day["unmeasured_minutes"]?.integer ?? 0, lost)
            let (left, top) = (Self.left(index), Self.height(lost, highest))
            let middle = Self.height(lost - unmeasured, highest)
            marks += """
                <rect x="\(left)" y="\(top)" width="12" height="\(middle - top)" fill="none" \
                stroke="currentColor"/>
                <rect x="\(left)" y="\(middle)" width="12" height="\(120 - middle)"/>
                \(dayLabel(day, left))

                """
            if lost > 0 { marks += Self.label(lost, left + 6, top - 3) }
        }
        return Self.plot(
            marks,
            page.say(
                "Filled: not accessible. Outlined: not measured.",
                "Plein : non accessible. Contour : non mesuré."))
    }

    /// What has been lost by the end of each day, beside what may be lost in the month.
    var budget: String {
        var sum = 0
        let sums = days.map { day in
            sum += Self.lost(of: day)
            return sum
        }
        let highest = max(sum, allowed, 10)
        var marks = ""
        var points = ""
        for (index, day) in days.enumerated() {
            let left = Self.left(index)
            points += "\(left + 6),\(Self.height(sums[index], highest)) "
            marks += dayLabel(day, left) + "\n"
        }
        let limit = Self.height(allowed, highest)
        marks += """
            <polyline points="\(points)" fill="none" stroke="currentColor" stroke-width="2"/>
            <path d="M16 \(limit)H586" stroke="currentColor" stroke-dasharray="4 3"/>

            """
        marks += Self.label(allowed, 6, limit + 3)
        if let last = sums.last, last > 0 {
            marks += Self.label(
                last, Self.left(sums.count - 1) + 6, Self.height(last, highest) - 4)
        }
        return Self.plot(
            marks,
            page.say(
                "Line: minutes lost by the end of the day, by A. Dashed: what may be lost.",
                "Ligne : minutes perdues à la fin du jour, selon A. Tirets : marge du mois."))
    }

    private func dayLabel(_ day: JSONValue, _ left: Int) -> String {
        let text = Markup.escaped(String(day["day"]?.text.suffix(2) ?? ""))
        return "<text x=\"\(left + 6)\" y=\"132\" text-anchor=\"middle\">\(text)</text>"
    }

    private static func left(_ index: Int) -> Int { 20 + index * 18 }

    private static func height(_ minutes: Int, _ highest: Int) -> Int {
        120 - minutes * 100 / highest
    }

    private static func label(_ number: Int, _ x: Int, _ y: Int) -> String {
        "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"middle\">\(number)</text>\n"
    }

    private static func plot(_ marks: String, _ key: String) -> String {
        let key = Markup.escaped(key)
        return """
            <svg viewBox="0 0 590 140" role="img" aria-label="\(key)">
            <path d="M16 120H586" stroke="currentColor"/>
            \(marks)</svg>
            <p>\(key)</p>
            """
    }
}
