import ArgumentParser
import Bytes
import Cryptography
import Log
internal import Time

/// `portillon journal`.
struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Check and read a journal; no gateway is needed.",
        subcommands: [Verify.self, Print.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check every byte of a journal.",
            discussion: """
                portillon journal verify /var/lib/portillon

                Exit status 0 where it is whole, and where only its end was torn by a crash; 74 \
                where it is damaged, with the file, the place and what was found. The chain value \
                stands for everything before it: keep it elsewhere, and nobody can rewrite the \
                past unnoticed.
                """)

        @Argument(help: "A data folder or its journal folder.", completion: .directory)
        var folder: String
        @Flag(help: "Print the findings as JSON.") var json = false

        func run() throws {
            let journal = JournalFolder(folder)
            var firstTime: Timestamp?
            let report = try journal.read { batch throws(CommandFailure) in
                if firstTime == nil { firstTime = batch.header.time }
            }
            let findings = Findings(report, journal: journal.path, firstTime: firstTime)
            if json {
                try Output.standard.write(json: findings)
            } else {
                try Output.standard.write(findings.text)
            }
        }
    }
}
