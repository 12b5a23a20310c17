import ArgumentParser
import Files

/// `portillon evidence verify`: makes a dossier or a report from the log again and compares.
struct EvidenceVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify a dossier or a monthly report against a journal, without a gateway.",
        discussion: """
            portillon evidence verify dossier.json /var/lib/portillon
            portillon evidence verify dossier.html /var/lib/portillon --archive /mnt/archive
            portillon evidence verify november.json --journal /var/lib/portillon

            The command verifies and replays the journal, makes the facts from it again, and \
            compares every one. A report is what portillon availability --json or portillon \
            statement --json prints, or the page of either. A dossier's sentences and what a page \
            shows are no facts; the command says whether they are this version's own. Exits with \
            1 if a fact differs, with 74 if the journal is damaged.
            """)

    @Argument(
        help: "The dossier or the report, as JSON or as a page.", completion: .file())
    var file: String
    @Argument(help: "A data folder or its journal folder.", completion: .directory)
    var folder: String?
    @Option(
        parsing: .unconditional,
        help: .init("The same as the second argument.", valueName: "folder"),
        completion: .directory)
    var journal: String?
    @Option(
        parsing: .unconditional,
        help: .init(
            "Read the archived segments in this folder and the journal as one chain.",
            valueName: "folder"),
        completion: .directory)
    var archive: String?

    func validate() throws {
        guard (folder == nil) != (journal == nil) else {
            throw ValidationError("give the journal once: as the second argument, or as --journal")
        }
    }

    func run() throws {
        let log = JournalFolder(folder ?? journal ?? "", archive: archive)
        let bytes = try read()
        if let report = try GivenReport(bytes, of: file) {
            return try Output.standard.write(report.verify(against: log))
        }
        let given = try GivenDossier(bytes, of: file)
        let rebuilt = try RebuiltDossier(given.claim, from: log)
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
                .inputOutput, "\(file): cannot read the file (\(error.reason)); check the path")
        }
    }
}
