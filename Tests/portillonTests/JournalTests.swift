import Bytes
import Foundation
import Ledger
import Log
import Playback
import Testing
import Time
import Wire

@testable import portillon

@Suite("Reading a journal without a gateway")
struct JournalTests {
    @Test("a whole journal is found whole, in its data folder and by its own path")
    func whole() throws {
        let folder = try WrittenLog(entries: 3)
        for path in [folder.path, folder.path + "/journal"] {
            let findings = try findings(path)
            #expect(findings.whole)
            #expect(findings.segments == 1)
            #expect(findings.batches == 4)
            #expect(findings.records == 8)
            #expect(findings.firstSequence == 1)
            #expect(findings.lastSequence == 8)
            #expect(findings.firstTime == "2026-11-20T12:00:00.000Z")
            #expect(findings.lastTime == "2026-11-20T12:00:03.000Z")
            #expect(findings.text.hasSuffix("The journal is whole.\n"))
        }
    }

    @Test("damage is named with its file and place, by every command")
    func damage() throws {
        let folder = try WrittenLog(entries: 3)
        try folder.change(byte: 600)
        let journal = JournalFolder(folder.path)
        let failure = #expect(throws: CommandFailure.self) { try findings(folder.path) }
        #expect(failure?.status == 74)
        #expect(failure?.lines.count == 1)
        #expect(failure?.text.contains(folder.segment) == true, "\(failure?.text ?? "")")
        #expect(failure?.text.contains("byte 512") == true, "\(failure?.text ?? "")")
        let replaying = #expect(throws: CommandFailure.self) {
            try ReplayResult(replaying: journal)
        }
        #expect(replaying == failure)
    }

    @Test("where there is no journal, that is said")
    func nothingThere() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("portillon-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // What stays behind is in a temporary folder.
        defer { try? FileManager.default.removeItem(at: folder) }
        for path in [folder.path, folder.path + "/missing"] {
            let failure = #expect(throws: CommandFailure.self) { try findings(path) }
            #expect(failure?.status == 74)
            #expect(failure?.text.contains(path) == true)
        }
    }

    @Test("records are printed as JSON with names, and without what a person gave")
    func printing() throws {
        let folder = try WrittenLog(entries: 2)
        var printer = RecordPrinter()
        var lines: [JSONValue] = []
        _ = try JournalFolder(folder.path).read { batch throws(CommandFailure) in
            batch.play { record in
                let line = printer.line(record)
                #expect(!line.contains("SEALED"))
                #expect(!line.contains("\n"))
                do {
                    lines.append(try JSONValue(Array(line.utf8)))
                } catch {
                    Issue.record("not JSON: \(line)")
                }
            }
        }
        #expect(lines.map { $0["sequence"]?.number } == (1...7).map(Double.init))
        #expect(
            lines.map { $0["kind"]?.string } == [
                "fact.started", "contract.put_client", "operation.put", "access.add_key",
                "operation.open", "entry",
                "entry",
            ])
        #expect(lines[4]["operation"]?.string == "ete")
        let entry = try #require(lines.last)
        #expect(entry["at"]?.string == "2026-11-20T12:00:02.000Z")
        #expect(entry["operation"]?.string == "ete")
        #expect(entry["key_id"]?.string == "k-1")
        #expect(entry["participant_number"] == .integer(2))
        #expect(entry["source"]?.string == "tv\"1\"")
        #expect(entry["sealed_bytes"] == .integer(6))
        #expect(entry["entry"]?.string.flatMap { UInt64($0) } != nil)
    }

    @Test("a replay comes to what was decided")
    func replay() throws {
        let folder = try WrittenLog(entries: 5)
        let result = try ReplayResult(replaying: JournalFolder(folder.path))
        #expect(result.records == 10)
        #expect(result.entries == 5)
        #expect(result.participants == 5)
        #expect(result.operations.map(\.operation) == ["ete"])
        #expect(result.operations.map(\.state) == ["open"])
        #expect(result.text.contains("ete        acme    open         5             5\n"))
    }

    @Test("a decision that comes out otherwise is named with its record")
    func disagreement() throws {
        let folder = try WrittenLog(entries: 2, lastParticipantNumber: 7)
        #expect(try findings(folder.path).whole)
        let failure = #expect(throws: CommandFailure.self) {
            try ReplayResult(replaying: JournalFolder(folder.path))
        }
        #expect(failure?.status == 74)
        #expect(failure?.text.contains("record 7") == true, "\(failure?.text ?? "")")
        #expect(failure?.text.contains("ete") == true)
    }

    private func findings(_ path: String) throws(CommandFailure) -> Findings {
        let journal = JournalFolder(path)
        var firstTime: Timestamp?
        let report = try journal.read { batch throws(CommandFailure) in
            if firstTime == nil { firstTime = batch.header.time }
        }
        return Findings(report, of: journal, firstTime: firstTime)
    }
}
