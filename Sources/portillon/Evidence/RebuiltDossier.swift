import Evidence
import Foundation
import Ledger
import Log
import Playback
import Time
import Wire

/// A dossier made from a log, as of the record that the given dossier names.
struct RebuiltDossier {
    let dossier: Dossier
    private let expected: JSONValue
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
            if record.sequence == claim.sequence {
                claimed = (ledger.catalogue, files.records(of: claim.operation))
            }
        }
        remarks = report.remarks
        guard let (catalogue, records) = claimed,
            let index = catalogue.lastOperationIndex(claim.operation),
            let dossier = Dossier(index, catalogue, records),
            dossier.asOf.sequence == claim.sequence
        else {
            throw CommandFailure(
                .refused,
                "\(journal.path): record \(claim.sequence) is not about operation "
                    + "\(printable(claim.operation)): the dossier is altered or of another journal"
            )
        }
        do {
            expected = try JSONValue(dossier.factsJSON())
        } catch {
            preconditionFailure("names and whole numbers are JSON: \(error)")
        }
        self.dossier = dossier
        later = max(files.records(of: claim.operation).count - dossier.items.count, 0)
    }

    /// The first fact that differs, in both versions; `nil` if none does.
    func difference(from given: JSONValue) -> String? {
        JSONDifference(of: given, from: expected)?.sentence
    }

    func verdict(_ file: String, _ words: GivenDossier.Words?) -> String {
        var text =
            "\(file): verified; every fact follows from the journal: \(dossier.items.count) "
        text += "records, up to record \(dossier.asOf.sequence) of \(dossier.asOf.at.rfc3339)\n"
        if let words { text += remark(on: words) + "\n" }
        if later > 0 { text += "The journal holds \(later) later records about the operation.\n" }
        return text + remarks.map { $0 + "\n" }.joined()
    }

    /// Sentences are not proved; whether they are ours can be said all the same.
    private func remark(on words: GivenDossier.Words) -> String {
        areOurs(words)
            ? "Its sentences are those that this version makes of the facts."
            : "Its sentences are not those that this version makes of the facts: they are no part "
                + "of the proof; compare them with a dossier that is made again."
    }

    private func areOurs(_ words: GivenDossier.Words) -> Bool {
        do {
            switch words {
            case .page(let page, let language): return try dossier.page(language) == page
            case .json(let words):
                guard let language = words["language"]?.string.flatMap(Language.init(rawValue:))
                else { return false }
                return try JSONValue(dossier.json(language))["words"] == words
            }
        } catch {
            preconditionFailure("names and whole numbers are JSON: \(error)")
        }
    }
}
