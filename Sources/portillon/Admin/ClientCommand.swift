import ArgumentParser
import Wire

/// `portillon client`.
struct ClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Register clients.", subcommands: [Put.self])

    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register a client, or change its name.",
            discussion: "portillon client put acme --name 'Acme Foods'")

        @Argument(help: "The client's identifier: a-z, 0-9 and -, at most 64.") var client: String
        @Option(parsing: .unconditional, help: "The client's display name.") var name: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call("PUT", ["v1", "clients", client], ["name": .string(name)])
            try options.remarkIfUnchanged(answer, "\(client) has this name already")
            try options.show(answer) { answer in
                listing([
                    ("client", answer["client"]?.text ?? ""), ("name", answer["name"]?.text ?? ""),
                ])
            }
        }
    }
}
