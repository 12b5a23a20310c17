import Bytes
import Evidence
import Foundation
import Log
import Testing

@testable import portillon

@Suite("A dossier is checked against the journal")
struct EvidenceTests {
    private func rebuilt(
        _ json: [UInt8], _ folder: borrowing WrittenLog
    ) throws -> RebuiltDossier {
        try RebuiltDossier(Dossier.Claim(json: json), from: JournalFolder(folder.path))
    }

    /// The dossier of the log's operation as of its last record.
    private func dossier(_ folder: borrowing WrittenLog) throws -> [UInt8] {
        let zeros = String(repeating: "0", count: 64)
        let claim = """
            {"format": \(Dossier.currentFormat), "operation": "ete",
             "as_of": {"sequence": 5, "at": "", "batch": 0, "chain": "\(zeros)"}}
            """
        return try rebuilt(Array(claim.utf8), folder).expected
    }

    @Test("what was handed out is right")
    func right() throws {
        let folder = try WrittenLog(entries: 3)
        let json = try dossier(folder)
        #expect(try rebuilt(json, folder).difference(from: json) == nil)
    }

    @Test("any byte that is changed, taken away or added is found")
    func edits() throws {
        let folder = try WrittenLog(entries: 1)
        let json = try dossier(folder)
        for place in json.indices {
            var changed = json
            changed[place] ^= 1
            expectFound(changed, folder)
        }
        for place in stride(from: 0, to: json.count, by: 29) {
            var shorter = json
            shorter.remove(at: place)
            expectFound(shorter, folder)
            var longer = json
            longer.insert(UInt8(ascii: " "), at: place)
            expectFound(longer, folder)
        }
    }

    private func expectFound(_ json: [UInt8], _ folder: borrowing WrittenLog) {
        do {
            let difference = try rebuilt(json, folder).difference(from: json)
            #expect(difference != nil, "\(String(decoding: json, as: UTF8.self))")
        } catch {
            // It is no dossier any more, or one of something that the log does not have.
        }
    }

    @Test("a journal in which one bit is wrong proves nothing")
    func journal() throws {
        let folder = try WrittenLog(entries: 1)
        let json = try dossier(folder)
        try folder.change(byte: 700)
        #expect(throws: CommandFailure.self) { try rebuilt(json, folder) }
    }
}
