import ArgumentParser
import Wire

/// `portillon availability`: a month's rate by both readings of the terms (C9, C10).
struct AvailabilityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "availability",
        abstract: "Show the availability of a month, by both readings of the terms.",
        discussion: """
            portillon availability
            portillon availability 2026-11 --client acme --json
            portillon availability 2026-11 --client acme --page november.html --language fr
            portillon availability 2026-11 --json > november.json
            portillon evidence verify november.json --journal /var/lib/portillon

            Minutes, not averages: what was not measured does not count as accessible. By A \
            nothing but maintenance is taken out of the month; by B suspensions are, too, unless \
            they come from the operator's own fault alone.
            """)

    @OptionGroup var report: ReportOptions
    @OptionGroup var options: AdminOptions

    func run() throws {
        let answer = try options.client().call("GET", ["v1", "availability"], query: report.query)
        guard let page = report.page else { return try options.show(answer, as: Self.text) }
        try ReportOptions.write(AvailabilityPage(answer, report.language).text, to: page)
    }

    /// A table of the readings; for people, with what lies behind it.
    static func text(_ answer: JSONValue) -> String {
        var table = AlignedTable([
            "reading", "#pc", "#ds", "#unmeasured", "#txd", "99.9 %", "#budget", "#left",
        ])
        table.append(row("a", answer))
        if let b = answer["b"] { table.append(row("b", b)) }
        if let raw = answer["raw"] { table.append(row("measured", raw)) }
        guard TextStyle.current == .people else { return table.text }
        return head(answer) + table.text + burn(answer) + excluded(answer) + lost(answer)
            + incidents(answer) + records(answer)
    }

    private static func row(_ name: String, _ reading: JSONValue) -> [String] {
        let names = ["pc_minutes", "ds_minutes", "unmeasured_minutes"]
        let budget = ["error_budget_allowed_minutes", "error_budget_minutes"]
        func number(_ name: String) -> String {
            reading[name]?.integer.map { grouped($0) } ?? ""
        }
        return [name] + names.map(number)
            + [percent(reading["txd"]), commitment(reading)] + budget.map(number)
    }

    /// Nothing where no minute counts: then nobody knows.
    private static func commitment(_ reading: JSONValue) -> String {
        guard reading["txd"]?.number != nil, let meets = reading["meets_commitment"]?.bool else {
            return ""
        }
        return meets ? "met" : "missed"
    }

    /// Three decimals, as the rate is cut off; nothing without a rate.
    static func percent(_ rate: JSONValue?) -> String {
        guard let rate = rate?.number else { return "" }
        let thousandths = Int((rate * 1_000).rounded())
        let decimals = String(thousandths % 1_000)
        return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - decimals.count)
            + decimals
    }

    private static func head(_ answer: JSONValue) -> String {
        let whose = answer["client"]?.string.map { "client \($0)" } ?? "the platform"
        let state = answer["complete"]?.bool == true ? "complete" : "so far"
        return printable(
            "\(answer["month"]?.text ?? "") (\(answer["time_zone"]?.text ?? "")), \(whose), "
                + "\(state), in minutes:") + "\n"
    }

    /// How fast the budget is used up, by window; of the current month alone.
    private static func burn(_ answer: JSONValue) -> String {
        guard let burn = answer["burn"] else { return "" }
        let windows = (burn["windows"]?.elements ?? []).map { window in
            "\(tenths(window["rate"])) over \(grouped(window["minutes"]?.integer ?? 0)) min"
        }
        let urgency = burn["urgency"]?.string.map { "; \(printable($0))" } ?? ""
        return "budget burns: " + windows.joined(separator: ", ") + urgency + "\n"
    }

    /// One decimal, as a burn rate is cut off; nothing without a rate.
    static func tenths(_ rate: JSONValue?) -> String {
        rate?.number.map(StatusText.tenths) ?? ""
    }

    private static func excluded(_ answer: JSONValue) -> String {
        (answer["excluded"]?.elements ?? []).compactMap { exclusion in
            guard let minutes = exclusion["minutes"]?.integer, minutes > 0 else { return nil }
            let kind = exclusion["kind"]?.text.replacing("_", with: " ") ?? ""
            return "taken out: " + printable(kind) + ", \(grouped(minutes))\n"
        }.joined()
    }

    /// The newest periods that were lost.
    private static func lost(_ answer: JSONValue) -> String {
        let all = answer["lost"]?.elements ?? []
        guard !all.isEmpty else { return "" }
        var table = AlignedTable(["lost from", "until", "state"])
        for period in all.suffix(10) {
            let state = period["state"]?.text.replacing("_", with: " ") ?? ""
            table.append([period["starts"]?.text ?? "", period["ends"]?.text ?? "", state])
        }
        let more = all.count - 10 + (answer["lost_left_off"]?.integer ?? 0)
        return table.text + (more > 0 ? "and \(grouped(more)) earlier; --json has more\n" : "")
    }

    /// The newest incidents of the month (C12).
    private static func incidents(_ answer: JSONValue) -> String {
        let all = answer["incidents"]?.elements ?? []
        guard !all.isEmpty else { return "" }
        var table = AlignedTable(["#incident", "opened", "severity", "state", "title"])
        for incident in all.suffix(10) {
            table.append(
                ["incident", "opened_at", "severity", "state", "title"].map {
                    incident[$0]?.text ?? ""
                })
        }
        let more = all.count - 10 + (answer["incidents_left_off"]?.integer ?? 0)
        return table.text
            + (more > 0 ? "and \(grouped(more)) earlier; portillon incident list has all\n" : "")
    }

    /// How much maintenance, and what else is on record of the month.
    private static func records(_ answer: JSONValue) -> String {
        let lists = [
            ("maintenance", "maintenance", "portillon maintenance list"),
            ("changes", "announced changes", "portillon change list"),
            ("corrections", "corrections of minutes", "portillon correction list"),
            ("force_majeure", "periods of force majeure", "portillon force-majeure list"),
        ]
        return lists.map { name, words, command in
            let count =
                (answer[name]?.elements ?? []).count
                + (answer["\(name)_left_off"]?.integer ?? 0)
            return count > 0 ? "\(words): \(grouped(count)); \(command)\n" : ""
        }.joined()
    }
}
