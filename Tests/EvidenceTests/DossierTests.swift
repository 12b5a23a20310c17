import Bytes
import Contract
import Cryptography
import Evidence
import Ledger
import Testing

@Suite("A dossier")
struct DossierTests {
    @Test("it holds what concerns its operation, in order, and says it in words")
    func content() throws {
        let world = try EvidenceWorld()
        let dossier = try #require(world.dossier("summer"))
        let texts = dossier.items.map(\.text)
        #expect(
            texts == [
                "The operation was set up or changed: rule once, policy enforce.",
                "The operation was opened.",
                "A traffic notice announced 80,000 participants (C2). Note: by phone",
                "A person suspended the operation on the ground unpaid (C8), for good. "
                    + "Note: letter",
            ])
        #expect(dossier.asOf.sequence == 7)
        #expect(world.dossier("winter")?.items.count == 1)
        #expect(world.dossier("nowhere") == nil)
    }

    @Test("the same records give the same bytes")
    func stable() throws {
        let first = try #require(try EvidenceWorld().dossier("summer")).json()
        let second = try #require(try EvidenceWorld().dossier("summer")).json()
        #expect(first == second)
        let claim = try Dossier.Claim(json: first)
        #expect(claim.operation == "summer")
        #expect(claim.asOf.sequence == 7)
    }

    @Test("the page is safe to open, whatever a note holds")
    func page() throws {
        let world = try EvidenceWorld(note: "<script>alert(\"1\")</script> & more")
        let page = try #require(world.dossier("summer")).page
        #expect(!page.contains("<script"))
        #expect(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more"))
        #expect(page.contains("by operator marie"))
    }
}

/// Commands on two operations, each in a batch of its own.
struct EvidenceWorld {
    private var catalogue = Catalogue()
    private var records: [NotedRecord] = []

    init(note: String = "letter") throws {
        let settings = OperationSettings(
            client: "acme", title: "Summer", rule: .once, robots: .off, policy: .enforce)
        try take(.started(version: "1"), by: .gateway)
        try take(.putClient(id: "acme", name: "Acme"), by: .admin)
        try take(.putOperation(id: "summer", settings: settings, dataKeyID: "d"), by: .admin)
        try take(.putOperation(id: "winter", settings: settings, dataKeyID: "d"), by: .admin)
        try take(.openOperation(id: "summer", note: nil), by: .admin)
        try take(
            .giveNotice(operation: "summer", expectedParticipants: 80_000, note: "by phone"),
            by: Author(.client, name: "acme"))
        try take(
            .suspendOperation(
                id: "summer", ground: .unpaid, until: nil, isDefinitive: true, note: note),
            by: Author(.operator, name: "marie"))
    }

    func dossier(_ operation: String) -> Dossier? {
        catalogue.operationIndex(operation).flatMap { Dossier($0, catalogue, records) }
    }

    private mutating func take(_ command: AdministrativeCommand, by author: Author) throws {
        let number = UInt64(records.count) + 1
        let time = Timestamp(milliseconds: 1_795_176_000_000 + Int64(number))
        _ = try catalogue.apply(command, by: author, at: time)
        records.append(
            NotedRecord(
                sequence: number, at: time, batch: number, chain: SHA256Digest(),
                content: .command(AdministrativeRecord(command, by: author))))
    }
}
