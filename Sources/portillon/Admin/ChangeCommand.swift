import ArgumentParser
import Wire

/// `portillon change`: changes of the service, announced beforehand (C13, B 3.8).
struct ChangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Announce, withdraw and list changes of the service.",
        discussion: """
            portillon change announce 'exports by night only' --degrades --at 2027-02-01T00:00:00Z
            portillon change withdraw 1
            portillon change list --state announced

            A change that degrades the service is announced 30 calendar days before (B 3.8).
            """,
        subcommands: [Announce.self, Withdraw.self, List.self])

    struct Announce: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "announce",
            abstract: "Announce a change, before it takes effect.",
            discussion: """
                portillon change announce 'a new page of help' --at 2027-02-01T00:00:00Z
                portillon change announce 'exports by night only' --degrades \
                --at 2027-02-01T00:00:00Z --client acme
                """)

        @Argument(help: "What changes, for those whom it concerns.") var note: String
        @Option(
            parsing: .unconditional,
            help: .init("When it takes effect (RFC 3339).", valueName: "time"))
        var at: String
        @Flag(help: "It takes something away, or makes it worse.") var degrades = false
        @Option(
            parsing: .unconditional,
            help: .init("The client that it concerns. Default: all clients.", valueName: "client"))
        var client: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            var body: [String: JSONValue] = [
                "note": .string(note), "takes_effect_at": .string(at), "degrades": .bool(degrades),
            ]
            body["client"] = client.map(JSONValue.string)
            let answer = try options.client().call("POST", ["v1", "changes"], body)
            try options.show(answer, as: ChangeCommand.text)
        }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw",
            abstract: "Take an announced change back, before its effect.",
            discussion: "portillon change withdraw 1 --note 'the exports stay as they are'")

        @Argument(help: "The change's number.") var change: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call("POST", ["v1", "changes", change, "withdraw"], note.asBody)
            try options.show(answer, as: ChangeCommand.text)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the changes.", discussion: "portillon change list --state announced")

        @OptionGroup var list: ServiceListOptions<ChangeCommand>

        func run() throws { try list.show() }
    }

    fileprivate static func text(_ change: JSONValue) -> String { listing(change.rows(columns)) }
}

extension ChangeCommand: ServiceListKind {
    static var listName: String { "changes" }
    static var states: String { "announced, in_effect or withdrawn" }
    static let columns = [
        "change", "state", "client", "degrades", "announced_at", "takes_effect_at", "withdrawn_at",
        "note",
    ]
}
