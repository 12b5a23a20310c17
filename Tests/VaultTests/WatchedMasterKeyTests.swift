import Bytes
import Cryptography
import Files
import Foundation
import TestSupport
import Testing

@testable import Vault

@Suite("The file of the master key, while the process runs")
struct WatchedMasterKeyTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.path("master.key") }

    private func makeKey(_ path: String) throws {
        var text = ByteBuffer(capacity: 128)
        text.append(hexadecimal: SymmetricKey.random().bytes)
        text.append(ASCII.lineFeed)
        try DurableFile.write(text.bytes, to: path)
    }

    private func copy(_ source: String, _ target: String) throws {
        try DurableFile.copy(try File.regular(source), to: target)
    }

    @Test("removed, emptied, cut, another key: said each time, until the same key is back")
    func lost() throws {
        let keep = directory.path("keep")
        try makeKey(path)
        try copy(path, keep)
        var watched = try WatchedMasterKey(path)
        let whole = watched.finding()
        #expect(whole == nil)
        let losses: [(String, () throws -> Void)] = [
            ("was removed", { try File.remove(self.path) }),
            ("must be 64 hexadecimal digits", { try self.truncate(to: 0) }),
            ("must be 64 hexadecimal digits", { try self.truncate(to: 40) }),
            ("was replaced by another key", { try self.makeKey(self.path) }),
        ]
        for (said, lose) in losses {
            try lose()
            let findings = [watched.finding(), watched.finding()]
            #expect(findings.allSatisfy { $0?.contains(said) == true }, "\(findings)")
            try copy(keep, path)
            let after = [watched.finding(), watched.finding()]
            #expect(after == [nil, nil], "\(said)")
        }
    }

    private func truncate(to length: UInt64) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.truncate(atOffset: length)
        try file.close()
    }

    @Test("another file with the same key, behind another link, is no loss: Kubernetes does that")
    func delivered() throws {
        let files = FileManager.default
        for name in ["one", "two"] { try Folder.make(directory.path(name)) }
        try makeKey(directory.path("one/master.key"))
        try copy(directory.path("one/master.key"), directory.path("two/master.key"))
        let link = directory.path("..data")
        try files.createSymbolicLink(atPath: link, withDestinationPath: "one")
        try files.createSymbolicLink(
            atPath: path, withDestinationPath: "..data/master.key")
        var watched = try WatchedMasterKey(path)
        var findings = [watched.finding()]
        try files.createSymbolicLink(atPath: link + "-new", withDestinationPath: "two")
        try File.rename(link + "-new", to: link)
        findings.append(watched.finding())
        try files.removeItem(atPath: directory.path("one"))
        findings.append(watched.finding())
        #expect(findings == [nil, nil, nil])
    }
}
