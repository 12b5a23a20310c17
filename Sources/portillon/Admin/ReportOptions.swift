import ArgumentParser
import Bytes
import Evidence
import Files
import Wire

/// What every monthly report is asked for with.
struct ReportOptions: ParsableArguments {
    @Argument(help: "The month. Default: the current one.") var month: String?
    @Option(parsing: .unconditional, help: "The client. Default: the platform as a whole.")
    var client: String?
    @Option(
        parsing: .unconditional,
        help: .init(
            "Write a page to print, in place of the table; - is standard output.",
            valueName: "file"),
        completion: .file())
    var page: String?
    @Option(parsing: .unconditional, help: "The page's language: en or fr.")
    var language = Language.english

    /// The query of the request.
    var query: [(name: String, value: String)] {
        var query: [(name: String, value: String)] = []
        if let month { query.append(("month", month)) }
        if let client { query.append(("client", client)) }
        return query
    }

    static func write(_ text: String, to path: String) throws(CommandFailure) {
        guard path != "-" else { return try Output.standard.write(text) }
        var bytes = ByteBuffer(capacity: text.utf8.count)
        text.withBytes { bytes.append($0) }
        do throws(FileError) {
            try DurableFile.write(bytes.bytes, to: path)
        } catch {
            throw CommandFailure(.inputOutput, "\(path): cannot write it (\(error.reason))")
        }
    }
}
