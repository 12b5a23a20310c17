import Bytes
import Contract
import Cryptography
import Evidence
import Ledger
import Testing
import Time

@Suite("A dossier")
struct DossierTests {
    @Test("it holds what concerns its operation, in order, and says it in words")
    func content() throws {
        let world = try EvidenceWorld()
        let dossier = try #require(world.dossier("summer"))
        let texts = dossier.items.map(\.text)
        #expect(
            texts == [
                "The operation was created or changed: rule once, policy enforce.",
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

    @Test("the end of a stolen key is on record, where its making is (C16)")
    func revocation() throws {
        var world = try EvidenceWorld()
        try world.take(
            .access(
                .addKey(operation: "summer", keyID: "k-1", digest: KeyDigest(words: (1, 2, 3, 4)))),
            by: .admin)
        try world.take(.access(.revokeKey(keyID: "k-1", reason: .stolen)), by: .admin)
        let last = try #require(world.dossier("summer")?.items.last)
        #expect(last.text == "The front-end key k-1 was revoked as stolen (C16).")
        #expect(world.dossier("winter")?.items.count == 1)
    }

    @Test("a name that is given again begins a new file: it may be another client's (C17)")
    func deletion() throws {
        var world = try EvidenceWorld()
        let export = ExportReceipt(
            file: "summer.jsonl", sha256: String(repeating: "a", count: 64), entries: 12,
            participants: 11)
        try world.take(.operation(.delete(id: "summer", export: export)), by: .admin)
        let gone = try #require(world.dossier("summer"))
        #expect(gone.items.count == 5)
        #expect(
            gone.items.last?.text.hasPrefix(
                "The operation was deleted after 12 entries of 11 participants had been exported")
                == true)
        try world.take(.contract(.putClient(id: "other", name: "Other")), by: .admin)
        let settings = OperationSettings(
            client: "other", title: "Summer", rule: .once, robots: .off, policy: .enforce)
        try world.take(
            .operation(.put(id: "summer", settings: settings, dataKeyID: "e")), by: .admin)
        let next = try #require(world.dossier("summer"))
        #expect(next.items.count == 1)
    }

    @Test("its pieces are the whole, in both forms, whatever its length")
    func pieces() throws {
        var world = try EvidenceWorld(note: "\"items\" : [    {  ]")
        for count in [0, 1, 400] {
            for number in 0..<count {
                let note = String(repeating: "\n\"\u{1F3D6}/", count: 1 + number % 140)
                try world.take(
                    .operation(
                        .setPace(operation: "summer", perSecond: UInt32(number + 1), note: note)),
                    by: .admin)
            }
            for name in ["summer", "winter"] {
                let dossier = try #require(world.dossier(name))
                #expect(try joined(DossierPieces(dossier, as: .json)) == dossier.json())
                #expect(try joined(DossierPieces(dossier, as: .page)) == Array(dossier.page.utf8))
            }
        }
    }

    private func joined(_ pieces: DossierPieces) throws -> [UInt8] {
        var pieces = pieces
        var bytes: [UInt8] = []
        while let piece = try pieces.next() {
            #expect(!piece.isEmpty && piece.count < 64 << 10)
            bytes += piece
        }
        return bytes
    }

    @Test("of those who were handed its entries, the last hundred are in it (C17)")
    func traces() throws {
        var world = try EvidenceWorld()
        let before = try #require(world.dossier("summer")?.items.count)
        for record in 1...130 {
            let trace = ExportTrace(
                operation: "summer", operationIndex: 0, format: "csv", lastRecord: UInt64(record),
                chain: String(repeating: "a", count: 64))
            try world.take(.person(.export(trace)), by: Author(.client, name: "acme"))
        }
        let items = try #require(world.dossier("summer")?.items)
        #expect(items.count == before + 100)
        #expect(
            items[before].text == "The entries up to record 31 were handed out as CSV, with what "
                + "the participants gave (C17, C18).")
        #expect(world.dossier("winter")?.items.count == 1)
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
    private var files = EvidenceIndex()
    private var number: UInt64 = 0

    init(note: String = "letter") throws {
        let settings = OperationSettings(
            client: "acme", title: "Summer", rule: .once, robots: .off, policy: .enforce)
        try take(.fact(.started(version: "1")), by: .gateway)
        try take(.contract(.putClient(id: "acme", name: "Acme")), by: .admin)
        try take(.operation(.put(id: "summer", settings: settings, dataKeyID: "d")), by: .admin)
        try take(.operation(.put(id: "winter", settings: settings, dataKeyID: "d")), by: .admin)
        try take(.operation(.open(id: "summer", note: nil)), by: .admin)
        try take(
            .contract(
                .giveNotice(operation: "summer", expectedParticipants: 80_000, note: "by phone")),
            by: Author(.client, name: "acme"))
        try take(
            .operation(
                .suspend(
                    id: "summer", ground: .unpaid, until: nil, isDefinitive: true, note: note)),
            by: Author(.operator, name: "marie"))
    }

    func dossier(_ operation: String) -> Dossier? {
        catalogue.lastOperationIndex(operation).flatMap {
            Dossier($0, catalogue, files.records(of: operation))
        }
    }

    mutating func take(_ command: AdministrativeCommand, by author: Author) throws {
        number += 1
        let time = Timestamp(milliseconds: 1_795_176_000_000 + Int64(number))
        _ = try catalogue.apply(command, by: author, at: time)
        files.add(
            EvidenceRecord(
                sequence: number, at: time, batch: number, chain: SHA256Digest(),
                content: .command(AdministrativeRecord(command, by: author))))
    }
}
