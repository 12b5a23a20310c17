import ArgumentParser
import Wire

/// `portillon token`: who may use the admin listener, and for what (C16, C17).
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Create, show, list, renew, suspect and revoke tokens for the admin listener.",
        subcommands: [Create.self, Show.self, List.self, Renew.self, Suspect.self, Revoke.self])

    enum Role: String, ExpressibleByArgument, CaseIterable {
        case `operator`, auditor, client, scrape
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Create a token. It is shown only once.",
            discussion: """
                portillon token create operator marie
                portillon token add auditor kpmg --expires 2026-12-31T00:00:00Z
                portillon token create client acme
                portillon token create scrape prometheus
                portillon token create scrape prometheus > prometheus.token

                Into a pipe or a file goes the token alone.

                operator: reads everything but the tokens; suspends, resumes and paces operations.
                auditor: reads everything but the data of persons; changes nothing.
                client: reads its own operations; declares, opens, closes, suspends, exports, \
                resets and deletes them; creates and revokes keys.
                scrape: reads the metrics.
                """,
            aliases: ["add"])

        @Argument(help: "The role: what the token permits.") var role: Role
        @Argument(help: "The holder: a name or, for a client token, the client's identifier.")
        var name: String
        @Option(
            parsing: .unconditional,
            help: .init(
                "When the token expires (RFC 3339). Default: in 90 days for an operator, 30 for an "
                    + "auditor, else 365.", valueName: "time"))
        var expires: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call("POST", ["v1", "tokens"], body)
            try options.show(answer, secret: .token, beside: TokenCommand.remarks(answer))
        }

        /// The request's body.
        var body: [String: JSONValue] {
            var body: [String: JSONValue] = [
                "role": .string(role.rawValue),
                role == .client ? "client" : "name": .string(name),
            ]
            body["expires"] = expires.map(JSONValue.string)
            return body
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show whose token is in use, until when it works, and what it permits.",
            discussion: "portillon token show")

        @OptionGroup var options: AdminOptions

        func run() throws {
            try options.show(options.client().call("GET", ["v1", "token"])) { token in
                let names = ["role", "name", "token_id", "expires", "days_left"]
                let routes = (token["routes"]?.elements ?? []).map { ("permits", $0.text) }
                return listing(names.map { ($0, token[$0]?.text ?? "") } + routes)
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List all tokens, also expired and revoked ones; never the secrets.",
            discussion: "portillon token list --json")

        @OptionGroup var options: AdminOptions

        func run() throws {
            let list = PagedList(
                client: try options.client(), path: ["v1", "tokens"], name: "tokens")
            let names = [
                "token_id", "role", "name", "created_at", "revoked_at", "reason", "state",
                "expires", "days_left", "declared_at", "suspected_at", "suspected_uses",
                "suspected_last_use",
            ]
            try options.show(list, keeping: Set(names)) { tokens in
                var table = AlignedTable([
                    "token id", "role", "name", "created", "revoked", "reason", "state",
                    "expires", "#days left", "declared", "suspected", "#uses", "last use",
                ])
                for token in tokens { table.append(names.map { token[$0]?.text ?? "" }) }
                return table.text
            }
        }
    }

    struct Renew: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "renew",
            abstract: "Create a token in the place of another one; for a time both work.",
            discussion: """
                portillon token renew t-3f7a9b20c1d4e586
                portillon token renew t-3f7a9b20c1d4e586 --overlap 3600 > prometheus.token

                The new token is for the same holder and is shown only once. The one before is \
                refused when the overlap is over: a day, if nothing else is asked for.
                """)

        @Argument(help: "The token's id as \"token list\" shows it, not the token itself.")
        var tokenID: String
        @Option(
            parsing: .unconditional,
            help: .init(
                "How long both tokens work. Default: 86400, a day.", valueName: "seconds"))
        var overlap: Int?
        @Option(
            parsing: .unconditional,
            help: .init("When the new token expires (RFC 3339).", valueName: "time"))
        var expires: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call("POST", ["v1", "tokens", tokenID, "renew"], body)
            try options.show(
                answer, secret: .token,
                beside: TokenCommand.remarks(answer) + [
                    ("replaces", answer["replaces"]?.text ?? ""),
                    ("which is refused from", answer["overlap_until"]?.text ?? ""),
                ])
        }

        /// The request's body.
        var body: [String: JSONValue] {
            var body: [String: JSONValue] = [:]
            body["overlap_seconds"] = overlap.map(JSONValue.integer)
            body["expires"] = expires.map(JSONValue.string)
            return body
        }
    }

    struct Suspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "suspect",
            abstract: "Watch a token without refusing it: its uses are counted and logged.",
            discussion: """
                portillon token suspect t-3f7a9b20c1d4e586 --note 'left in a repository'

                "token list" shows the uses. Revoke the token to refuse it.
                """)

        @Argument(help: "The token's id as \"token list\" shows it, not the token itself.")
        var tokenID: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            try options.suspect("token", tokenID, note, naming: TokenCommand.names)
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract: "Revoke a token: the gateway refuses it at once.",
            discussion: """
                portillon token revoke t-3f7a9b20c1d4e586 --reason stolen
                portillon token revoke t-3f7a9b20c1d4e586 --reason lost \
                --declared-at 2026-07-14T08:30:00Z
                """)

        @Argument(help: "The token's id as \"token list\" shows it, not the token itself.")
        var tokenID: String
        @OptionGroup var revocation: RevocationOptions
        @OptionGroup var options: AdminOptions

        func run() throws {
            try options.revoke("token", tokenID, revocation, naming: TokenCommand.names)
        }
    }

    /// What is said beside a new secret.
    private static func remarks(_ answer: JSONValue) -> [(String, String)] {
        [
            ("token id", answer["token_id"]?.text ?? ""), ("role", answer["role"]?.text ?? ""),
            ("expires", answer["expires"]?.text ?? ""),
        ]
    }

    private static func names(_ answer: JSONValue) -> [(String, String)] {
        [
            ("token id", answer["token_id"]?.text ?? ""), ("role", answer["role"]?.text ?? ""),
            ("name", answer["name"]?.text ?? ""),
        ]
    }
}
