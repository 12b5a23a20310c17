import Evidence
import Foundation
import Ledger
import Log
import Playback

/// A dossier made from a log, as of the record that the given dossier names.
struct RebuiltDossier {
    let expected: [UInt8]
    private let claim: Dossier.Claim
    private let items: Int
    /// The log's irregularities behind the last record, such as a torn tail.
    private let remarks: [String]
    /// Records about the operation that came after the dossier.
    private let later: Int

    /// - Throws: ``CommandFailure`` 74 where the log is damaged or decides otherwise, 1 where
    ///   it does not know the operation at that record.
    init(_ claim: Dossier.Claim, from journal: JournalFolder) throws(CommandFailure) {
        var ledger = Ledger()
        var files = EvidenceIndex()
        var claimed: (catalogue: Catalogue, records: [EvidenceRecord])?
        let report = try journal.replay(into: &ledger) { record, ledger in
            guard let evidence = EvidenceRecord(record) else { return }
            files.add(evidence)
            if record.sequence == claim.asOf.sequence {
                claimed = (ledger.catalogue, files.records(of: claim.operation))
            }
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
                    + "\(printable(claim.operation)): the dossier is altered or of another journal"
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

    /// The first line that differs, in both versions; `nil` if none does.
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
        return "altered at line \(number + 1): it has \(line(0)), the journal gives \(line(1))"
    }

    func verdict(_ file: String) -> String {
        var text =
            "\(file): verified; every byte follows from the journal: \(items) records, up to "
        text += "record \(claim.asOf.sequence) of \(claim.asOf.at)\n"
        if later > 0 { text += "The journal holds \(later) later records about the operation.\n" }
        return text + remarks.map { $0 + "\n" }.joined()
    }
}
