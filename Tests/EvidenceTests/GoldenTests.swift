import Foundation
import Testing

@testable import Evidence

/// What a reader gets, word for word: a change of wording shows here, and nowhere else.
/// `PORTILLON_UPDATE_GOLDEN=1 swift test --filter GoldenTests` writes the files anew.
@Suite("A dossier as text")
struct GoldenTests {
    @Test("one surge, from its declarations to its end", arguments: Language.allCases)
    func surge(language: Language) throws {
        let dossier = try #require(try SurgeStory.world().dossier())
        let bytes = try DossierPieces(dossier.textSections(language)).joined()
        let text = String(decoding: bytes, as: UTF8.self)
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Golden/surge.\(language.rawValue).txt")
        if ProcessInfo.processInfo.environment["PORTILLON_UPDATE_GOLDEN"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        let (lines, expected) = (text.split(separator: "\n"), golden.split(separator: "\n"))
        for (line, expected) in zip(lines, expected) { #expect(line == expected) }
        #expect(lines.count == expected.count)
        // Words are all that is in it: no placeholder is left.
        #expect(!text.contains("{") && !text.contains("}"))
    }

    @Test("the summary says what happened, why, what was declared, what it did, what was done")
    func summary() throws {
        for language in Language.allCases {
            let lines = SummaryWords(
                try #require(try SurgeStory.world().dossier()), language
            ).lines
            #expect(lines.count == 7, "\(lines)")
            #expect(lines.allSatisfy { !$0.text.isEmpty && !$0.text.contains("{") }, "\(lines)")
        }
        let calm = SummaryWords(
            try #require(try EvidenceWorld(SurgeStory.settings()).dossier()), .english
        ).lines
        #expect(calm.first?.text == "No measure was taken against the operation up to record 3.")
        let person = SummaryWords(try #require(try EvidenceWorld().dossier()), .english).lines
        #expect(person.first?.text == "A person decided on the operation: operator marie.")
        #expect(person.last?.text.hasPrefix("It had not ended by record 7") == true)
    }
}
