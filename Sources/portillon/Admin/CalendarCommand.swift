import ArgumentParser
import Wire

/// `portillon calendar`: what is expected when.
struct CalendarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar",
        abstract: "Show the declared campaigns, and the entries that they are expected to bring.",
        discussion: """
            portillon calendar
            portillon calendar --from 2026-12-01T00:00:00Z --to 2027-01-01T00:00:00Z --json

            With a client's token, campaigns of others are shown without names. For a calendar \
            program: GET /v1/calendar.ics.
            """)

    @Option(
        parsing: .unconditional,
        help: .init("The first moment (RFC 3339). Default: now.", valueName: "time"))
    var from: String?
    @Option(
        parsing: .unconditional,
        help: .init(
            "The first moment that is left out. Default: 31 days later; at most 62.",
            valueName: "time"))
    var to: String?
    @OptionGroup var options: AdminOptions

    func run() throws {
        var query: [(name: String, value: String)] = []
        if let from { query.append(("from", from)) }
        if let to { query.append(("to", to)) }
        let answer = try options.client().call("GET", ["v1", "calendar"], query: query)
        try options.show(answer, as: CalendarText.calendar)
    }
}
