import Bytes
import Evidence
import Files
import Foundation
import Ledger
import Log
import TestSupport
import Testing

@testable import Snapshots

@Suite("Snapshots on disk")
struct SnapshotFileTests {
    private let directory = TemporaryDirectory()
    private var folder: SnapshotFolder { SnapshotFolder(data: directory.path) }

    @Test("A snapshot and the log behind it give the state that the whole log gives")
    func isTheSame() throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            let data = directory.path + "/\(seed)"
            try FileManager.default.createDirectory(
                atPath: data, withIntermediateDirectories: true)
            let gateway = try TestGateway(data, seed: seed)
            let folder = SnapshotFolder(data: data)
            for _ in 0..<4 {
                try gateway.run(batches: 1 + Int(seed) * 2)
                // Made from the one before, from the second on.
                let made = try #require(try folder.make(skipped: unexpected))
                let last = gateway.lastSequence
                #expect(made.lastSequence == last)
                var state = try folder.read(made.path)
                let read = try bytes(of: state)
                let replayed = try wholeLog(data, upTo: made.lastSequence)
                #expect(read == replayed)
                try gateway.run(batches: 5)
                var reader = LogReader(directory: data + "/journal", after: state.position)
                try reader.read { try state.replay($0) }
                let continued = try bytes(of: state)
                let whole = try wholeLog(data, upTo: .max)
                #expect(continued == whole)
            }
            #expect(try folder.paths().count == 2)
        }
    }

    @Test("A changed byte anywhere is found, and so is a cut")
    func damage() throws {
        let gateway = try TestGateway(directory.path)
        try gateway.run(batches: 20)
        let path = try #require(try folder.make(skipped: unexpected)).path
        let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
        // The header, the end, and one byte in 5,003 of what is between: the tables' gaps as well.
        let positions = whole.indices.filter {
            $0 < 64 || $0 >= whole.count - 32 || $0 % 5_003 == 0
        }
        for position in positions {
            var changed = whole
            changed[position] ^= 1
            try Data(changed).write(to: URL(filePath: path))
            #expect(throws: (any Error).self, "byte \(position)") {
                _ = try folder.read(path).lastSequence
            }
        }
        for length in stride(from: 0, to: whole.count, by: 1 + whole.count / 20) {
            try Data(whole[..<length]).write(to: URL(filePath: path))
            #expect(throws: (any Error).self, "\(length) bytes") {
                _ = try folder.read(path).lastSequence
            }
        }
        // The next one is made from the log alone.
        try gateway.run(batches: 1)
        var skipped: [String] = []
        let made = try folder.make { path, _ in skipped.append(path) }
        #expect(skipped == [path])
        let last = gateway.lastSequence
        #expect(made?.lastSequence == last)
    }

    @Test("A snapshot of another log is passed over")
    func foreign() throws {
        let other = directory.path + "/other"
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        let foreign = try TestGateway(other, seed: 3)
        try foreign.run(batches: 9)
        let path = try #require(try SnapshotFolder(data: other).make(skipped: unexpected)).path
        let gateway = try TestGateway(directory.path, seed: 4)
        try gateway.run(batches: 30)
        try FileManager.default.createDirectory(
            atPath: folder.path, withIntermediateDirectories: true)
        let name = URL(filePath: path).lastPathComponent
        try FileManager.default.copyItem(atPath: path, toPath: folder.path + "/" + name)
        var skipped: [String] = []
        let made = try #require(try folder.make { path, _ in skipped.append(path) })
        #expect(skipped == [folder.path + "/" + name])
        let state = try folder.read(made.path)
        let continued = try bytes(of: state)
        let whole = try wholeLog(directory.path, upTo: .max)
        #expect(continued == whole)
    }

    @Test("Nothing is left of a snapshot that was given up, and later records stay out")
    func bounds() throws {
        let gateway = try TestGateway(directory.path)
        try gateway.run(batches: 10)
        let first = gateway.lastSequence
        try gateway.run(batches: 10)
        #expect(try folder.make(isCancelled: { true }, skipped: unexpected) == nil)
        #expect(try File.names(in: folder.path) == ["lock"])
        let made = try #require(try folder.make(upTo: first, skipped: unexpected))
        #expect(made.lastSequence == first)
        #expect(try folder.make(upTo: first, skipped: unexpected) == nil)
    }

    @Test("Segments before a snapshot go to the archive; archive and rest are one chain")
    func archive() throws {
        let gateway = try TestGateway(directory.path)
        try gateway.run(batches: 200)
        let whole = try wholeLog(directory.path, upTo: .max)
        let archive = LogArchive(
            data: directory.path, to: LogArchive.defaultPath(data: directory.path))
        #expect(try archive.moveSegments(skipped: unexpected) == nil)
        _ = try folder.make(skipped: unexpected)
        let result = try #require(try archive.moveSegments(skipped: unexpected))
        #expect(result.moved.count > 2)
        #expect(try archive.moveSegments(skipped: unexpected)?.moved == [])
        var state = Snapshot()
        let journal = directory.path + "/journal"
        let report = try LogReader.read(
            directories: [LogArchive.defaultPath(data: directory.path), journal], from: 1
        ) { try state.replay($0) }
        let last = gateway.lastSequence
        #expect(report.nextSequence == last + 1)
        let replayed = try bytes(of: state)
        #expect(replayed == whole)
        // Without the archive the log's beginning is missing, and nothing says otherwise.
        #expect(throws: LogError.self) {
            _ = try LogReader.read(directory: journal, from: 1) { _ in }
        }
        // More comes, and the next snapshot is made without the archive.
        try gateway.run(batches: 60)
        let made = try #require(try folder.make(skipped: unexpected))
        let newLast = gateway.lastSequence
        #expect(made.lastSequence == newLast)
    }

    private func unexpected(_ path: String, _ reason: String) {
        Issue.record("skipped \(path): \(reason)")
    }

    /// All that a snapshot holds.
    private func bytes(of state: borrowing Snapshot) throws -> [UInt8] {
        let path = directory.path + "/compared"
        try SnapshotFile.write(state, to: path) { false }
        return [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    private func wholeLog(_ data: String, upTo: UInt64) throws -> [UInt8] {
        var state = Snapshot()
        _ = try LogReader.read(directory: data + "/journal", from: 1) { batch in
            if batch.end.nextSequence - 1 <= upTo { try state.replay(batch) }
        }
        return try bytes(of: state)
    }
}
