import Bytes
import Evidence
import Foundation
import Log
import Testing
import Wire

@testable import portillon

@Suite("A dossier is checked against the journal")
struct EvidenceTests {
    private func rebuilt(
        _ json: [UInt8], _ folder: borrowing WrittenLog
    ) throws -> RebuiltDossier {
        try RebuiltDossier(Dossier.Claim(json: json), from: JournalFolder(folder.path))
    }

    /// The dossier of the log's operation as of its last record.
    private func dossier(_ folder: borrowing WrittenLog) throws -> Dossier {
        let claim = """
            {"format": \(Dossier.currentFormat), "operation": "ete", "as_of": {"sequence": 5}}
            """
        return try rebuilt(Array(claim.utf8), folder).dossier
    }

    /// What differs from the journal; nil if nothing does.
    private func difference(
        _ bytes: [UInt8], _ folder: borrowing WrittenLog
    ) throws -> String? {
        let given = try GivenDossier(bytes, of: "f")
        return try RebuiltDossier(given.claim, from: JournalFolder(folder.path))
            .difference(from: given.facts)
    }

    private func verdict(_ bytes: [UInt8], _ folder: borrowing WrittenLog) throws -> String {
        let given = try GivenDossier(bytes, of: "f")
        return try RebuiltDossier(given.claim, from: JournalFolder(folder.path))
            .verdict("f", given.words)
    }

    @Test("what was handed out is right, in every language and form")
    func right() throws {
        let folder = try WrittenLog(entries: 3)
        let dossier = try dossier(folder)
        for language in Language.allCases {
            for form in [try dossier.json(language), Array(try dossier.page(language).utf8)] {
                #expect(try difference(form, folder) == nil)
                #expect(try verdict(form, folder).contains("are those that this version makes"))
            }
        }
        #expect(try difference(dossier.factsJSON(), folder) == nil)
    }

    @Test("every byte of a fact that is changed, taken away or added is found")
    func edits() throws {
        let folder = try WrittenLog(entries: 1)
        let json = try dossier(folder).factsJSON()
        let expected = try JSONValue(json)
        for place in json.indices {
            var changed = json
            changed[place] ^= 1
            if saysTheSame(changed, expected) { continue }
            expectFound(changed, folder)
        }
        for place in stride(from: 0, to: json.count, by: 29) {
            var shorter = json
            let removed = shorter.remove(at: place)
            if " \n".utf8.contains(removed) { continue }
            expectFound(shorter, folder)
            var longer = json
            longer.insert(UInt8(ascii: "0"), at: place)
            if saysTheSame(longer, expected) { continue }
            expectFound(longer, folder)
        }
    }

    /// Space between members, and escapes that say the same, are no facts.
    private func saysTheSame(_ json: [UInt8], _ expected: JSONValue) -> Bool {
        // What is no JSON says nothing.
        (try? JSONValue(json)) == expected
    }

    private func expectFound(_ json: [UInt8], _ folder: borrowing WrittenLog) {
        do {
            #expect(try difference(json, folder) != nil, "\(String(decoding: json, as: UTF8.self))")
        } catch {
            // It is no dossier any more, or one of something that the log does not have.
        }
    }

    @Test("every sentence may be another one: the proof stays, and the command says it")
    func reworded() throws {
        let folder = try WrittenLog(entries: 1)
        let dossier = try dossier(folder)
        guard case .object(var members) = try JSONValue(dossier.json()),
            let words = members["words"]
        else {
            Issue.record("no words")
            return
        }
        members["words"] = Self.reworded(words)
        let json = JSONValue.object(members).bytes
        #expect(try difference(json, folder) == nil)
        #expect(try verdict(json, folder).contains("no part of the proof"))
        members["words"] = nil
        #expect(try difference(JSONValue.object(members).bytes, folder) == nil)

        let page = try dossier.page(.french)
        let edited = page.replacing("opération", with: "chose").replacing("<h2>", with: "<h3>")
        #expect(edited != page)
        #expect(try difference(Array(edited.utf8), folder) == nil)
        #expect(try verdict(Array(edited.utf8), folder).contains("no part of the proof"))
    }

    /// Every string another one.
    private static func reworded(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string("not \(text)")
        case .array(let values): .array(values.map(reworded))
        case .object(let members): .object(members.mapValues(reworded))
        default: value
        }
    }

    @Test("a fact that is changed in a page is found; a page with other facts beside is none")
    func page() throws {
        let folder = try WrittenLog(entries: 1)
        let page = try dossier(folder).page()
        let edited = page.replacing("&quot;cover&quot; : 50000", with: "&quot;cover&quot; : 50001")
        #expect(edited != page)
        let found = try difference(Array(edited.utf8), folder)
        #expect(found == "altered at /cover: it has 50001, the journal gives 50000")
        let twice = page.replacing("</body>", with: "<pre id=\"facts\">{}</pre></body>")
        #expect(throws: CommandFailure.self) { try GivenDossier(Array(twice.utf8), of: "f") }
        #expect(throws: CommandFailure.self) {
            try GivenDossier(Array("<html><body></body></html>".utf8), of: "f")
        }
    }

    @Test("a member that stands twice is refused: two readers could see two facts")
    func twice() throws {
        let folder = try WrittenLog(entries: 1)
        let json = String(decoding: try dossier(folder).json(), as: UTF8.self)
        let twice = json.replacing("\"cover\" :", with: "\"cover\" : 90000, \"cover\" :")
        #expect(twice != json)
        #expect(throws: CommandFailure.self) { try GivenDossier(Array(twice.utf8), of: "f") }
    }

    @Test("a dossier of the shape before, or of a later one, is told what it is")
    func otherFormats() throws {
        for (format, word) in [(4, "sentences were part"), (7, "this version knows 6")] {
            let json = """
                {"format": \(format), "operation": "ete", "as_of": {"sequence": 5, "at": "",
                 "batch": 1, "chain": ""}, "items": [{"text": "The operation was opened."}]}
                """
            do {
                _ = try GivenDossier(Array(json.utf8), of: "f")
                Issue.record("format \(format) is taken")
            } catch {
                #expect(error.text.contains(word), "\(error.text)")
            }
        }
    }

    @Test("a journal in which one bit is wrong proves nothing")
    func journal() throws {
        let folder = try WrittenLog(entries: 1)
        let json = try dossier(folder).json()
        try folder.change(byte: 700)
        #expect(throws: CommandFailure.self) { try rebuilt(json, folder) }
    }
}
