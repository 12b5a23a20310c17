import ArgumentParser
import Bytes
import CLinux
import Files
import Wire

/// `portillon export`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Export an operation's entries, with what participants gave, while it runs.",
        discussion: """
            portillon export ete-2026 --format csv --out ete-2026.csv
            portillon export ete-2026 | jq -r 'select(.entry) | .entry'

            The export has every entry that was acknowledged before the command began, each once; \
            entries go on meanwhile. Forgotten entries are there without their data. The gateway \
            records who exported what. NDJSON ends with a line that says how many entries there \
            are and up to which record of the journal; in CSV, fields, consents and their texts \
            are JSON, and a text that a spreadsheet would run as a formula has an apostrophe \
            before it.

            --out gives the file its name when it is whole: an export that is interrupted leaves \
            none (on a file system that has no files without a name, kill -9 leaves FILE.new). \
            Exits with 74 if the export was cut: what was printed is then not all.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case ndjson, csv
    }

    @Argument(help: "The operation.") var operation: String
    @Option(parsing: .unconditional, help: "ndjson (one JSON object a line) or csv.")
    var format = Format.ndjson
    @Option(
        parsing: .unconditional,
        help: .init(
            "The file to write. Default, and what - is: standard output.", valueName: "file"),
        completion: .file())
    var out: String?
    @OptionGroup var options: AdminOptions

    func run() throws {
        let client = try options.client()
        var lines = ExportLines()
        let file = out == "-" ? nil : out
        var target = try ExportTarget(file)
        var progress = ProgressLine(isShown: file != nil || !Output.standard.isTerminal)
        defer { progress.clear() }
        try client.stream(
            ["v1", "operations", operation, "export"], query: [("format", format.rawValue)]
        ) { piece in
            try lines.add(piece) { whole in try target.write(whole) }
            progress.show { "\(operation): \(lines.count) lines, \(lines.bytes >> 10) KiB" }
        }
        try lines.requireWhole(format)
        try target.finish()
        progress.clear()
        if let file, Output.error.isTerminal {
            try Output.error.write("\(file): \(lines.count) lines\n")
        }
    }
}

/// Where an export goes.
private enum ExportTarget: ~Copyable {
    case output
    case file(DurableFile, length: Int)

    init(_ path: String?) throws(CommandFailure) {
        guard let path else {
            self = .output
            return
        }
        // A file may have a name before it is whole (``DurableFile``), and what is in it are
        // people's data: none stays behind.
        let temporary = DurableFile.temporary(path)
        guard unsafe linux_remove_before_end_by_signal(temporary) == 0 else {
            throw Self.failure(FileError("open", path))
        }
        do throws(FileError) {
            self = .file(try DurableFile(path), length: 0)
        } catch {
            throw Self.failure(error)
        }
    }

    mutating func write(_ lines: RawSpan) throws(CommandFailure) {
        switch consume self {
        case .output:
            self = .output
            var text = lines.text
            // A terminal is shown no carriage returns.
            if Output.standard.isTerminal { text = text.replacing("\r\n", with: "\n") }
            try Output.standard.write(text)
        case .file(let file, let length):
            do throws(FileError) {
                try file.write(lines, at: length)
            } catch {
                self = .output
                throw Self.failure(error)
            }
            self = .file(file, length: length + lines.byteCount)
        }
    }

    mutating func finish() throws(CommandFailure) {
        switch consume self {
        case .output: self = .output
        case .file(var file, _):
            self = .output
            do throws(FileError) {
                try file.commit()
            } catch {
                throw Self.failure(error)
            }
        }
    }

    private static func failure(_ error: FileError) -> CommandFailure {
        CommandFailure(.inputOutput, printable("\(error); nothing was written"))
    }
}
