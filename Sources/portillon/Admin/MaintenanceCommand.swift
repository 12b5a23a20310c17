import ArgumentParser
import Wire

/// `portillon maintenance`: announced, put off, ended early (C13).
struct MaintenanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintenance",
        abstract: "Announce, extend, end and list maintenance.",
        discussion: """
            portillon maintenance announce --starts 2026-12-01T02:00:00Z --ends 2026-12-01T04:00:00Z
            portillon maintenance emergency --note 'a disk'
            portillon maintenance extend 7 --ends 2026-12-01T05:00:00Z
            portillon maintenance end 7

            Maintenance is taken out of the month that availability is counted by (C10).
            """,
        subcommands: [Announce.self, Emergency.self, Extend.self, End.self, List.self])

    struct Announce: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "announce",
            abstract: "Announce scheduled maintenance, before it begins.",
            discussion: """
                portillon maintenance announce --starts 2026-12-01T02:00:00Z \
                --ends 2026-12-01T04:00:00Z
                portillon maintenance announce --starts 2026-12-01T02:00:00Z \
                --ends 2026-12-01T03:00:00Z --every-days 7 --occurrences 8

                A series recurs at the operator's local time; without --every-days each month, on \
                the same weekday of the same week.
                """)

        @Option(
            parsing: .unconditional,
            help: .init("When it starts (RFC 3339).", valueName: "time"))
        var starts: String
        @Option(
            parsing: .unconditional,
            help: .init("When it ends, within 31 days.", valueName: "time"))
        var ends: String
        @Option(
            parsing: .unconditional,
            help: .init("The client that it is for. Default: all clients.", valueName: "client"))
        var client: String?
        @Option(
            parsing: .unconditional,
            help: .init("How often it takes place. Default: once.", valueName: "n"))
        var occurrences: Int?
        @Option(
            parsing: .unconditional,
            help: .init("So many days later each time. Default: each month.", valueName: "days"))
        var everyDays: Int?
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func validate() throws {
            guard everyDays == nil || occurrences != nil else {
                throw ValidationError("Give --occurrences with --every-days.")
            }
        }

        func run() throws { try MaintenanceCommand.announce(body, options) }

        /// The request's body, without the options that were not given.
        var body: [String: JSONValue] {
            var body: [String: JSONValue] = [
                "kind": .string("scheduled"), "starts": .string(starts), "ends": .string(ends),
            ]
            body["client"] = client.map(JSONValue.string)
            body["note"] = note.map(JSONValue.string)
            if let occurrences {
                var recurrence: [String: JSONValue] = ["occurrences": .integer(occurrences)]
                recurrence["every_days"] = everyDays.map(JSONValue.integer)
                body["recurrence"] = .object(recurrence)
            }
            return body
        }
    }

    struct Emergency: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "emergency",
            abstract: "Record emergency maintenance: it begins now.",
            discussion: """
                portillon maintenance emergency --note 'a disk'
                portillon maintenance emergency --ends 2026-12-01T05:00:00Z --client acme
                """)

        @Option(
            parsing: .unconditional,
            help: .init("When it is expected to end. Default: unknown.", valueName: "time"))
        var ends: String?
        @Option(
            parsing: .unconditional,
            help: .init("The client that it is for. Default: all clients.", valueName: "client"))
        var client: String?
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            var body: [String: JSONValue] = ["kind": .string("emergency")]
            body["ends"] = ends.map(JSONValue.string)
            body["client"] = client.map(JSONValue.string)
            body["note"] = note.map(JSONValue.string)
            try MaintenanceCommand.announce(body, options)
        }
    }

    struct Extend: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "extend",
            abstract: "Put the planned end of maintenance off, or name it.",
            discussion: "portillon maintenance extend 7 --ends 2026-12-01T05:00:00Z")

        @Argument(help: "The maintenance's number.") var maintenance: String
        @Option(
            parsing: .unconditional, help: .init("The new end (RFC 3339).", valueName: "time"))
        var ends: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            var body: [String: JSONValue] = ["ends": .string(ends)]
            body["note"] = note.map(JSONValue.string)
            let answer = try options.client()
                .call("POST", ["v1", "maintenance", maintenance, "extend"], body)
            try options.show(answer, as: MaintenanceCommand.text)
        }
    }

    struct End: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "end",
            abstract: "End maintenance before its planned end; before its start, cancel it.",
            discussion: """
                portillon maintenance end 7
                portillon maintenance end 7 --series --note 'no longer needed'
                """)

        @Argument(help: "The maintenance's number.") var maintenance: String
        @Flag(help: "All of the series that is not over; the number is the first one's.")
        var series = false
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            var body: [String: JSONValue] = [:]
            if series { body["series"] = .bool(true) }
            body["note"] = note.map(JSONValue.string)
            let answer = try options.client()
                .call("POST", ["v1", "maintenance", maintenance, "end"], body)
            try options.show(answer, as: MaintenanceCommand.text)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the maintenance.",
            discussion: "portillon maintenance list --state planned")

        @OptionGroup var list: ServiceListOptions<MaintenanceCommand>

        func run() throws { try list.show() }
    }

    fileprivate static func text(_ maintenance: JSONValue) -> String {
        let names = [
            "maintenance", "kind", "state", "client", "series", "note", "announced_at", "starts",
            "ends", "announced_end", "extended_at", "stopped_at",
        ]
        return listing(maintenance.rows(names))
    }
}

extension MaintenanceCommand: ServiceListKind {
    static var listName: String { "maintenance" }
    static var states: String { "planned, running, ended or cancelled" }
    static let columns = ["maintenance", "kind", "state", "client", "starts", "ends", "note"]

    fileprivate static func announce(
        _ body: [String: JSONValue], _ options: AdminOptions
    ) throws {
        let answer = try options.client().call("POST", ["v1", "maintenance"], body)
        try options.show(answer, as: MaintenanceCommand.text)
    }
}
