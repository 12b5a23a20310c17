import ArgumentParser
import CommandIO
import Foundation

/// `portillon evidence`.
struct EvidenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Show an operation's dossier: what happened to it; or verify one.",
        discussion: """
            portillon evidence ete-2026 > dossier.json
            portillon evidence ete-2026 --page > dossier.html
            portillon evidence verify dossier.json /var/lib/portillon
            """,
        subcommands: [Show.self, EvidenceVerify.self], defaultSubcommand: Show.self)

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print an operation's dossier, as JSON or as an HTML page.",
            discussion: "portillon evidence ete-2026 --page > dossier.html")

        @Argument(help: "The operation.") var operation: String
        @Flag(help: "Print an HTML page instead of JSON.") var page = false
        @OptionGroup var options: AdminOptions

        func run() throws {
            let bytes = try options.client().fetch(
                ["v1", "operations", operation, "evidence"],
                accept: page ? "text/html" : "application/json")
            let text = String(decoding: bytes, as: UTF8.self)
            // The same JSON on a terminal; elsewhere the very bytes.
            let isShown = Output.standard.isTerminal && !page
            try Output.standard.write(isShown ? TerminalText.json(text) : text)
        }
    }
}
