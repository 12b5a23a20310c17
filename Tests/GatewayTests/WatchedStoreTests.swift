import Files
import Foundation
import Log
import TestSupport
import Testing

@testable import Gateway

@Suite("What a running gateway sees of its data folder")
struct WatchedStoreTests {
    private let folder = TemporaryDirectory()
    private let journal: String
    private let keys: String
    private let segments: [String]

    /// Two segments, leaves, and the keys of two operations, of which one stands.
    init() throws {
        (journal, keys) = (folder.path("journal"), folder.path("keys"))
        segments = [1, 50].map { LogFormat.segmentName(firstSequence: $0) }
        for path in [journal, keys] { try Folder.make(path) }
        try write("", journal + "/lock")
        for name in segments { try write("segment", journal + "/" + name) }
        for name in ["leaves", "stands.key", "other.key"] { try write("secret", keys + "/" + name) }
    }

    private func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    /// As `truncate -s` does: the file stays the one that it was.
    private func cut(_ path: String, to length: UInt64) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.truncate(atOffset: length)
        try file.close()
    }

    private func standing() -> Set<String> { ["stands"] }

    private func watched() throws -> WatchedStore {
        try WatchedStore(data: folder.path, keepsKeys: true, standing: standing)
    }

    private func look(_ store: inout WatchedStore) -> String? {
        store.finding(standing: standing)
    }

    @Test("a file that was cut is a loss, wherever in it, and stays one when it is as long again")
    func cutFiles() throws {
        let paths =
            segments.map { journal + "/" + $0 } + ["leaves", "stands.key"].map { keys + "/" + $0 }
        for path in paths {
            let whole = try Data(contentsOf: URL(filePath: path))
            for length in [0, 1, UInt64(whole.count - 1)] {
                var store = try watched()
                let before = look(&store)
                try cut(path, to: length)
                let finding = look(&store)
                try cut(path, to: UInt64(whole.count))
                let after = look(&store)
                #expect(before == nil)
                #expect(finding == "\(path) was cut to \(length) of \(whole.count) bytes")
                #expect(after == finding)
                try whole.write(to: URL(filePath: path))
            }
        }
    }

    @Test("a needed file that is empty at the first look is a loss, too; another one is not")
    func empty() throws {
        try cut(keys + "/other.key", to: 0)
        var store = try watched()
        let whole = look(&store)
        try cut(keys + "/stands.key", to: 0)
        var late = try watched()
        let finding = look(&late)
        #expect(whole == nil)
        #expect(finding?.contains("stands.key was cut") == true)
    }

    @Test("a key that is put in place of a longer one is none; an empty one is")
    func replacedKeys() throws {
        let key = keys + "/stands.key"
        var store = try watched()
        var findings = [look(&store)]
        for text in ["short", "longer than before", "s"] {
            try write(text, key + ".new")
            try File.rename(key + ".new", to: key)
            findings.append(look(&store))
        }
        #expect(findings == [nil, nil, nil, nil])
        // It is held to what it has now.
        try write("", key + ".new")
        try File.rename(key + ".new", to: key)
        let empty = look(&store)
        #expect(empty == "\(key) was cut to 0 of 1 bytes")
    }

    @Test("of many keys a few are looked at each time, and each is looked at")
    func manyKeys() throws {
        let names = (0..<WatchedSizes.filesInTurn * 3).map { "k\($0)" }
        for name in names { try write("secret", keys + "/" + name + ".key") }
        let standing = { Set(names) }
        for name in [names[0], names[names.count / 2], names[names.count - 1]] {
            let path = keys + "/" + name + ".key"
            var store = try WatchedStore(data: folder.path, keepsKeys: true, standing: standing)
            let before = store.finding(standing: standing)
            #expect(before == nil)
            try cut(path, to: 3)
            var finding: String?
            // A few more than fit into three turns: the fourth one has come round to each.
            for _ in 0..<4 where finding == nil { finding = store.finding(standing: standing) }
            #expect(finding == "\(path) was cut to 3 of 6 bytes")
            try write("secret", path)
        }
    }

    @Test("an operation that is deleted takes its key along, and a segment is archived")
    func legitimate() throws {
        var store = try watched()
        var findings = [look(&store)]
        try File.remove(keys + "/other.key")
        findings.append(look(&store))
        let snapshots = folder.path("snapshots")
        try Folder.make(snapshots)
        try write("", snapshots + "/00000000000000000049.snapshot")
        try File.remove(journal + "/" + segments[0])
        findings.append(look(&store))
        #expect(findings == [nil, nil, nil])
    }
}
