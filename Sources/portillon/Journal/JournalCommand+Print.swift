import ArgumentParser
import Log

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
                    var records = batch.records
                    while let record = records.next() {
                        lines += printer.line(record, at: batch.header.time) + "\n"
                        guard lines.utf8.count >= 64 << 10 else { continue }
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
