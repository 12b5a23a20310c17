import Bytes
import Cluster
import ClusterTesting
import Cryptography
import TestSupport
import Testing

@testable import Vault

@Suite("A single node's keys in a cluster")
struct ImportTests {
    private let single: VaultPlace
    private let engine = SeededEngine(seed: 1)

    init() throws {
        single = try VaultPlace(.folder)
        var vault = try single.vault()
        _ = try vault.reserveLeaves(1 << 20)
        for id in ["op1", "op2", "op3"] { _ = try vault.create(id) }
        _ = try vault.forget((0..<40).map { $0 * 5_000..<$0 * 5_000 + 1 }, of: "op2")
        _ = try vault.createWebhookSecret("wh", length: 32)
    }

    private func founder() -> ClusterKeys<SeededLog> {
        ClusterKeys(SeededLog(engine), as: .founder)
    }

    private func copyAll(into space: any KeySpace) throws -> KeyVault.Imported {
        var vault = try single.vault()
        return try vault.copyAll(into: space, masterKeyPath: single.master, leavingOut: 77)
    }

    /// Takes office, and compares everything.
    private func expectTheSame() throws {
        var log = SeededLog(engine)
        let owner = try VaultPlace.owner(1)
        let isMine = try log.claim(owner, after: nil)
        #expect(isMine)
        var cluster = try KeyVault(
            space: ClusterKeys(SeededLog(engine), as: .owner(owner)),
            masterKeyPath: single.master)
        var source = try single.vault()
        #expect(cluster.nextLeaf == source.nextLeaf + 77)
        for id in ["op1", "op2", "op3"] {
            let (one, other) = (try encoded(id, &source), try encoded(id, &cluster))
            #expect(one == other && one != nil)
        }
        guard let here = try source.webhookSecret("wh"), let there = try cluster.webhookSecret("wh")
        else {
            Issue.record("a webhook's secret is missing")
            return
        }
        #expect(here.bytes.array == there.bytes.array)
    }

    private func encoded(_ id: String, _ vault: inout KeyVault) throws -> [UInt8]? {
        guard let secrets = try vault.load(id) else { return nil }
        return secrets.encoded().bytes.array
    }

    @Test("all of them are there, trees of several pages too; a second import is refused")
    func whole() throws {
        #expect(try copyAll(into: founder()) == KeyVault.Imported(operations: 3, webhooks: 1))
        #expect(engine.keys.contains { $0.hasPrefix("pages/op2/") })
        #expect(vaultError { _ = try copyAll(into: founder()) } == .clusterHasKeys)
        try expectTheSame()
        let expected = KeyVaultError.cluster(.notOwner("n1 leads since term 1"))
        #expect(vaultError { _ = try copyAll(into: founder()) } == expected)
    }

    @Test("one that ends at any call is repeated, and no cluster starts meanwhile")
    func interrupted() throws {
        var calls = 0
        while calls < 200 {
            let space = MortalSpace(founder(), calls: calls, isLastCarriedOut: calls % 2 == 1)
            // What is done so far stays; each attempt gets a little further.
            if vaultError({ _ = try copyAll(into: space) }) == nil { break }
            if engine.keys.contains("keys/op1"), !engine.keys.contains("leaves") {
                let missing = KeyVaultError.leavesMissing(file: "leaves in etcd")
                #expect(
                    vaultError {
                        _ = try KeyVault(space: founder(), masterKeyPath: single.master)
                    } == missing)
            }
            if engine.keys.contains("leaves") { break }
            calls += 1
        }
        #expect(calls > 10 && calls < 200)
        try expectTheSame()
    }

    @Test("keys that are there already, and another master key, are not touched")
    func refused() throws {
        let other = try VaultPlace(.folder)
        var vault = try other.vault()
        _ = try vault.create("op1")
        _ = try vault.copyAll(into: founder(), masterKeyPath: other.master, leavingOut: 0)
        let before = engine.keys.map { engine[$0] }
        let foreign = KeyVaultError.foreignMasterKey(file: single.master)
        #expect(vaultError { _ = try copyAll(into: founder()) } == foreign)
        #expect(engine.keys.map { engine[$0] } == before)
    }

    @Test("another operation's key under the same name is not replaced")
    func sameName() throws {
        // What an interrupted import of another folder with this master key leaves.
        var vault = try single.vault()
        _ = try vault.copyAll(
            into: founder(), masterKeyPath: single.master, leavingOut: 0)
        engine["leaves"] = nil
        _ = try vault.destroy("op1")
        _ = try vault.create("op1")
        let kept = engine["keys/op1"]
        #expect(vaultError { _ = try copyAll(into: founder()) } == .clusterHasKeys)
        _ = try vault.destroy("op1")
        #expect(vaultError { _ = try copyAll(into: founder()) } == .clusterHasKeys)
        #expect(engine["keys/op1"] == kept && engine["leaves"] == nil)
    }
}
