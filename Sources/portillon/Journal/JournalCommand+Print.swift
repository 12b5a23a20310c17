import ArgumentParser
import Log
import Playback

extension JournalCommand {
    /// `portillon journal print`.
    struct Print: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a journal's records, one JSON object on each line.",
            discussion: """
                portillon journal print /var/lib/portillon | jq 'select(.kind == "entry")'

                The participants' data stays sealed: only its length is printed.
                """)

        @Argument(help: "A data folder or its journal folder.", completion: .directory)
        var folder: String

        func run() throws {
            var printer = RecordPrinter()
            var lines = ""
            let report: RecoveryReport
            do throws(CommandFailure) {
                report = try JournalFolder(folder).read { batch throws(CommandFailure) in
                    try batch.play { record throws(CommandFailure) in
                        lines += printer.line(record) + "\n"
                        guard lines.utf8.count >= 64 << 10 else { return }
                        let full = lines
                        lines = ""
                        try Output.standard.write(full)
                    }
                }
            } catch {
                // The records before the damage are good.
                try Output.standard.write(lines)
                throw error
            }
            try Output.standard.write(lines)
            for remark in report.remarks { try Output.error.write("portillon: \(remark)\n") }
        }
    }
}
