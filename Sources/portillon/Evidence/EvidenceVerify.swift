import ArgumentParser
import Evidence
import Foundation

/// `portillon evidence verify`: makes the dossier again from the log, and compares.
struct EvidenceVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a dossier against a journal; no gateway is needed.",
        discussion: """
            portillon evidence verify dossier.json /var/lib/portillon

            The journal is verified and decided again, and the dossier made anew from it. Every \
            byte has to be the same. Exit status 1 if one is not, 74 if the journal is damaged.
            """)

    @Argument(help: "The dossier, as JSON.", completion: .file()) var file: String
    @Argument(help: "A data folder or its journal folder.", completion: .directory)
    var folder: String

    func run() throws {
        guard let content = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(.inputOutput, "\(file): cannot be read")
        }
        let given = [UInt8](content)
        let claim: Dossier.Claim
        do {
            claim = try Dossier.Claim(json: given)
        } catch {
            throw CommandFailure(.refused, "\(file): is no dossier of this version")
        }
        guard claim.format == Dossier.currentFormat else {
            throw CommandFailure(
                .refused,
                "\(file): has format \(claim.format), this version makes "
                    + "\(Dossier.currentFormat): check it with the version that made it")
        }
        let rebuilt = try RebuiltDossier(claim, from: JournalFolder(folder))
        if let difference = rebuilt.difference(from: given) {
            throw CommandFailure(.refused, "\(file): \(difference)")
        }
        try Output.standard.write(rebuilt.verdict(file))
    }
}
