import ArgumentParser
import Cluster
import ClusterTesting
import Testing
import Vault

@testable import portillon

@Suite(
    "portillon cluster import-keys",
    .enabled(if: EtcdServers.isInstalled, "\(EtcdServers.skipReason)"))
struct ImportKeysTests {
    private let servers: EtcdServers

    init() throws {
        servers = try EtcdServers(1)
        try #require(servers.leader() != nil, "etcd does not start: \(servers.log(0))")
    }

    private func run(_ data: String) throws {
        let urls = servers.urls.joined(separator: ",")
        let command = try ImportKeysCommand.parse(["--data", data, urls])
        try command.run()
    }

    @Test("keys are in etcd afterwards, once; a cluster that has started is not touched")
    func imports() throws {
        let folder = try WrittenLog(entries: 1)
        let (data, master) = (folder.path, folder.path + "/master.key")
        var vault = try KeyVault(directory: data + "/keys", masterKeyPath: master)
        _ = try vault.create("op")
        _ = try vault.createWebhookSecret("wh", length: 32)
        try run(data)
        let again = #expect(throws: CommandFailure.self) { try run(data) }
        #expect(again?.status == 1)
        var log = EtcdLog(servers.endpoints, .none)
        let owner = try #require(LogOwner(node: "a", term: 1, address: "x:1"))
        let isMine = try log.claim(owner, after: nil)
        #expect(isMine)
        let started = #expect(throws: CommandFailure.self) { try run(data) }
        #expect(started?.lines.first?.contains("a leads since term 1") == true)
        var cluster = try KeyVault(
            space: ClusterKeys(log, as: .owner(owner)), masterKeyPath: master)
        let isThere = try cluster.load("op") != nil
        let isSecretThere = try cluster.webhookSecret("wh") != nil
        #expect(isThere && isSecretThere)
        #expect(cluster.nextLeaf >= 1 << 24)
    }
}
