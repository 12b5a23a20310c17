internal import Availability
internal import Bytes

/// The minutes of the days as a picture: a bar a day, without script or style of its own.
struct StatusChart {
    private let days: [ServiceDay]

    init(_ days: [ServiceDay]) {
        self.days = days
    }

    private static var height: Int { 60 }
    /// Of a bar with its distance from the next.
    private static var width: Int { 10 }
    /// The least height of what must be seen, however short it was.
    private static var least: Int { 6 }

    /// - Parameter label: what it shows, for readers who cannot see it.
    func markup(_ label: String) -> String {
        var bars = ""
        for (index, day) in days.enumerated() { bars += bar(day, index * Self.width + 1) }
        return """
            <svg viewBox="0 0 \(days.count * Self.width) \(Self.height)" role="img" \
            preserveAspectRatio="none" aria-label="\(Markup.escapedLine(label))">
            \(bars)</svg>
            """
    }

    /// From top to bottom: what was not accessible, not measured, in maintenance, accessible.
    private func bar(_ day: ServiceDay, _ left: Int) -> String {
        let total = day.reading.pcMinutes + day.excludedMinutes
        guard total > 0 else { return Self.part("none", left, top: Self.height - 4, 4) }
        var bar = ""
        var top = 0
        for (name, minutes) in [
            ("down", day.reading.notAccessibleMinutes),
            ("unknown", day.reading.unmeasuredMinutes),
            ("kept", day.excludedMinutes),
        ] where minutes > 0 {
            let share = Int(minutes * Int64(Self.height) / total)
            let height = min(max(share, Self.least), Self.height - top)
            bar += Self.part(name, left, top: top, height)
            top += height
        }
        if day.reading.dsMinutes > 0, top < Self.height {
            bar += Self.part("up", left, top: top, Self.height - top)
        }
        return bar
    }

    private static func part(_ name: String, _ left: Int, top: Int, _ height: Int) -> String {
        "<rect class=\"\(name)\" x=\"\(left)\" y=\"\(top)\" width=\"\(width - 2)\" "
            + "height=\"\(height)\"/>\n"
    }
}
