import ArgumentParser
import Evidence
import Wire

extension RobotsCommand {
    /// `portillon robots show`, and `portillon robots` alone.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show what was found of robots among an operation's entries.",
            discussion: """
                portillon robots ete-2026
                portillon robots ete-2026 --seconds 600 --json

                Which rules fired and what each says, the tools that named themselves, where \
                robots came from (front-end keys, and networks that the client named), load tests \
                by permit, examples with shortened addresses, and what stricter or milder bounds \
                would have made of the same entries.
                """)

        @Argument(help: "The operation.") var operation: String
        @Option(
            parsing: .unconditional,
            help: .init("How far back, from 60 to 3600. Default: 3600.", valueName: "seconds"))
        var seconds: Int?
        @OptionGroup var options: AdminOptions

        func run() throws {
            let query = seconds.map { [(name: "seconds", value: String($0))] } ?? []
            let answer = try options.client()
                .call("GET", ["v1", "operations", operation, "robots"], query: query)
            try options.show(answer, as: RobotsText.robots)
        }
    }

    /// `portillon robots explain`.
    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain",
            abstract: "Say what the verdict on an entry rests on, in words for the person.",
            discussion: """
                portillon robots explain 4711123456789
                portillon robots explain 4711123456789 --language fr

                The rules' sentences are in the ruleset's language.
                """)

        @Argument(help: .init("The entry's number.", valueName: "entry")) var entry: String
        @Option(parsing: .unconditional, help: "The language: en or fr.")
        var language: Language = .english
        @OptionGroup var options: AdminOptions

        func validate() throws {
            if UInt64(entry) == nil { throw ValidationError("an entry's number has digits alone") }
        }

        func run() throws {
            let answer = try options.client()
                .call(
                    "GET", ["v1", "entries", entry, "robots"],
                    query: [("language", language.rawValue)])
            try options.show(answer, as: RobotsText.explanation)
        }
    }
}
