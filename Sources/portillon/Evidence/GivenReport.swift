import Evidence
import Gateway
import Log
import Time
import Wire

/// A monthly report as it was handed out: of availability, or a consumption statement; as JSON, or
/// as a page, whose figures are in it as JSON.
struct GivenReport {
    private let file: String
    let claim: ReportClaim
    private let facts: JSONValue
    /// The whole page; nil for JSON.
    private let page: (text: String, language: Language)?

    /// - Parameter file: for messages.
    /// - Returns: nil for bytes that are no monthly report.
    /// - Throws: ``CommandFailure`` 1 for one that this version does not know.
    init?(_ bytes: [UInt8], of file: String) throws(CommandFailure) {
        let page = Self.page(bytes)
        let bytes = page.map { Array($0.json.utf8) } ?? bytes
        // What is no JSON may be a dossier's page: the caller says what is wrong with it.
        guard let facts = try? JSONValue(bytes), facts["report"] != nil else { return nil }
        let claim: ReportClaim
        do {
            claim = try ReportClaim(json: bytes)
        } catch {
            throw CommandFailure(
                .refused, "\(file): not a monthly report; give the JSON form (--json), or the page")
        }
        guard claim.format == ReportClaim.currentFormat else {
            throw CommandFailure(
                .refused,
                "\(file): has format \(claim.format), this version knows "
                    + "\(ReportClaim.currentFormat); verify it with the version that made it")
        }
        self.file = file
        self.claim = claim
        self.facts = facts
        self.page = page.map { ($0.text, $0.language) }
    }

    /// Nil for what is no page with facts.
    private static func page(
        _ bytes: [UInt8]
    ) -> (text: String, json: String, language: Language)? {
        guard bytes.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "<") else {
            return nil
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let json = Dossier.facts(inPage: text),
            let language = Dossier.language(ofPage: text)
        else { return nil }
        return (text, json, language)
    }

    /// Makes the report from the journal again, and compares.
    /// - Returns: what to tell of a report that is right.
    /// - Throws: ``CommandFailure`` 74 where the journal is damaged or decides otherwise, 1 where
    ///   a figure differs.
    func verify(against journal: JournalFolder) throws(CommandFailure) -> String {
        let name = file
        let claim = claim
        var rebuilt: [UInt8]?
        var isThere = false
        let (report, sequel) = try journal.replay(behind: claim.sequence) { ledger, chain, time in
            isThere = true
            rebuilt = RebuiltReport(claim, from: ledger, chain: chain, at: time)?.json
        }
        guard isThere else {
            throw CommandFailure(
                .refused,
                "\(name): the journal has no record \(claim.sequence): the report is altered or of "
                    + "another journal")
        }
        if let omitted = claim.report == .availability ? sequel.besideEntries : sequel.batch,
            claim.leavesOut(recordAt: omitted)
        {
            throw CommandFailure(
                .refused,
                "\(name): altered at /as_of: until is later than the journal's next record, of "
                    + "\(omitted.rfc3339), which the report leaves out")
        }
        // What an encoder wrote is JSON: it is nil where nothing was made.
        guard let rebuilt, let expected = try? JSONValue(rebuilt) else {
            throw CommandFailure(
                .refused,
                "\(name): the journal knows no client \(printable(claim.client ?? "")) at record "
                    + "\(claim.sequence): the report is altered or of another journal")
        }
        if let difference = JSONDifference(of: facts, from: expected) {
            throw CommandFailure(.refused, "\(name): \(difference.sentence)")
        }
        return "\(name): verified; every figure follows from the journal up to record "
            + "\(claim.sequence)\n" + pageRemark + report.remarks.map { $0 + "\n" }.joined()
    }

    /// The figures in the page are proved; whether it shows them can be said all the same. Empty
    /// for JSON.
    private var pageRemark: String {
        guard let page else { return "" }
        let own =
            switch claim.report {
            case .availability: AvailabilityPage(facts, page.language).text
            case .statement: StatementPage(facts, page.language).text
            }
        return own == page.text
            ? "The page is the one that this version makes of them.\n"
            : "THE PAGE IS NOT the one that this version makes of them: what it shows is no part "
                + "of the proof; compare it with a page that is made again.\n"
    }
}
