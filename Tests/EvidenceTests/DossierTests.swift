import Bytes
import Contract
import Foundation
import Ledger
import Testing
import Time

@testable import Evidence

@Suite("A dossier")
struct DossierTests {
    private func texts(_ dossier: Dossier, _ language: Language = .english) -> [String] {
        let words = DossierWords(dossier, language)
        return dossier.items.map { words.item($0).text }
    }

    @Test("it holds what concerns its operation, in order, and says it in words")
    func content() throws {
        let world = try EvidenceWorld()
        let dossier = try #require(world.dossier("summer"))
        #expect(
            texts(dossier) == [
                "The operation was created with the title “Summer”: one entry a person, automatic "
                    + "measures in force, time zone UTC.",
                "The operation was opened.",
                "A traffic notice announced 80,000 participants (C2). Note: “by phone”.",
                "A person suspended the operation on the ground end of the contract (C8), for "
                    + "good. Note: “letter”.",
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
        #expect(claim.sequence == 7)
        #expect(claim.format == Dossier.currentFormat)
    }

    @Test("the facts are the same in every language; only the words differ")
    func languages() throws {
        let dossier = try #require(try SurgeStory.world().dossier())
        func members(_ json: [UInt8]) throws -> [String: Any] {
            let value = try JSONSerialization.jsonObject(with: Data(json))
            return try #require(value as? [String: Any])
        }
        var english = try members(dossier.json(.english))
        var french = try members(dossier.json(.french))
        let words = (english.removeValue(forKey: "words"), french.removeValue(forKey: "words"))
        #expect(NSDictionary(dictionary: english) == NSDictionary(dictionary: french))
        #expect(
            NSDictionary(dictionary: english)
                == NSDictionary(dictionary: try members(dossier.factsJSON())))
        let (one, other) = (words.0 as? NSDictionary, words.1 as? NSDictionary)
        #expect(one != nil && one != other)
        for language in Language.allCases {
            let page = try dossier.page(language)
            let facts = try #require(Dossier.facts(inPage: page))
            #expect(Array(facts.utf8) == (try dossier.factsJSON()))
            #expect(Dossier.language(ofPage: page) == language)
        }
    }

    @Test("the end of a stolen key is on record, where its making is (C16)")
    func revocation() throws {
        var world = try EvidenceWorld()
        try world.take(
            .access(
                .addKey(operation: "summer", keyID: "k-1", digest: KeyDigest(words: (1, 2, 3, 4)))),
            by: .admin)
        try world.take(.access(.revokeKey(keyID: "k-1", reason: .stolen)), by: .admin)
        let dossier = try #require(world.dossier("summer"))
        #expect(texts(dossier).last == "The front-end key k-1 was revoked as stolen (C16).")
        #expect(world.dossier("winter")?.items.count == 1)
    }

    @Test("a client that gets another name is on record: the dossier says its name")
    func rename() throws {
        var world = try EvidenceWorld()
        #expect(world.dossier("summer")?.clientName == "Acme")
        try world.take(.contract(.putClient(id: "acme", name: "Acme SA")), by: .admin)
        for operation in ["summer", "winter"] {
            let dossier = try #require(world.dossier(operation))
            #expect(dossier.clientName == "Acme SA" && dossier.asOf.sequence == 8)
        }
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
            texts(gone).last?.hasPrefix(
                "The operation was deleted. Exported before (C18): 12 entries of 11 participants")
                == true)
        try world.take(.contract(.putClient(id: "other", name: "Other")), by: .admin)
        let settings = OperationSettings(
            client: "other", title: "Summer", rule: .once, robots: .off, policy: .enforce)
        try world.take(
            .operation(.put(id: "summer", settings: settings, dataKeyID: "e")), by: .admin)
        let next = try #require(world.dossier("summer"))
        #expect(next.items.count == 1)
    }

    @Test("its pieces are the whole, in every form, whatever its length")
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
                for language in Language.allCases {
                    let json = try joined(DossierPieces(dossier, as: .json, language))
                    #expect(try json == dossier.json(language))
                    #expect(try JSONSerialization.jsonObject(with: Data(json)) is NSDictionary)
                    let page = try joined(DossierPieces(dossier, as: .page, language))
                    #expect(try page == Array(dossier.page(language).utf8))
                    let text = try joined(DossierPieces(dossier, as: .text, language))
                    #expect(try text == DossierPieces(dossier.textSections(language)).joined())
                }
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
        let dossier = try #require(world.dossier("summer"))
        #expect(dossier.items.count == before + 100)
        #expect(
            texts(dossier)[before] == "The entries up to record 31 were handed out as CSV, with "
                + "what the participants gave (C17, C18).")
        #expect(world.dossier("winter")?.items.count == 1)
    }

    @Test("the page is safe to open, whatever names and notes hold")
    func page() throws {
        let hostile =
            "<script>alert(\"1\")</script> & </pre><pre id=\"facts\">'more' \"&\u{301}\u{202E}"
        let world = try EvidenceWorld(note: hostile)
        let dossier = try #require(world.dossier("summer"))
        for language in Language.allCases {
            let page = try dossier.page(language)
            #expect(!page.contains("<script"))
            #expect(
                page.contains(
                    "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &lt;/pre&gt;"))
            #expect(page.contains("marie"))
            let facts = try #require(Dossier.facts(inPage: page))
            #expect(Array(facts.utf8) == (try dossier.factsJSON()))
        }
        let named = try #require(try SurgeStory.world().dossier()).page(.french)
        #expect(named.contains("Été &amp; &lt;fête&gt;") && !named.contains("<fête>"))
    }

    @Test("a declaration says whether it came in time; a late one did not count")
    func declarations() throws {
        let dossier = try #require(try SurgeStory.world().dossier())
        #expect(dossier.declarations.map(\.counts) == [true, false])
        #expect(dossier.declarations.map(\.record) == [5, 6])
        #expect(dossier.items.compactMap(\.counts) == [true, false, false])
        #expect(texts(dossier).last?.hasSuffix("C1 and C2 demand it beforehand.") == true)
    }

    @Test("one surge is one episode: its measures, its answers, its end")
    func episodes() throws {
        let dossier = try #require(try SurgeStory.world().dossier())
        #expect(dossier.episodes.count == 1)
        #expect(dossier.episodes.first?.measures == [11, 12, 14])
        #expect(dossier.episodes.first?.answers == [13, 15])
        #expect(dossier.episodes.first?.ended == 14)
        let suspended = try #require(try EvidenceWorld().dossier("summer"))
        #expect(suspended.episodes.map(\.measures) == [[7]])
        #expect(suspended.episodes.first?.ended == nil)
    }
}
