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
            commandName: "list",
            abstract: "List all operations.", discussion: "portillon operation list --json")

        @OptionGroup var options: AdminOptions

        func run() throws {
            let list = PagedList(
                client: try options.client(), path: ["v1", "operations"], name: "operations")
            try options.show(list, keeping: OperationText.tableMembers) { OperationText.table($0) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
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
            commandName: "open",
            abstract: "Open an operation for entries within its dates.",
            discussion: """
                portillon operation open ete-2026 --note 'approved by Marie'

                Exit status 1 where it is open already: nothing was changed.
                """)

        @Argument(help: "The operation.") var operation: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            try act("open", on: operation, note, options, orElse: Unchanged.open)
        }
    }

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "close",
            abstract: "Close an operation: it accepts no further entries.",
            discussion: """
                portillon operation close ete-2026

                Exit status 1 where it is closed already: nothing was changed.
                """)

        @Argument(help: "The operation.") var operation: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            try act("close", on: operation, note, options, orElse: Unchanged.close)
        }
    }

    static func act(
        _ verb: String, on operation: String, _ note: String?, _ options: AdminOptions,
        orElse state: ((JSONValue) -> String)? = nil
    ) throws {
        let body = note.map { ["note": JSONValue.string($0)] }
        try act(verb, on: operation, body, options, orElse: state)
    }

    /// - Parameter state: what is so where the operation was as asked already, and the command
    ///   therefore fails; nil where that is as good as a change.
    static func act(
        _ verb: String, on operation: String, _ body: [String: JSONValue]?, _ options: AdminOptions,
        orElse state: ((JSONValue) -> String)? = nil
    ) throws {
        let answer = try options.client().call("POST", ["v1", "operations", operation, verb], body)
        if let state {
            try options.requireChange(answer, else: state)
        } else {
            try options.remarkIfUnchanged(answer, "\(operation) is as asked already")
        }
        try options.show(answer) { OperationText.table([$0]) }
    }

    /// What is so of an operation on which a command had nothing to do.
    enum Unchanged {
        static func open(_ operation: JSONValue) -> String {
            let state = operation["state"]?.string ?? ""
            let text = "\(name(operation)) is open already"
            switch state {
            case "open": return text
            case "suspended":
                return text + ", and suspended: see \"portillon operation resume\""
            default: return text + "; its state is \(state)"
            }
        }

        static func close(_ operation: JSONValue) -> String {
            "\(name(operation)) is closed already"
        }

        static func resume(_ operation: JSONValue) -> String {
            if operation["suspension"]?["of"]?.string == "client" {
                let client = operation["client"]?.text ?? ""
                return "\(name(operation)) is suspended with its client \(client): see "
                    + "\"portillon client resume\""
            }
            let text =
                "\(name(operation)) is not suspended; its state is "
                + (operation["state"]?.text ?? "")
            guard let pace = operation["pace_per_second"], pace != .null else { return text }
            return text + ", by a pace of \(pace.text) a second: see \"portillon operation pace\""
        }

        static func paceRemoval(_ operation: JSONValue) -> String {
            "\(name(operation)) has no pace"
        }

        private static func name(_ operation: JSONValue) -> String {
            operation["operation"]?.text ?? "the operation"
        }
    }
}
