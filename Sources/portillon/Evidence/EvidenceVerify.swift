import ArgumentParser
import Files

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
        let given = try GivenDossier(read(), of: file)
        let rebuilt = try RebuiltDossier(given.claim, from: options.journal)
        if let difference = rebuilt.difference(from: given.facts) {
            throw CommandFailure(.refused, "\(file): \(difference)")
        }
        try Output.standard.write(rebuilt.verdict(file, given.words))
    }

    /// Bytes of a dossier at most: some 250,000 records.
    private static var maximumBytes: Int { 256 << 20 }

    private func read() throws(CommandFailure) -> [UInt8] {
        do throws(FileError) {
            return try WholeFile.read(file, atMost: Self.maximumBytes)
        } catch {
            throw CommandFailure(
                .inputOutput, "\(file): cannot read the dossier (\(error.reason)); check the path")
        }
    }
}
