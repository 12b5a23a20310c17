import ArgumentParser
import Wire

/// `portillon token`: who may use the admin listener, and for what (C16, C17).
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Create, list and revoke tokens for the admin listener.",
        subcommands: [Create.self, List.self, Revoke.self])

    enum Role: String, ExpressibleByArgument, CaseIterable {
        case `operator`, client, scrape
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a token. It is shown only once.",
            discussion: """
                portillon token create operator marie
                portillon token create client acme
                portillon token create scrape prometheus
                portillon token create scrape prometheus > prometheus.token

                Into a pipe or a file goes the token alone.

                operator: reads everything but the tokens; suspends and resumes operations.
                client: reads its own operations; declares, opens, closes, creates and revokes keys.
                scrape: reads the metrics.
                """)

        @Argument(help: "The role: what the token permits.") var role: Role
        @Argument(help: "The holder: a name or, for a client token, the client's identifier.")
        var name: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call("POST", ["v1", "tokens"], body)
            try options.show(
                answer, secret: "token",
                beside: [
                    ("token id", answer["token_id"]?.text ?? ""),
                    ("role", answer["role"]?.text ?? ""),
                ])
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
            abstract: "List all tokens, including revoked ones; never the secrets.",
            discussion: "portillon token list --json")

        @OptionGroup var options: AdminOptions

        func run() throws {
            let list = PagedList(
                client: try options.client(), path: ["v1", "tokens"], name: "tokens")
            let names = ["token_id", "role", "name", "created_at", "revoked_at", "reason"]
            try options.show(list, keeping: Set(names)) { tokens in
                var table = AlignedTable([
                    "token id", "role", "name", "created", "revoked", "reason",
                ])
                for token in tokens { table.append(names.map { token[$0]?.text ?? "" }) }
                return table.text
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a token: the gateway refuses it at once.",
            discussion: "portillon token revoke t-3f7a9b20c1d4e586 --reason stolen")

        @Argument(help: "The token's id as \"token list\" shows it, not the token itself.")
        var tokenID: String
        @Option(parsing: .unconditional, help: "The reason, for the record.") var reason:
            KeyCommand.Revoke.Reason
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call(
                    "POST", ["v1", "tokens", tokenID, "revoke"],
                    ["reason": .string(reason.rawValue)])
            try options.requireChange(answer) { KeyCommand.revoked("token \(tokenID)", $0) }
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
