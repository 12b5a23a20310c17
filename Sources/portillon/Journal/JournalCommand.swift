import ArgumentParser
import Bytes
import Cryptography
import Log
internal import Time

/// `portillon journal`.
struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Verify, print and archive a journal. Needs no running gateway.",
        subcommands: [Verify.self, Print.self, MakeSnapshot.self, Archive.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Verify every byte of a journal.",
            discussion: """
                portillon journal verify /var/lib/portillon
                portillon journal verify /var/lib/portillon --archive /mnt/archive

                Exits with 0 if the journal is whole or a crash tore only its tail, and with 74 if \
                it is damaged; the message names the file, the offset and what was found. The \
                chain value covers everything before it: keep a copy elsewhere, and nobody can \
                rewrite the past unnoticed.
                """)

        @OptionGroup var options: JournalOptions
        @Flag(help: "Print the result as JSON.") var json = false

        func run() throws {
            let journal = options.journal
            var firstTime: Timestamp?
            let report = try journal.read { batch throws(CommandFailure) in
                if firstTime == nil { firstTime = batch.header.time }
            }
            let findings = Findings(report, of: journal, firstTime: firstTime)
            if json {
                try Output.standard.write(json: findings)
            } else {
                try Output.standard.write(findings.text)
            }
        }
    }
}
