import ArgumentParser
import Wire

/// `portillon operation`.
struct OperationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operation",
        abstract: "Set up operations; open, close, slow, suspend or delete them.",
        subcommands: [
            Put.self, Set.self, List.self, Show.self, Open.self, Close.self, Suspend.self,
            Resume.self,
            Pace.self, Reset.self, Delete.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all operations.", discussion: "portillon operation list --json")

        @OptionGroup var options: AdminOptions

        func run() throws {
            let list = PagedList(
                client: try options.client(), path: ["v1", "operations"], name: "operations")
            try options.show(
                list, keeping: OperationText.tableMembers, as: OperationText.table)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one operation: its state, counts, campaigns and keys.",
            discussion: "portillon operation show ete-2026")

        @Argument(help: "The operation.") var operation: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call("GET", ["v1", "operations", operation])
            try options.show(answer, as: OperationText.of)
        }
    }

    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open an operation for entries within its dates.",
            discussion: "portillon operation open ete-2026 --note 'approved by Marie'")

        @Argument(help: "The operation.") var operation: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws { try act("open", on: operation, note, options) }
    }

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close an operation: it accepts no further entries.",
            discussion: "portillon operation close ete-2026")

        @Argument(help: "The operation.") var operation: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws { try act("close", on: operation, note, options) }
    }

    static func act(
        _ verb: String, on operation: String, _ note: String?, _ options: AdminOptions
    ) throws {
        try act(verb, on: operation, note.map { ["note": JSONValue.string($0)] }, options)
    }

    static func act(
        _ verb: String, on operation: String, _ body: [String: JSONValue]?, _ options: AdminOptions
    ) throws {
        let answer = try options.client().call("POST", ["v1", "operations", operation, verb], body)
        try options.show(answer) { OperationText.table([$0]) }
    }
}
