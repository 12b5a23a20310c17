import Bytes
import Cluster
import ClusterTesting
import Cryptography
import Files
import Foundation
import TestSupport
import Testing

@testable import Vault

/// etcd with a quota of a few MiB, used up by another program's keys.
@Suite(
    "A vault in an etcd that has no space left", .serialized,
    .enabled(if: EtcdServers.isInstalled, "\(EtcdServers.skipReason)"))
struct FullEtcdTests {
    private let servers: EtcdServers
    private let directory = TemporaryDirectory()
    private var master: String { directory.path + "/master.key" }

    init() throws {
        servers = try EtcdServers(1, options: ["--quota-backend-bytes", "\(4 << 20)"])
        try #require(servers.leader() != nil, "etcd does not start: \(servers.log(0))")
        var text = ByteBuffer(capacity: 64)
        text.append(hexadecimal: SymmetricKey.random().bytes)
        try DurableFile.write(text.bytes, to: master)
    }

    private func log(_ prefix: String = "portillon/") -> EtcdLog {
        var options = EtcdLog.Options()
        options.trySeconds = 10
        options.prefix = prefix
        return EtcdLog(servers.endpoints, .none, options)
    }

    private func vault(_ office: ClusterKeys<EtcdLog>.Office) throws -> KeyVault {
        try KeyVault(
            space: ClusterKeys(log(), as: office, patienceSeconds: 60), masterKeyPath: master)
    }

    /// - Returns: what etcd said in the end.
    private func fill() throws -> ReplicatedLogError? {
        var other = log("other/")
        var value = ByteBuffer(capacity: 256 << 10)
        value.append(String(repeating: "x", count: 256 << 10))
        for number in 0..<64 {
            do throws(ReplicatedLogError) {
                try other.put("\(number)", value.bytes)
            } catch {
                return error
            }
        }
        return nil
    }

    /// As the manual has it.
    private func makeRoom() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-ec",
            """
            etcdctl del --prefix other/
            etcdctl compact "$(etcdctl endpoint status -w json | grep -o '"revision":[0-9]*' \
              | grep -o '[0-9]*$')"
            etcdctl defrag
            etcdctl alarm disarm
            """,
        ]
        process.environment = [
            "PATH": "/usr/bin:/bin", "ETCDCTL_API": "3",
            "ETCDCTL_ENDPOINTS": servers.urls.joined(separator: ","),
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    private func isForgotten(_ leaf: UInt64, in vault: inout KeyVault) throws -> Bool {
        guard let secrets = try vault.load("op") else {
            Issue.record("the operation's secrets are gone")
            return false
        }
        return secrets.takeTree().number(above: leaf) == nil
    }

    @Test("nothing is forgotten, which is said at once; with room again it is")
    func full() throws {
        var log = log()
        let owner = try VaultPlace.owner(1)
        let isMine = try log.claim(owner, after: nil)
        try #require(isMine)
        var vault = try vault(.owner(owner))
        _ = try vault.create("op")
        _ = try vault.create("over")
        _ = try vault.reserveLeaves(1 << 20)
        #expect(try vault.forget([7..<8], of: "op") == 1)
        let ending = try fill()
        guard case .noSpace(let reason)? = ending else {
            Issue.record("etcd is not full: \(String(describing: ending))")
            return
        }
        #expect(reason.contains("space exceeded"))
        let start = ContinuousClock.now
        #expect(vaultError { _ = try vault.forget([9..<10], of: "op") } == .cluster(.noSpace))
        #expect(vaultError { _ = try vault.destroy("over") } == .cluster(.noSpace))
        #expect(vaultError { _ = try vault.reserveLeaves(1 << 10) } == .cluster(.noSpace))
        // Each of them has a minute for an etcd that does not answer.
        #expect(ContinuousClock.now - start < .seconds(55), "waiting would not help")
        let said = "\(KeyVaultError.cluster(.noSpace))"
        #expect(said.contains("alarm disarm") && said.contains("nothing can be forgotten"))
        try makeRoom()
        #expect(try isForgotten(7, in: &vault))
        #expect(try !isForgotten(9, in: &vault), "neither the one nor the half of it")
        #expect(try vault.forget([9..<10], of: "op") == 1)
        #expect(try vault.destroy("over"))
        var second = try self.vault(.reader)
        #expect(try isForgotten(9, in: &second))
        if let secrets = try second.load("over") {
            Issue.record("there are \(secrets.tree.nodeCount) nodes of an operation that is gone")
        }
    }
}
