import ArgumentParser
import Bytes
import Files
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

            Minutes, not averages: what was not measured does not count as accessible. By A \
            nothing but maintenance is taken out of the month; by B suspensions are, too, unless \
            they come from the operator's own fault alone.
            """)

    @Argument(help: "The month. Default: the current one.") var month: String?
    @Option(parsing: .unconditional, help: "The client. Default: the platform as a whole.")
    var client: String?
    @Option(
        parsing: .unconditional,
        help: .init("Write a page to print, in place of the table.", valueName: "file"),
        completion: .file())
    var page: String?
    @Option(parsing: .unconditional, help: "The page's language: en or fr.")
    var language = AvailabilityPage.Language.en
    @OptionGroup var options: AdminOptions

    func run() throws {
        var query: [(name: String, value: String)] = []
        if let month { query.append(("month", month)) }
        if let client { query.append(("client", client)) }
        let answer = try options.client().call("GET", ["v1", "availability"], query: query)
        guard let page else { return try options.show(answer, as: Self.text) }
        try write(AvailabilityPage(answer, language).text, to: page)
    }

    private func write(_ text: String, to path: String) throws(CommandFailure) {
        var bytes = ByteBuffer(capacity: text.utf8.count)
        text.withBytes { bytes.append($0) }
        do throws(FileError) {
            try DurableFile.write(bytes.bytes, to: path)
        } catch {
            throw CommandFailure(.inputOutput, "\(path): cannot write it (\(error.reason))")
        }
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
        return head(answer) + table.text + excluded(answer) + lost(answer) + incidents(answer)
    }

    private static func row(_ name: String, _ reading: JSONValue) -> [String] {
        let names = ["pc_minutes", "ds_minutes", "unmeasured_minutes"]
        let budget = ["error_budget_allowed_minutes", "error_budget_minutes"]
        func number(_ name: String) -> String {
            reading[name]?.integer.map { grouped($0) } ?? ""
        }
        return [name] + names.map(number)
            + [
                percent(reading["txd"]),
                reading["meets_commitment"]?.bool.map { $0 ? "met" : "missed" } ?? "",
            ] + budget.map(number)
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
}
