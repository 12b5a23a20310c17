import ArgumentParser
import Foundation

/// `portillon evidence`.
struct EvidenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Show what happened to an operation, and check such a dossier.",
        discussion: """
            portillon evidence ete-2026 > dossier.json
            portillon evidence ete-2026 --page > dossier.html
            portillon evidence verify dossier.json /var/lib/portillon
            """,
        subcommands: [Show.self, EvidenceVerify.self], defaultSubcommand: Show.self)

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print an operation's dossier: JSON, or a page to print.",
            discussion: "portillon evidence ete-2026 --page > dossier.html")

        @Argument(help: "The operation.") var operation: String
        @Flag(help: "A page for people, as HTML.") var page = false
        @OptionGroup var options: AdminOptions

        func run() throws {
            let bytes = try options.client().fetch(
                ["v1", "operations", operation, "evidence"],
                accept: page ? "text/html" : "application/json")
            try Output.standard.write(String(decoding: bytes, as: UTF8.self))
        }
    }
}
