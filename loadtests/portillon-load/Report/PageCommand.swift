import ArgumentParser
import Foundation

/// `portillon-load page`: draws the page of an older report again.
struct PageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "page",
        abstract: "Draw the page of a report again.",
        discussion: """
            portillon-load page results/report.json
            portillon-load page results/report.json --out /tmp/report.html

            Exit status: 0; 1 the file is not a report; 64 usage; 74 a file cannot be read or \
            written.
            """)

    @Argument(help: "A report.json.", completion: .file(extensions: ["json"]))
    var report: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where to write the page; beside the report if not given.", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var out: String?

    /// `report.json` has its page in `report.html`.
    var page: String {
        if let out { return out }
        let stem = report.hasSuffix(".json") ? String(report.dropLast(5)) : report
        return stem + ".html"
    }

    func validate() throws {
        if report.isEmpty { throw ValidationError("REPORT must be the path of a file.") }
        if page.isEmpty { throw ValidationError("--out must be the path of a file.") }
        if ReportFile(page).isSame(as: ReportFile(report)) {
            throw ValidationError("--out must not be the report itself.")
        }
    }

    func run() throws {
        do {
            try draw()
        } catch {
            RunnerOutput.say("portillon-load: \(error.line)\n")
            throw ExitCode(error.status)
        }
        try RunnerOutput.result(page + "\n")
    }

    /// Why there is no page: one line, and what the command exits with.
    struct Failure: Error, Equatable {
        let status: Int32
        let line: String

        /// `sysexits.h` has the number of failed input and output.
        init(_ error: ReportFileError) {
            status = 74
            line = error.explanation
        }

        init(_ error: ReportError, in path: String) {
            status = 1
            line = "\(path.printableLine) is not a report: \(error.explanation.printableLine)"
        }
    }

    /// Reads the report and writes its page.
    func draw() throws(Failure) {
        let text = try page(of: ReportFile(report))
        do {
            try ReportFile(page).write(Data(text.utf8))
        } catch {
            throw Failure(error)
        }
    }

    private func page(of file: ReportFile) throws(Failure) -> String {
        let data: Data
        do {
            data = try file.read()
        } catch {
            throw Failure(error)
        }
        do {
            return ReportPage(try RunReport(json: data)).text
        } catch {
            throw Failure(error, in: file.path)
        }
    }
}
