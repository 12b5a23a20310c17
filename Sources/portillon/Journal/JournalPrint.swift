import ArgumentParser
import Log

extension JournalCommand {
    /// `portillon journal print`.
    struct Print: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a journal's records, a JSON object a line.",
            discussion: """
                portillon journal print /var/lib/portillon | jq 'select(.kind == "entry")'

                What persons gave is sealed in the journal and stays so: only its length is shown.
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
                // What stands before the damage is good.
                try Output.standard.write(lines)
                throw error
            }
            try Output.standard.write(lines)
            for remark in report.remarks { try Output.error.write("portillon: \(remark)\n") }
        }
    }
}
