import ArgumentParser
import Wire

/// `portillon client`.
struct ClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Register clients; suspend one with all its operations.",
        subcommands: [Put.self, Show.self, Status.self, Suspend.self, Resume.self])

    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "put",
            abstract: "Register a client, or change its name.",
            discussion: "portillon client put acme --name 'Acme Foods'")

        @Argument(help: "The client's identifier: a-z, 0-9 and -, at most 64.") var client: String
        @Option(parsing: .unconditional, help: "The client's display name.") var name: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call("PUT", ["v1", "clients", client], ["name": .string(name)])
            try options.remarkIfUnchanged(answer, "\(client) has this name already")
            try options.show(answer, as: ClientCommand.text)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a client: its name, and whether it is suspended.",
            discussion: "portillon client show acme")

        @Argument(help: "The client.") var client: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call("GET", ["v1", "clients", client])
            try options.show(answer, as: ClientCommand.text)
        }
    }

    struct Suspend: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "suspend",
            abstract: "Suspend a client with all its operations, those to come too.",
            discussion: """
                portillon client suspend acme --ground unpaid \
                --notice-delivered 2026-07-01T09:00:00+02:00 --note 'invoice 4711'

                Replaces an earlier suspension of the client; each operation's own stays beside \
                it, and the later end counts. The options are those of "operation suspend".
                """)

        @Argument(help: "The client.") var client: String
        @OptionGroup var suspension: SuspensionOptions
        @OptionGroup var options: AdminOptions

        func run() throws {
            let gateway = try options.client()
            try suspension.confirm(client, gateway)
            let answer = try gateway.call(
                "POST", ["v1", "clients", client, "suspend"], suspension.body)
            try options.show(answer, as: ClientCommand.text)
        }
    }

    struct Resume: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume",
            abstract: "End a client's suspension; its operations' own suspensions stay.",
            discussion: """
                portillon client resume acme --note 'paid'
                portillon client resume acme --confirm acme --note 'new contract'

                Exit status 1 where the client is not suspended: nothing was changed.
                """)

        @Argument(help: "The client.") var client: String
        @OptionGroup var resumption: ResumptionOptions
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call("POST", ["v1", "clients", client, "resume"], resumption.body)
            try options.requireChange(answer) { _ in "\(client) is not suspended" }
            try options.show(answer, as: ClientCommand.text)
        }
    }

    private static func text(_ client: JSONValue) -> String {
        var pairs = [
            ("client", client["client"]?.text ?? ""), ("name", client["name"]?.text ?? ""),
            ("operations", client["operations"]?.text ?? ""),
        ]
        if let suspension = client["suspension"], suspension != .null {
            pairs.append(("state", StandingText.suspension(suspension)))
        }
        return listing(pairs)
    }
}
