import ArgumentParser
import Wire

/// `portillon correction`: what minutes really were, where a probe was wrong (C15).
struct CorrectionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correction",
        abstract: "Correct minutes of availability that were measured wrongly.",
        discussion: """
            portillon correction add accessible --from 2026-11-20T12:00:00Z \
            --to 2026-11-20T12:10:00Z --reason 'the probe had no network'
            portillon correction list

            What was measured stays on record, and shows in the raw figures.
            """,
        subcommands: [Add.self, List.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Record what minutes really were, and why.",
            discussion: """
                portillon correction add accessible --from 2026-11-20T12:00:00Z \
                --to 2026-11-20T12:10:00Z --reason 'the probe had no network'
                """)

        @Argument(help: "accessible, not_accessible, unmeasured, or as_measured.")
        var becomes: String
        @Option(
            parsing: .unconditional,
            help: .init("The start of the first minute (RFC 3339).", valueName: "time"))
        var from: String
        @Option(
            parsing: .unconditional,
            help: .init("The start of the first minute behind it.", valueName: "time"))
        var to: String
        @Option(
            parsing: .unconditional,
            help: .init("Whose minutes alone. Default: of all clients.", valueName: "client"))
        var client: String?
        @Option(parsing: .unconditional, help: "Why: on record for good.") var reason: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            var body: [String: JSONValue] = [
                "from": .string(from), "to": .string(to), "becomes": .string(becomes),
                "reason": .string(reason),
            ]
            body["client"] = client.map(JSONValue.string)
            let answer = try options.client().call("POST", ["v1", "corrections"], body)
            try options.show(answer) { listing($0.rows(CorrectionCommand.names)) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the corrections.", discussion: "portillon correction list --json")

        @OptionGroup var options: AdminOptions

        func run() throws {
            let list = PagedList(
                client: try options.client(), path: ["v1", "corrections"], name: "corrections")
            try options.show(list, columns: CorrectionCommand.names)
        }
    }

    fileprivate static let names = [
        "from", "to", "becomes", "client", "author", "reason", "recorded_at",
    ]
}
