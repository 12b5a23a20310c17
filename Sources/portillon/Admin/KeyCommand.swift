import ArgumentParser
import Wire

/// `portillon key`.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Create, list, suspect and revoke front-end keys.",
        subcommands: [Create.self, List.self, Suspect.self, Revoke.self])

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Create a key for an operation's front ends. It is shown only once.",
            discussion: """
                portillon key create ete-2026
                portillon key create ete-2026 > key.txt
                portillon key create ete-2026 --server

                Into a pipe or a file goes the key alone. A page may contain a key that is for \
                browsers. A server's key is a secret: heads, addresses and origins of requests \
                with it are not judged.
                """)

        @Argument(help: "The operation.") var operation: String
        @Flag(help: "For a server, which posts for its visitors; without it, for browsers.")
        var server = false
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call(
                    "POST", ["v1", "operations", operation, "keys"],
                    server ? ["front_end": .string("server")] : nil)
            try options.show(
                answer, secret: .key,
                beside: [
                    ("key id", answer["key_id"]?.text ?? ""),
                    ("front end", answer["front_end"]?.text ?? ""),
                ])
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List an operation's keys, including revoked ones; never the secrets.",
            discussion: "portillon key list ete-2026 --json")

        @Argument(help: "The operation.") var operation: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let list = PagedList(
                client: try options.client(), path: ["v1", "operations", operation, "keys"],
                name: "keys")
            try options.show(
                list, keeping: Set(OperationText.keyMembers), as: OperationText.keys)
        }
    }

    struct Suspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "suspect",
            abstract: "Watch a key without refusing it: its uses are counted and logged.",
            discussion: """
                portillon key suspect k-3f7a9b20c1d4e586 --note 'seen on a forum'

                "key list" shows the uses. Revoke the key to refuse it.
                """)

        @Argument(help: "The key's id as \"operation show\" lists it, not the key itself.")
        var keyID: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            try options.suspect("key", keyID, note, naming: KeyCommand.names)
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract: "Revoke a key: the gateway refuses it from the next entry on.",
            discussion: """
                portillon key revoke k-3f7a9b20c1d4e586 --reason stolen
                portillon key revoke k-3f7a9b20c1d4e586 --reason stolen \
                --declared-at 2026-07-14T08:30:00Z
                """)

        @Argument(help: "The key's id as \"operation show\" lists it, not the key itself.")
        var keyID: String
        @OptionGroup var revocation: RevocationOptions
        @OptionGroup var options: AdminOptions

        func run() throws {
            try options.revoke("key", keyID, revocation, naming: KeyCommand.names)
        }
    }

    private static func names(_ answer: JSONValue) -> [(String, String)] {
        [("key id", answer["key_id"]?.text ?? "")]
    }
}
