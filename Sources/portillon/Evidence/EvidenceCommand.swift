import ArgumentParser
import Bytes
import CommandIO

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
            let path = ["v1", "operations", operation, "evidence"]
            let accept = page ? "text/html" : "application/json"
            // The same JSON on a terminal; elsewhere the very bytes, however many there are.
            let isShown = Output.standard.isTerminal && !page
            var rest = ByteBuffer(capacity: 64 << 10)
            try options.client().stream(path, accept: accept) { piece in
                rest.append(piece)
                let end = rest.bytes.endOfLastLine
                let text = rest.bytes.extracting(0..<end).text
                try Output.standard.write(isShown ? TerminalText.json(text) : text)
                rest.removeFirst(end)
            }
            if rest.count > 0 { try Output.standard.write(rest.text) }
        }
    }
}
