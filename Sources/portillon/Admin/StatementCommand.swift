import ArgumentParser
import Wire

/// `portillon statement`: what operations used in a month (C15).
struct StatementCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statement",
        abstract: "Show what operations used in a month: entries, participants, robots.",
        discussion: """
            portillon statement
            portillon statement 2026-11 --client acme --json > november.json
            portillon statement 2026-11 --client acme --page november.html --language fr
            portillon evidence verify november.json --journal /var/lib/portillon

            Entries and participants are counted from the journal, by months of the operator's \
            time zone. A load test's entries are in none of the figures.
            """)

    @OptionGroup var report: ReportOptions
    @OptionGroup var options: AdminOptions

    func run() throws {
        let answer = try options.client().call("GET", ["v1", "statement"], query: report.query)
        guard let page = report.page else {
            return try options.show(answer, as: StatementText.text)
        }
        try ReportOptions.write(StatementPage(answer, report.language).text, to: page)
    }
}
