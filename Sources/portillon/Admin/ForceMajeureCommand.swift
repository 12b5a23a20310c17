import ArgumentParser
import Wire

/// `portillon force-majeure`: periods that the terms know (A 14.3).
struct ForceMajeureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "force-majeure",
        abstract: "Record the beginning and the end of force majeure.",
        discussion: """
            portillon force-majeure begin flood --starts 2026-11-20T12:00:00Z
            portillon force-majeure end 1
            portillon force-majeure list
            """,
        subcommands: [Begin.self, End.self, List.self])

    struct Begin: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "begin",
            abstract: "Record that a period has begun.",
            discussion: """
                portillon force-majeure begin flood --starts 2026-11-20T12:00:00Z --note 'the river'
                """)

        @Argument(help: "What it is, such as flood: lower case letters, digits and hyphens.")
        var kind: String
        @Option(
            parsing: .unconditional,
            help: .init("When it began (RFC 3339); may be over.", valueName: "time"))
        var starts: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            var body: [String: JSONValue] = ["kind": .string(kind), "starts": .string(starts)]
            body["note"] = note.map(JSONValue.string)
            let answer = try options.client().call("POST", ["v1", "force-majeure"], body)
            try options.show(answer, as: ForceMajeureCommand.text)
        }
    }

    struct End: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "end",
            abstract: "Record that a period has ended.",
            discussion: "portillon force-majeure end 1")

        @Argument(help: "The period's number.") var period: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call("POST", ["v1", "force-majeure", period, "end"], note.asBody)
            try options.show(answer, as: ForceMajeureCommand.text)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the periods.", discussion: "portillon force-majeure list --json")

        @OptionGroup var options: AdminOptions

        func run() throws {
            let list = PagedList(
                client: try options.client(), path: ["v1", "force-majeure"],
                name: "force_majeure")
            try options.show(list, columns: ForceMajeureCommand.names + ["flags"])
        }
    }

    fileprivate static let names = ["force_majeure", "kind", "starts", "ends", "note"]

    fileprivate static func text(_ period: JSONValue) -> String { listing(period.rows(names)) }
}
