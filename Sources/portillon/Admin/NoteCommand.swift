import ArgumentParser
import Wire

/// `portillon note`: what was said between the parties (C4, C15).
struct NoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note",
        abstract: "Put exchanges with a client on record, and list them.",
        subcommands: [Add.self, List.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Put what was said on record; it cannot be taken back.",
            discussion: """
                portillon note add ete-2026 'Marie, by telephone: mailing moved to Tuesday'
                portillon note add --client acme < letter.txt

                Without a text it reads standard input. A text has at most 2,000 characters, is \
                part of the operation's dossier, and can be read by the client.
                """)

        @Argument(
            help: .init(
                "The operation, then the text; with --client, the text.", valueName: "word"))
        var words: [String] = []
        @Option(parsing: .unconditional, help: "The client as a whole, in place of an operation.")
        var client: String?
        @OptionGroup var options: AdminOptions

        func validate() throws {
            if client == nil, words.isEmpty {
                throw ValidationError("name the operation, or give --client")
            }
            if words.count > (client == nil ? 2 : 1) {
                throw ValidationError("the text is one word of the command line: quote it")
            }
        }

        func run() throws {
            let given = client == nil ? words.dropFirst().first : words.first
            let text = try given ?? Self.input()
            let path = NoteCommand.path(operation: words.first, client: client)
            let answer = try options.client().call("POST", path, ["text": .string(text)])
            try options.show(answer) { NoteText.list([$0]) }
        }

        /// All of standard input, but for its last line's end.
        /// - Throws: ``CommandFailure`` 64 where it holds more than any exchange, or nothing.
        private static func input() throws(CommandFailure) -> String {
            if Output.isInputTerminal {
                try Output.error.write("The text; end it with Ctrl-D on a line of its own:\n")
            }
            var text = ""
            while let line = readLine(strippingNewline: false) {
                text += line
                guard text.utf8.count <= maximumInputBytes else {
                    throw CommandFailure(.usage, "the text is too long: 2,000 characters at most")
                }
            }
            while text.last?.isNewline == true { text.removeLast() }
            guard !text.isEmpty else {
                throw CommandFailure(
                    .usage, "there is no text: give it behind the name, or as standard input")
            }
            return text
        }

        /// More than the gateway takes; it says the exact limit.
        private static var maximumInputBytes: Int { 16 << 10 }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the exchanges about an operation, or with a client.",
            discussion: """
                portillon note list ete-2026
                portillon note list --client acme --json
                """)

        @Argument(help: "The operation.") var operation: String?
        @Option(parsing: .unconditional, help: "The client, in place of an operation.")
        var client: String?
        @OptionGroup var options: AdminOptions

        func validate() throws {
            if (operation == nil) == (client == nil) {
                throw ValidationError("give either an operation or --client")
            }
        }

        func run() throws {
            let list = PagedList(
                client: try options.client(),
                path: NoteCommand.path(operation: operation, client: client), name: "notes")
            try options.show(list, keeping: NoteText.members, as: NoteText.list)
        }
    }
}

extension NoteCommand {
    /// The path of the notes of a client, where one is named, or else of an operation.
    fileprivate static func path(operation: String?, client: String?) -> [String] {
        if let client { return ["v1", "clients", client, "notes"] }
        return ["v1", "operations", operation ?? "", "notes"]
    }
}

/// Exchanges as text.
enum NoteText {
    /// The members of an exchange that its lines are made of.
    static let members: Set<String> = ["record", "at", "by", "role", "operation", "text"]

    static func list(_ notes: [JSONValue]) -> String {
        if notes.isEmpty, TextStyle.current == .people {
            return "No exchanges on record; add one with \"portillon note add\".\n"
        }
        var table = AlignedTable(["at", "by", "operation", "text"])
        for note in notes {
            table.append([
                note["at"]?.text ?? "",
                "\(note["role"]?.text ?? "") \(note["by"]?.text ?? "")",
                note["operation"]?.text ?? "", note["text"]?.text ?? "",
            ])
        }
        return table.text
    }
}
