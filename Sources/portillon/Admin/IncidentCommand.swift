import ArgumentParser
import Wire

/// `portillon incident`: failures that are worked on (C11, C12).
struct IncidentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incident",
        abstract: "Open, list, acknowledge and resolve incidents.",
        discussion: """
            portillon incident open critical 'No entry is accepted' --client acme
            portillon incident list --state unresolved
            portillon incident acknowledge 7
            portillon incident resolve 7 confirmed --note 'a disk'

            A client opens incidents by its token at any hour. By when work starts follows from \
            the operator's business hours: "portillon calendar hours".
            """,
        subcommands: [
            Open.self, List.self, Show.self, Acknowledge.self, Note.self, Reclassify.self,
            Resolve.self, Reopen.self,
        ])

    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "open",
            abstract: "Open an incident: the answer has its number, and by when work starts.",
            discussion: """
                portillon incident open critical 'No entry is accepted'
                portillon incident open minor 'The export stops' --client acme --note 'since noon'
                """)

        @Argument(help: "critical: prevents all use; minor: one or more functions.")
        var severity: String
        @Argument(help: "What it is about, in a line.") var title: String
        @Option(
            parsing: .unconditional,
            help: .init("The client that it is about. Default: all clients.", valueName: "client"))
        var client: String?
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            var body: [String: JSONValue] = [
                "severity": .string(severity), "title": .string(title),
            ]
            body["client"] = client.map(JSONValue.string)
            body["note"] = note.map(JSONValue.string)
            let answer = try options.client().call("POST", ["v1", "incidents"], body)
            try options.show(answer, as: IncidentText.incident)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the incidents.",
            discussion: """
                portillon incident list --state unresolved
                portillon incident list --client acme --json
                """)

        @OptionGroup var list: ServiceListOptions<IncidentCommand>

        func run() throws { try list.show() }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show an incident with its history.",
            discussion: "portillon incident show 7")

        @Argument(help: "The incident's number.") var incident: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call("GET", ["v1", "incidents", incident])
            try options.show(answer, as: IncidentText.incident)
        }
    }

    struct Acknowledge: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "acknowledge",
            abstract: "Say that work on an incident starts.",
            discussion: "portillon incident acknowledge 7 --note 'on it'")

        @Argument(help: "The incident's number.") var incident: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            try IncidentCommand.act("acknowledge", on: incident, [:], note, options)
        }
    }

    struct Note: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "note",
            abstract: "Add a note to an incident.",
            discussion: "portillon incident note 7 'the disk is replaced at noon'")

        @Argument(help: "The incident's number.") var incident: String
        @Argument(help: "What there is to say.") var text: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            try IncidentCommand.act(
                "notes", on: incident, ["text": .string(text)], nil, options)
        }
    }

    struct Reclassify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reclassify",
            abstract: "Change an incident's severity.",
            discussion: "portillon incident reclassify 7 critical --note 'all clients'")

        @Argument(help: "The incident's number.") var incident: String
        @Argument(help: "critical or minor.") var severity: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            try IncidentCommand.act(
                "reclassify", on: incident, ["severity": .string(severity)], note, options)
        }
    }

    struct Resolve: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resolve",
            abstract: "Resolve an incident, with its outcome.",
            discussion: """
                portillon incident resolve 7 confirmed --note 'a disk'
                portillon incident resolve 8 not_ours --note 'their network'
                """)

        @Argument(help: "The incident's number.") var incident: String
        @Argument(help: "confirmed, not_confirmed or not_ours.") var outcome: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            try IncidentCommand.act(
                "resolve", on: incident, ["outcome": .string(outcome)], note, options)
        }
    }

    struct Reopen: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reopen",
            abstract: "Open a resolved incident again, because it is not over.",
            discussion: "portillon incident reopen 7 --note 'it is back'")

        @Argument(help: "The incident's number.") var incident: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            try IncidentCommand.act("reopen", on: incident, [:], note, options)
        }
    }
}

extension IncidentCommand {
    /// Sends an action on an incident, and shows the incident behind it.
    fileprivate static func act(
        _ action: String, on incident: String, _ members: [String: JSONValue], _ note: String?,
        _ options: AdminOptions
    ) throws {
        var body = members
        body["note"] = note.map(JSONValue.string)
        let answer = try options.client()
            .call("POST", ["v1", "incidents", incident, action], body)
        try options.show(answer, as: IncidentText.incident)
    }
}

extension IncidentCommand: ServiceListKind {
    static var listName: String { "incidents" }
    static var states: String { "open, acknowledged, resolved or unresolved" }
    static let columns = [
        "incident", "severity", "state", "client", "opened_at", "respond_by", "overdue", "outcome",
        "title",
    ]
}

/// An incident as text.
enum IncidentText {
    static func incident(_ incident: JSONValue) -> String {
        let names = [
            "incident", "severity", "state", "client", "title", "opened_at", "respond_by",
            "responded_at", "overdue", "late", "outcome", "resolved_at", "rule",
        ]
        var rows = incident.rows(names)
        for line in incident["history"]?.elements ?? [] {
            let words = ["action", "severity", "outcome", "role", "name", "note"]
                .compactMap { line[$0]?.text }
            rows.append((line["at"]?.text ?? "", words.joined(separator: " ")))
        }
        return listing(rows)
    }
}
