import ArgumentParser
import Log
import Playback

extension JournalCommand {
    /// `portillon journal print`.
    struct Print: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "print",
            abstract: "Print a journal's records, one JSON object on each line.",
            discussion: """
                portillon journal print /var/lib/portillon | jq 'select(.kind == "entry")'

                The participants' data stays sealed: only its length is printed. Where earlier \
                records were archived, pass --archive: the names of operations and keys are in them.
                """)

        @OptionGroup var options: JournalOptions

        func run() throws {
            let journal = options.journal
            var printer = RecordPrinter()
            var lines = ""
            let report: RecoveryReport
            do throws(CommandFailure) {
                report = try journal.read { batch throws(CommandFailure) in
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
            let remarks = report.remarks + [journal.missing(before: report)].compactMap(\.self)
            for remark in remarks { try Output.error.write("portillon: \(remark)\n") }
        }
    }
}
