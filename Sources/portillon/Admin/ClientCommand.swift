import ArgumentParser
import Wire

/// `portillon client`.
struct ClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Make clients known.", subcommands: [Put.self])

    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a client known, or change its name.",
            discussion: "portillon client put acme --name 'Acme Foods'")

        @Argument(help: "a-z, 0-9 and -, up to 64.") var client: String
        @Option(help: "The name that people know it by.") var name: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call("PUT", ["v1", "clients", client], ["name": .string(name)])
            try options.show(answer) { answer in
                listing([
                    ("client", answer["client"]?.text ?? ""), ("name", answer["name"]?.text ?? ""),
                ])
            }
        }
    }
}
