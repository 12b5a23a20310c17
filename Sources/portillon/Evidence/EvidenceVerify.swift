import ArgumentParser
import Evidence
import Foundation
import Ledger
import Log

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

/// A dossier made from a log, as of the record that another one names.
struct RebuiltDossier {
    let expected: [UInt8]
    private let claim: Dossier.Claim
    private let items: Int
    /// What is not as it should be with the log, behind all that was proved.
    private let remarks: [String]
    /// Records about the operation that came after it.
    private let later: Int

    /// - Throws: ``CommandFailure`` 74 where the log is damaged or decides otherwise, 1 where it does
    ///   not know the operation at that record.
    init(_ claim: Dossier.Claim, from journal: JournalFolder) throws(CommandFailure) {
        var ledger = Ledger()
        var files = EvidenceIndex()
        var claimed: (catalogue: Catalogue, records: [EvidenceRecord])?
        let report = try journal.read { batch throws(CommandFailure) in
            var iterator = batch.records
            while let record = iterator.next() {
                try ledger.replay(record, of: batch, path: journal.path)
                if record.kind == EntryRecord.kind { continue }
                files.add(try Self.noted(record, of: batch, path: journal.path))
                if record.sequence == claim.asOf.sequence {
                    claimed = (ledger.catalogue, files.records(of: claim.operation))
                }
            }
        }
        do throws(ReplayError) {
            try ledger.endReplay()
        } catch {
            throw CommandFailure(
                .inputOutput, "\(journal.path): the last record: \(error.explanation)")
        }
        remarks = report.remarks
        guard let (catalogue, records) = claimed,
            let index = catalogue.lastOperationIndex(claim.operation),
            let dossier = Dossier(index, catalogue, records),
            dossier.asOf.sequence == claim.asOf.sequence
        else {
            throw CommandFailure(
                .refused,
                "\(journal.path): record \(claim.asOf.sequence) is not about operation "
                    + "\(printable(claim.operation)): the dossier is altered, or of another journal"
            )
        }
        do {
            expected = try dossier.json()
        } catch {
            preconditionFailure("names and whole numbers are JSON: \(error)")
        }
        self.claim = claim
        later = max(files.records(of: claim.operation).count - dossier.items.count, 0)
        items = dossier.items.count
    }

    private static func noted(
        _ record: borrowing LogRecord, of batch: borrowing LogBatch, path: String
    ) throws(CommandFailure) -> EvidenceRecord {
        do {
            return try EvidenceRecord(record, of: batch)
        } catch {
            throw CommandFailure(.inputOutput, "\(path): record \(record.sequence): \(error)")
        }
    }

    /// Where the other one differs first, with both lines; `nil` if it does not.
    func difference(from given: [UInt8]) -> String? {
        guard given != expected else { return nil }
        let lines = [given, expected].map {
            $0.split(separator: 10, omittingEmptySubsequences: false)
        }
        let number = zip(lines[0], lines[1]).prefix { $0 == $1 }.count
        func line(_ index: Int) -> String {
            guard number < lines[index].count else { return "(nothing)" }
            return printable(String(decoding: lines[index][number], as: UTF8.self))
                .trimmingCharacters(in: .whitespaces)
        }
        return "altered at line \(number + 1): it says \(line(0)), the journal \(line(1))"
    }

    func verdict(_ file: String) -> String {
        var text = "\(file): every byte follows from the journal: \(items) records, up to number "
        text += "\(claim.asOf.sequence) of \(claim.asOf.at)\n"
        if later > 0 { text += "The journal holds \(later) later records about the operation.\n" }
        return text + remarks.map { $0 + "\n" }.joined()
    }
}
