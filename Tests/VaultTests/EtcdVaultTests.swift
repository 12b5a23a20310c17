import Bytes
import Cluster
import ClusterTesting
import Cryptography
import Files
import Foundation
import TestSupport
import Testing

@testable import Vault

@Suite(
    "A vault in three etcds", .serialized,
    .enabled(if: EtcdServers.isInstalled, "\(EtcdServers.skipReason)"))
struct EtcdVaultTests {
    private let servers: EtcdServers
    private let directory = TemporaryDirectory()
    private var master: String { directory.path + "/master.key" }

    init() throws {
        servers = try EtcdServers(3)
        try #require(servers.leader() != nil, "etcd does not start: \(servers.log(0))")
        var text = ByteBuffer(capacity: 64)
        text.append(hexadecimal: SymmetricKey.random().bytes)
        try DurableFile.write(text.bytes, to: master)
    }

    private func log() -> EtcdLog {
        var options = EtcdLog.Options()
        options.trySeconds = 10
        return EtcdLog(servers.endpoints, .none, options)
    }

    private func vault(_ office: ClusterKeys<EtcdLog>.Office) throws -> KeyVault {
        try KeyVault(
            space: ClusterKeys(log(), as: office, patienceSeconds: 60), masterKeyPath: master)
    }

    private func claim(_ term: UInt64) throws -> LogOwner {
        var log = log()
        let owner = try VaultPlace.owner(term)
        let isMine = try log.claim(
            owner, after: term > 1 ? try VaultPlace.owner(term - 1) : nil)
        try #require(isMine)
        return owner
    }

    @Test("1,000 leaves are forgotten: a second node opens none of them, and all others")
    func forgets() throws {
        var random = SeededGenerator.printed()
        var vault = try vault(.owner(try claim(1)))
        let first = try vault.create("op")
        _ = try vault.reserveLeaves(1 << 20)
        let sampled = (0..<400).map { _ in UInt64.random(in: 0..<1 << 20, using: &random) }
        let keys = Dictionary(
            sampled.map { ($0, TreeProbe.key(of: $0, in: first.tree)) }, uniquingKeysWith: { $1 })
        var chosen: Set<UInt64> = []
        while chosen.count < 1_000 {
            chosen.insert(.random(in: 0..<1 << 20, using: &random))
        }
        var second = try self.vault(.reader)
        let start = ContinuousClock.now
        let forgotten = try vault.forget(chosen.map { $0..<$0 + 1 }, of: "op")
        let all = ContinuousClock.now - start
        #expect(forgotten == 1_000)
        try expect(chosen, keys, in: &second)
        let oneStart = ContinuousClock.now
        _ = try vault.forget([sampled[0]..<sampled[0] + 1], of: "op")
        let one = ContinuousClock.now - oneStart
        chosen.insert(sampled[0])
        try expect(chosen, keys, in: &second)
        print("etcd: forgot 1,000 leaves in \(all), one more in \(one)")
        // A deposed leader forgets nothing, and the next one goes on where leaves ended.
        var next = try self.vault(.owner(try claim(2)))
        let fenced = KeyVaultError.cluster(.notOwner("n2 leads since term 2"))
        #expect(vaultError { _ = try vault.forget([1..<2], of: "op") } == fenced)
        #expect(vaultError { _ = try vault.reserveLeaves(1 << 10) } == fenced)
        #expect(try next.reserveLeaves(1 << 10).lowerBound == 1 << 20)
        try expect(chosen, keys, in: &next)
    }

    private func expect(
        _ forgotten: Set<UInt64>, _ keys: [UInt64: [UInt8]?], in vault: inout KeyVault
    ) throws {
        guard let secrets = try vault.load("op") else {
            Issue.record("the operation's secrets are gone")
            return
        }
        let tree = secrets.takeTree()
        let opened = forgotten.filter { tree.number(above: $0) != nil }
        #expect(opened.isEmpty)
        #expect(tree.forgottenLeaves(below: 1 << 20) == forgotten.count)
        for (leaf, key) in keys where !forgotten.contains(leaf) {
            #expect(TreeProbe.key(of: leaf, in: tree) == key)
        }
    }

    @Test(
        "what was forgotten is in no database after it was defragmented; the log keeps it a while")
    func rawSearch() throws {
        var vault = try vault(.owner(try claim(1)))
        _ = try vault.create("op")
        _ = try vault.reserveLeaves(1 << 20)
        _ = try vault.forget((0..<20).map { $0 * 7_000..<$0 * 7_000 + 1 }, of: "op")
        // As they are stored, wrapped: what somebody with the disk and the master key would need.
        let space = ClusterKeys(log(), as: .reader)
        var old: [Data] = []
        for prefix in ["keys/op", "pages/op/"] {
            try space.values(prefix) { _, value in
                old.append(Data(value.array.dropFirst(8).prefix(48)))
            }
        }
        try #require(old.count > 2)
        // A member writes its database a moment after its log.
        #expect(eventually { search(old, in: "member/snap/db") == old.count * 3 })
        _ = try vault.forget([0..<1 << 20], of: "op")
        try space.values("keys/op") { _, value in
            #expect(!old.contains(Data(value.array.dropFirst(8).prefix(48))))
        }
        let compacted = search(old, in: "member/snap/db")
        let inLog = search(old, in: "member/wal")
        // The members that were not asked to compact do so a moment later.
        #expect(eventually { defragment() && search(old, in: "member/snap/db") == 0 })
        print(
            "of \(old.count) forgotten values in each of 3 members: \(compacted) in databases",
            "after compaction, 0 after defragmentation, \(inLog) in the write-ahead logs")
        #expect(inLog > 0, "the write-ahead log was searched at all")
    }

    private func eventually(_ holds: () -> Bool) -> Bool {
        let limit = Waiting(seconds: 120)
        while !limit.isOver {
            if holds() { return true }
            Waiting(seconds: 0.2).pass()
        }
        return holds()
    }

    /// In how many of the members' files, or folders of files, each value is.
    private func search(_ values: [Data], in path: String) -> Int {
        var found = 0
        for member in servers.endpoints.indices {
            let url = URL(filePath: servers.dataFolder(member)).appending(path: path)
            let files =
                (try? FileManager.default.contentsOfDirectory(atPath: url.path))  // a file
                .map { $0.map { url.appending(path: $0) } } ?? [url]
            let contents = files.compactMap { try? Data(contentsOf: $0) }  // removed meanwhile
            found += values.count { value in contents.contains { $0.range(of: value) != nil } }
        }
        return found
    }

    /// By etcd's own tool, which the package `etcd-client` brings.
    private func defragment() -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "ETCDCTL_API=3", "etcdctl", "defrag", "--endpoints",
            servers.urls.joined(separator: ","),
        ]
        process.standardOutput = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
