import ArgumentParser
import Evidence
import Files

/// `portillon evidence verify`: makes the dossier from the log again and compares.
struct EvidenceVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify a dossier against a journal. Needs no running gateway.",
        discussion: """
            portillon evidence verify dossier.json /var/lib/portillon
            portillon evidence verify dossier.json /var/lib/portillon --archive /mnt/archive

            The command verifies and replays the journal, makes the dossier from it again, and \
            compares every byte. Exits with 1 if one differs, with 74 if the journal is damaged.
            """)

    @Argument(help: "The dossier, as JSON.", completion: .file()) var file: String
    @OptionGroup var options: JournalOptions

    func run() throws {
        let given = try read()
        let claim: Dossier.Claim
        do {
            claim = try Dossier.Claim(json: given)
        } catch {
            throw CommandFailure(
                .refused, "\(file): not a dossier as this version makes them; give the JSON form")
        }
        guard claim.format == Dossier.currentFormat else {
            throw CommandFailure(
                .refused,
                "\(file): has format \(claim.format), this version makes "
                    + "\(Dossier.currentFormat); verify it with the version that made it")
        }
        let rebuilt = try RebuiltDossier(claim, from: options.journal)
        if let difference = rebuilt.difference(from: given) {
            throw CommandFailure(.refused, "\(file): \(difference)")
        }
        try Output.standard.write(rebuilt.verdict(file))
    }

    /// Bytes of a dossier at most: some 250,000 records.
    private static var maximumBytes: Int { 128 << 20 }

    private func read() throws(CommandFailure) -> [UInt8] {
        do throws(FileError) {
            return try WholeFile.read(file, atMost: Self.maximumBytes)
        } catch {
            throw CommandFailure(
                .inputOutput, "\(file): cannot read the dossier (\(error.reason)); check the path")
        }
    }
}
