import ArgumentParser
import Wire

/// `portillon token`: who may use the admin listener, and how far (C16, C17).
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make and revoke tokens of the admin listener.",
        subcommands: [Create.self, List.self, Revoke.self])

    enum Role: String, ExpressibleByArgument, CaseIterable {
        case `operator`, client, scrape
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token; it is shown once.",
            discussion: """
                portillon token create operator marie
                portillon token create client acme
                portillon token create scrape prometheus

                An operator reads all but the tokens, suspends and resumes. A client reads its own \
                operations, declares, opens, closes, makes and revokes keys. Who scrapes gets the \
                metrics.
                """)

        @Argument(help: "How far it goes.") var role: Role
        @Argument(help: "Whose it is: a name, or the client's identifier.") var name: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call("POST", ["v1", "tokens"], body)
            try options.show(answer) { answer in
                listing([
                    ("token", answer["token"]?.text ?? ""),
                    ("token id", answer["token_id"]?.text ?? ""),
                    ("role", answer["role"]?.text ?? ""),
                ]) + "Keep the token now: it is not shown again.\n"
            }
        }

        /// The request's body.
        var body: [String: JSONValue] {
            [
                "role": .string(role.rawValue),
                role == .client ? "client" : "name": .string(name),
            ]
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all tokens, the revoked ones too; never the tokens themselves.",
            discussion: "portillon token list --json")

        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call("GET", ["v1", "tokens"])
            try options.show(answer) { answer in
                var table = AlignedTable([
                    "token id", "role", "name", "created", "revoked", "reason",
                ])
                for token in answer["tokens"]?.elements ?? [] {
                    let names = ["token_id", "role", "name", "created_at", "revoked_at", "reason"]
                    table.append(names.map { token[$0]?.text ?? "" })
                }
                return table.text
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a token: it is refused at once.",
            discussion: "portillon token revoke t-3f7a9b20c1d4e586 --reason stolen")

        @Argument(help: "The token's id, as \"token list\" shows it; not the token.")
        var tokenID: String
        @Option(help: "Why.") var reason: KeyCommand.Revoke.Reason
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call(
                    "POST", ["v1", "tokens", tokenID, "revoke"],
                    ["reason": .string(reason.rawValue)])
            try options.show(answer) { answer in
                listing([
                    ("token id", answer["token_id"]?.text ?? ""),
                    ("role", answer["role"]?.text ?? ""), ("name", answer["name"]?.text ?? ""),
                    ("revoked", answer["revoked_at"]?.text ?? ""),
                    ("reason", answer["reason"]?.text ?? ""),
                ])
            }
        }
    }
}
