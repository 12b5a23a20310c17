import Foundation
import Snapshots
import TestSupport
import Testing

@testable import Gateway

/// Files of the past that an answer needs: segments in the archive and in the journal, operations'
/// keys. One that is missing or damaged is named, and nothing has changed.
@Suite("What answers say where files of the past are missing or damaged", .onOwnThread)
struct MissingFilesTests {
    private let folder: TestFolder
    private let gateway: TestGateway
    private let operation: TestOperation
    private let permit: String
    private var entries: [UInt64] = []
    /// Names of all segments, in order.
    private var segments: [String] = []

    private var journal: String { folder.path + "/journal" }
    private var archive: String { folder.path + "/archive" }
    private var elsewhere: String { folder.path + "/elsewhere" }

    /// An operation whose entries fill some segments, and one that comes behind them.
    init() throws {
        folder = try TestFolder()
        gateway = try TestGateway(folder: folder) { limits in
            limits.journalSegmentBytes = 1 << 20
            limits.snapshotRecords = 200
        }
        operation = try gateway.open("ete", #""rule":"unlimited","robots":"off""#)
        func time(_ seconds: Double) -> String {
            Date(timeIntervalSinceNow: seconds).formatted(.iso8601)
        }
        let issued = try gateway.admin(
            "POST", "/v1/permits",
            #"{"operation":"ete","per_second":5,"starts":"\#(time(0))","ends":"\#(time(3_600))"}"#)
        permit = try #require(issued.object["permit_id"] as? String, "\(issued)")
        try enter(800)
        _ = try gateway.open("hiver")
        segments = try names(journal)
        try #require(segments.count >= 5, "\(segments)")
        try FileManager.default.createDirectory(
            atPath: archive, withIntermediateDirectories: false)
        try FileManager.default.createDirectory(
            atPath: elsewhere, withIntermediateDirectories: false)
        try moveOldest()
    }

    private mutating func enter(_ count: Int) throws {
        let client = try gateway.connect()
        let filling = String(repeating: "x", count: 8_000)
        let began = ContinuousClock.now
        while entries.count < count {
            try #require(ContinuousClock.now - began < .seconds(240), "the disk has no room")
            let numbers = entries.count..<min(entries.count + 20, count)
            try client.send(
                numbers.map {
                    operation.entry("p\($0)", members: "\"fields\":{\"a\":\"\(filling)\"}")
                }.joined())
            for _ in numbers {
                let answer = try client.receive()
                // Refused where the thread that makes the next segment stood still: once more.
                if answer.status == 503 { continue }
                let entry = (answer.object["entry"] as? String).flatMap { UInt64($0) }
                entries.append(try #require(entry, "\(answer)"))
            }
        }
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".segment") }.sorted()
    }

    /// The first record of a segment.
    private func first(_ place: Int) throws -> UInt64 {
        try #require(UInt64(segments[place].prefix { $0.isNumber }), "\(segments)")
    }

    /// Two segments go into the archive, and the third to where nobody looks, once a snapshot
    /// stands for them.
    private func moveOldest() throws {
        let snapshots = SnapshotFolder(data: folder.path)
        let due = try first(3)
        // The thread that makes snapshots has the least priority.
        let isCovered = try eventually(withinSeconds: 120) {
            try snapshots.lastSequences().contains { $0 + 1 >= due }
        }
        try #require(isCovered, "no snapshot stands for the first three segments")
        for place in 0..<3 {
            try FileManager.default.moveItem(
                atPath: journal + "/" + segments[place],
                toPath: (place < 2 ? archive : elsewhere) + "/" + segments[place])
        }
    }

    // MARK: Asking

    private func export(_ name: String = "ete") throws -> Answer {
        let client = try WireClient(port: gateway.adminPort)
        try client.send(gateway.adminRequest("GET", "/v1/operations/\(name)/export"))
        var answer = try client.receiveHead()
        if let length = answer["content-length"].flatMap({ Int($0) }) {
            answer.body = try client.take(length)
            return answer
        }
        while true {
            let chunk = try client.receiveChunk()
            if chunk.isEmpty { return answer }
            answer.body += chunk
        }
    }

    private func reset() throws -> Answer {
        try gateway.admin("POST", "/v1/operations/ete/reset", #"{"confirm":"ete"}"#)
    }

    private func delete() throws -> Answer {
        try gateway.admin("DELETE", "/v1/operations/ete", #"{"confirm":"ete"}"#)
    }

    private func purge() throws -> Answer {
        try gateway.admin(
            "POST", "/v1/permits/\(permit)/purge", "{\"confirm\":\"\(permit)\"}")
    }

    private func explain(_ place: Int) throws -> Answer {
        try gateway.admin("GET", "/v1/entries/\(entries[place])/robots")
    }

    private func expect(
        _ answers: [Answer], _ status: Int, _ code: String, _ words: [String],
        _ location: SourceLocation = #_sourceLocation
    ) {
        for answer in answers {
            #expect(answer.status == status, "\(answer)", sourceLocation: location)
            #expect(
                answer.object["code"] as? String == code, "\(answer)", sourceLocation: location)
            let detail = answer.object["detail"] as? String ?? ""
            for word in words {
                #expect(detail.contains(word), "\(word): \(answer)", sourceLocation: location)
            }
        }
    }

    // MARK: What is missing or damaged

    @Test("a gap between the archive and the journal: its records are named; the others are there")
    func gap() throws {
        let (start, end) = (try first(2), try first(3))
        let missing = [
            "records \(start) to \(end - 1)", "the segments before \(segments[3])",
            "from \(segments[2])", archive,
        ]
        let before = try gateway.counts(of: operation)
        expect([try export(), try reset(), try delete(), try purge()], 409, "archived", missing)
        #expect(try gateway.counts(of: operation) == before)
        // What does not need them is answered.
        let whole = try export("hiver")
        #expect(whole.status == 200 && whole.text.contains(#""complete":true"#), "\(whole)")
        // The first entries come behind a dozen commands.
        expect([try explain(Int(start + (end - start) / 2) - 12)], 409, "archived", missing)
        for place in [0, 40, Int(end) + 20, entries.count - 1] {
            let found = try explain(place)
            #expect(found.status == 200, "\(place): \(found)")
        }
        try FileManager.default.moveItem(
            atPath: elsewhere + "/" + segments[2], toPath: archive + "/" + segments[2])
        let exported = try export()
        #expect(exported.status == 200, "\(exported.text.prefix(300))")
        #expect(exported.text.split(separator: "\n").count == entries.count + 1)
        #expect(try explain(Int(start + (end - start) / 2) - 12).status == 200)
        #expect(try purge().status == 200)
        #expect(try reset().status == 200)
    }

    @Test("all that is old is elsewhere: an entry from before is not said to be unknown")
    func allElsewhere() throws {
        for name in segments.prefix(2) {
            try FileManager.default.moveItem(
                atPath: archive + "/" + name, toPath: elsewhere + "/" + name)
        }
        let missing = ["records 1 to \(try first(3) - 1)", "the segments before \(segments[3])"]
        expect([try export(), try reset(), try purge(), try explain(0)], 409, "archived", missing)
        #expect(try explain(entries.count - 1).status == 200)
        let unknown = try gateway.admin("GET", "/v1/entries/\(entries[799] + 1)/robots")
        #expect(unknown.status == 404, "\(unknown)")
    }

    @Test("a segment that is damaged, or cannot be read, is named with what is wrong")
    func damaged() throws {
        try FileManager.default.moveItem(
            atPath: elsewhere + "/" + segments[2], toPath: archive + "/" + segments[2])
        let path = archive + "/" + segments[0]
        let good = try Data(contentsOf: URL(filePath: path))
        var bad = good
        bad[1_500] ^= 1
        try bad.write(to: URL(filePath: path))
        let before = try gateway.counts(of: operation)
        expect(
            [try export(), try reset(), try delete(), try explain(0)], 503, "journal_damaged",
            [path, "at byte", "restore the file from a backup"])
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
        expect(
            [try export(), try reset(), try explain(0)], 503, "journal_unreadable",
            [path, "check the path"])
        #expect(try gateway.counts(of: operation) == before)
        // A purge is decided before it is read what to forget; asked again, it goes on.
        expect(
            [try purge()], 503, "journal_unreadable", ["the data they gave is still readable"])
        try FileManager.default.removeItem(atPath: path)
        try good.write(to: URL(filePath: path))
        #expect(try purge().status == 200)
        #expect(try export().status == 200)
    }

    @Test("a key that is damaged, and a folder that an export cannot be written to, are named")
    func keysAndExports() throws {
        try FileManager.default.moveItem(
            atPath: elsewhere + "/" + segments[2], toPath: archive + "/" + segments[2])
        let exports = folder.path + "/exports"
        // Not there before the first one.
        try? FileManager.default.removeItem(atPath: exports)
        try Data().write(to: URL(filePath: exports))
        expect([try reset(), try delete()], 503, "export_unwritable", [exports])
        try FileManager.default.removeItem(atPath: exports)
        var damaged = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/keys")
        where name.hasSuffix(".key") {
            // In place, and as long as before: a key file that was cut is a store that is lost.
            let file = try FileHandle(
                forWritingTo: URL(filePath: folder.path + "/keys/" + name))
            try file.write(contentsOf: Data("damaged!".utf8))
            try file.close()
            damaged += 1
        }
        try #require(damaged == 2)
        expect(
            [try export(), try reset(), try purge()], 503, "keys_unreadable",
            ["is not a key file; restore it from a backup"])
    }
}
