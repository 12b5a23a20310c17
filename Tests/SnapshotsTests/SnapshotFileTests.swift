import Bytes
import Cryptography
import Evidence
import Files
import Foundation
import Glibc
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
                let made = try #require(try folder.written(skipped: unexpected))
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
        let path = try #require(try folder.written(skipped: unexpected)).path
        let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
        // The header, the end, and one byte in 5,003 of what is between: the tables' gaps as well.
        let positions = whole.indices.filter {
            $0 < 64 || $0 >= whole.count - 32 || $0 % 5_003 == 0
        }
        let file = try FileHandle(forUpdating: URL(filePath: path))
        func put(_ byte: UInt8, at position: Int) throws {
            try file.seek(toOffset: UInt64(position))
            try file.write(contentsOf: [byte])
        }
        for position in positions {
            try put(whole[position] ^ 1, at: position)
            #expect(throws: Self.damaged, "byte \(position)") {
                _ = try folder.read(path).lastSequence
            }
            try put(whole[position], at: position)
        }
        try file.close()
        for length in stride(from: 0, to: whole.count, by: 1 + whole.count / 20) {
            try Data(whole[..<length]).write(to: URL(filePath: path))
            let expected = length < 96 ? SnapshotError.damaged("it ends within its header") : nil
            #expect(throws: expected ?? Self.damaged, "\(length) bytes") {
                _ = try folder.read(path).lastSequence
            }
        }
        try Data(whole + [0]).write(to: URL(filePath: path))
        #expect(throws: Self.damaged) { _ = try folder.read(path).lastSequence }
        // The next one is made from the log alone.
        try gateway.run(batches: 1)
        var skipped: [String] = []
        let made = try folder.written { path, reason in skipped.append(path + " " + reason) }
        #expect(skipped == [path + " is damaged: its digest does not match its bytes"])
        let last = gateway.lastSequence
        #expect(made?.lastSequence == last)
    }

    @Test("A snapshot of another log is passed over")
    func foreign() throws {
        let other = directory.path + "/other"
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        let foreign = try TestGateway(other, seed: 3)
        try foreign.run(batches: 9)
        let path = try #require(try SnapshotFolder(data: other).written(skipped: unexpected)).path
        let gateway = try TestGateway(directory.path, seed: 4)
        try gateway.run(batches: 30)
        try FileManager.default.createDirectory(
            atPath: folder.path, withIntermediateDirectories: true)
        let name = URL(filePath: path).lastPathComponent
        try FileManager.default.copyItem(atPath: path, toPath: folder.path + "/" + name)
        var skipped: [String] = []
        let made = try #require(
            try folder.written { path, reason in
                skipped.append(path)
                #expect(reason.hasPrefix("does not belong to this journal"), "\(reason)")
            })
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
        let cancelled = SnapshotFolder.Bounds(isCancelled: { true })
        #expect(try folder.make(cancelled, skipped: unexpected) == .cancelled)
        #expect(try File.names(in: folder.path) == ["lock"])
        let bounds = SnapshotFolder.Bounds(upTo: first)
        let made = try #require(try folder.written(bounds, skipped: unexpected))
        #expect(made.lastSequence == first)
        #expect(try folder.make(bounds, skipped: unexpected) == .nothingNew)
    }

    @Test("Another format, a folder, a pipe: each is passed over with its reason")
    func kinds() throws {
        let gateway = try TestGateway(directory.path)
        try gateway.run(batches: 20)
        let path = try #require(try folder.written(skipped: unexpected)).path
        let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
        // A later version ends with the digest too.
        var later = Array(whole.dropLast(32))
        later[8] = UInt8(SnapshotFile.version + 1)
        var sha = SHA256()
        later += later.withBytes { sha.digest($0).bytes.array }
        try Data(later).write(to: URL(filePath: path))
        let known = SnapshotFile.version
        #expect(throws: SnapshotError.unsupportedVersion(known + 1, known: known)) {
            _ = try folder.read(path).lastSequence
        }
        // What is whole, and no snapshot.
        var other = Array(repeating: UInt8(7), count: 200)
        other += other.withBytes { sha.digest($0).bytes.array }
        try Data(other).write(to: URL(filePath: path))
        #expect(throws: SnapshotError.malformed("it does not begin with PORTSNAP")) {
            _ = try folder.read(path).lastSequence
        }
        try File.remove(path)
        try Folder.make(path)
        #expect(throws: SnapshotError.damaged("it is not a regular file")) {
            _ = try folder.read(path).lastSequence
        }
        // It stays, and is in nobody's way.
        try gateway.run(batches: 3)
        var skipped: [String] = []
        let made = try #require(try folder.written { path, _ in skipped.append(path) })
        #expect(skipped == [path, path])
        #expect(try folder.paths() == [made.path, path])
        let pipe = folder.path + "/" + SnapshotFolder.name(lastSequence: 5)
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        #expect(throws: SnapshotError.damaged("it is not a regular file")) {
            _ = try folder.read(pipe).lastSequence
        }
    }

    @Test("Where the state does not fit in memory, that is the error, and nothing has changed")
    func memory() throws {
        let gateway = try TestGateway(directory.path)
        try gateway.run(batches: 40)
        let bounds = SnapshotFolder.Bounds(memoryLimitBytes: 20_000)
        #expect(throws: SnapshotError.noMemory) {
            try folder.make(bounds, skipped: unexpected)
        }
        #expect(try File.names(in: folder.path) == ["lock"])
        let path = try #require(try folder.written(skipped: unexpected)).path
        try gateway.run(batches: 5)
        #expect(throws: SnapshotError.noMemory) {
            try folder.make(bounds, skipped: unexpected)
        }
        #expect(try folder.paths() == [path])
    }

    @Test("What a killed writer left goes at the next start, unless another process writes")
    func unfinished() throws {
        folder.tidy(skipped: unexpected)
        try Folder.make(folder.path)
        let left = DurableFile.temporary(folder.path + "/" + SnapshotFolder.name(lastSequence: 9))
        try replace(left, [1, 2, 3])
        if let lock = try folder.lock() {
            #expect(try folder.make(skipped: unexpected) == .busy)
            folder.tidy(skipped: unexpected)
            #expect(File.exists(left))
            withExtendedLifetime(lock) {}
        } else {
            Issue.record("nobody else has the lock")
        }
        folder.tidy(skipped: unexpected)
        #expect(!File.exists(left))
    }

    @Test("A damaged snapshot is not kept as the second one")
    func keeping() throws {
        let gateway = try TestGateway(directory.path)
        var paths: [String] = []
        for _ in 0..<2 {
            try gateway.run(batches: 5)
            paths.append(try #require(try folder.written(skipped: unexpected)).path)
        }
        try overwrite(paths[1], [0xFF], at: 70)
        try gateway.run(batches: 5)
        paths.append(try #require(try folder.written { _, _ in }).path)
        #expect(try folder.paths() == [paths[2], paths[0]])
    }

    private static let damaged = SnapshotError.damaged("its digest does not match its bytes")

    @Test("Segments before a snapshot go to the archive; archive and rest are one chain")
    func archive() throws {
        let gateway = try TestGateway(directory.path)
        try gateway.run(batches: 200)
        let whole = try wholeLog(directory.path, upTo: .max)
        let archive = LogArchive(
            data: directory.path, to: LogArchive.defaultPath(data: directory.path))
        #expect(try archive.moveSegments(skipped: unexpected) == nil)
        let older = try #require(try folder.written(skipped: unexpected))
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
        // Without the archive the log's beginning is missing.
        let oldest = try #require(try LogFormat.segments(in: journal).first).firstSequence
        #expect(
            throws: LogError.earlierSegmentsMissing(directory: journal, due: 1, oldest: oldest)
        ) {
            _ = try LogReader.read(directory: journal, from: 1) { _ in }
        }
        // More comes, and the next snapshot is made without the archive.
        try gateway.run(batches: 60)
        let made = try #require(try folder.written(skipped: unexpected))
        let newLast = gateway.lastSequence
        #expect(made.lastSequence == newLast)
        // Both snapshots can start a gateway, so the older one decides what is moved.
        #expect(try archive.moveSegments(skipped: unexpected)?.lastSequence == older.lastSequence)
        let first = try #require(try LogFormat.segments(in: journal).first).firstSequence
        #expect(first <= older.lastSequence + 1)
        try gateway.run(batches: 60)
        _ = try folder.written(skipped: unexpected)
        #expect(try archive.moveSegments(skipped: unexpected)?.moved.isEmpty == false)
    }

    @Test("The journal's own folder is no archive, whatever it is called")
    func ownFolder() throws {
        let gateway = try TestGateway(directory.path)
        try gateway.run(batches: 200)
        _ = try folder.written(skipped: unexpected)
        let journal = directory.path + "/journal"
        let before = try File.names(in: journal)
        try FileManager.default.createSymbolicLink(
            atPath: directory.path + "/link", withDestinationPath: journal)
        for target in [journal, journal + "/", directory.path + "/link"] {
            #expect(throws: LogArchiveError.isJournal(target)) {
                try LogArchive(data: directory.path, to: target).moveSegments(skipped: unexpected)
            }
        }
        #expect(try File.names(in: journal) == before)
    }

    @Test("An archive on another disk gets copies; what was left half-way is made good")
    func otherDisk() throws {
        let shared = "/dev/shm/portillon-\(UUID().uuidString)"
        let disk = FileManager.default.isWritableFile(atPath: "/dev/shm") ? shared : nil
        let target = disk ?? directory.path + "/other"
        try Folder.make(target)
        // What stays behind is in a folder for such things.
        defer { try? FileManager.default.removeItem(atPath: target) }
        let gateway = try TestGateway(directory.path)
        try gateway.run(batches: 200)
        let whole = try wholeLog(directory.path, upTo: .max)
        _ = try folder.written(skipped: unexpected)
        let journal = directory.path + "/journal"
        let names = try LogFormat.segments(in: journal).map(\.name)
        // A process was killed when the first copy was whole, and the second one was not.
        try FileManager.default.copyItem(
            atPath: journal + "/" + names[0], toPath: target + "/" + names[0])
        try replace(target + "/" + names[1] + ".new", [1, 2, 3])
        let archive = LogArchive(data: directory.path, to: target)
        let moved = try #require(try archive.moveSegments(skipped: unexpected)).moved
        #expect(moved.prefix(2) == names.prefix(2))
        #expect(try File.names(in: target) == moved)
        var state = Snapshot()
        _ = try LogReader.read(directories: [target, journal], from: 1) { try state.replay($0) }
        let replayed = try bytes(of: state)
        #expect(replayed == whole)
        // Another file under a segment's name is not written over.
        try gateway.run(batches: 100)
        _ = try folder.written(skipped: unexpected)
        try gateway.run(batches: 1)
        _ = try folder.written(skipped: unexpected)
        let next = try #require(try LogFormat.segments(in: journal).first).name
        try replace(target + "/" + next, [1, 2, 3])
        #expect(
            throws: LogArchiveError.differs(journal + "/" + next, target + "/" + next)
        ) {
            try archive.moveSegments(skipped: unexpected)
        }
        #expect(File.exists(journal + "/" + next))
    }

    @Test("A reader goes on while segments are archived under it")
    func readWhileArchiving() throws {
        let gateway = try TestGateway(directory.path)
        try gateway.run(batches: 200)
        let whole = try wholeLog(directory.path, upTo: .max)
        _ = try folder.written(skipped: unexpected)
        let target = LogArchive.defaultPath(data: directory.path)
        let archive = LogArchive(data: directory.path, to: target)
        let journal = directory.path + "/journal"
        try Folder.make(target)
        var state = Snapshot()
        var batches = 0
        _ = try LogReader.read(directories: [target, journal], from: 1) { batch in
            try state.replay(batch)
            batches += 1
            if batches == 3 { _ = try archive.moveSegments(skipped: unexpected) }
        }
        #expect(try File.names(in: target).count > 2)
        let replayed = try bytes(of: state)
        #expect(replayed == whole)
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

extension SnapshotFolder {
    /// What ``make(_:skipped:)`` wrote; nil where it wrote nothing.
    fileprivate func written(
        _ bounds: Bounds = Bounds(), skipped: Skipped
    ) throws -> (path: String, lastSequence: UInt64)? {
        guard case .written(let path, let lastSequence) = try make(bounds, skipped: skipped) else {
            return nil
        }
        return (path, lastSequence)
    }
}
