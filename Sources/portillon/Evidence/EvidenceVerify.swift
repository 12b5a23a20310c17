import ArgumentParser
import Foundation

/// `portillon evidence verify`: makes the dossier from the log again and compares.
struct EvidenceVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify a dossier against a journal. Needs no running gateway.",
        discussion: """
            portillon evidence verify dossier.json /var/lib/portillon
            portillon evidence verify dossier.html /var/lib/portillon --archive /mnt/archive

            The command verifies and replays the journal, makes the dossier's facts from it again, \
            and compares every one. The sentences are no facts; the command says whether they are \
            this version's own. Exits with 1 if a fact differs, with 74 if the journal is damaged.
            """)

    @Argument(help: "The dossier, as JSON or as a page.", completion: .file()) var file: String
    @OptionGroup var options: JournalOptions

    func run() throws {
        guard let content = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(.inputOutput, "\(file): cannot read the dossier; check the path")
        }
        let given = try GivenDossier([UInt8](content), of: file)
        let rebuilt = try RebuiltDossier(given.claim, from: options.journal)
        if let difference = rebuilt.difference(from: given.facts) {
            throw CommandFailure(.refused, "\(file): \(difference)")
        }
        try Output.standard.write(rebuilt.verdict(file, given.words))
    }
}
