import ArgumentParser
import Bytes
import CommandIO
import Evidence

/// `portillon evidence`.
struct EvidenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Show an operation's dossier: what happened to it; or verify one.",
        discussion: """
            portillon evidence ete-2026 > dossier.json
            portillon evidence ete-2026 --format html --language fr > dossier.html
            portillon evidence verify dossier.json /var/lib/portillon
            """,
        subcommands: [Show.self, EvidenceVerify.self], defaultSubcommand: Show.self)

    /// What a dossier is printed as.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case json, html, text

        var mediaType: String {
            switch self {
            case .json: "application/json"
            case .html: "text/html"
            case .text: "text/plain"
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Print an operation's dossier, as JSON, as an HTML page or as text.",
            discussion: "portillon evidence ete-2026 --format html --language fr > dossier.html")

        @Argument(help: "The operation.") var operation: String
        @Option(parsing: .unconditional, help: "What to print: json, html or text.")
        var format: Format = .json
        @Option(parsing: .unconditional, help: "The language of its sentences: en or fr.")
        var language: Language = .english
        @Flag(help: "The same as --format html.") var page = false
        @OptionGroup var options: AdminOptions

        func run() throws {
            let format = page ? .html : format
            // The same JSON on a terminal; elsewhere the very bytes, however many there are.
            let isShown = Output.standard.isTerminal && format == .json
            var rest = ByteBuffer(capacity: 64 << 10)
            try options.client().stream(
                ["v1", "operations", operation, "evidence"], accept: format.mediaType,
                language: language.rawValue
            ) { piece in
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

extension Language: ExpressibleByArgument {}
