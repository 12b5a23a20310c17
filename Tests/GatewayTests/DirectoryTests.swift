import Bytes
import Cryptography
import Ledger
import TestSupport
import Testing
import Time
import Vault

@testable import Gateway

@Suite("A worker's directory")
struct DirectoryTests {
    /// Catalogue and directory side by side: the directory is told what changes.
    private final class World {
        var catalogue = Catalogue()
        var directory = Directory()
        let keys = OperationKeys(OperationSecrets(), from: 0)

        init() throws { try apply(.contract(.putClient(id: "acme", name: "Acme"))) }

        func apply(_ command: AdministrativeCommand) throws {
            let change = try catalogue.apply(command, by: .admin, at: Timestamp(milliseconds: 0))
            if let key = change.key {
                directory.update(DirectoryKey(catalogue.keys[Int(key)], index: key))
            } else if let index = change.operation {
                let operation = catalogue.operations[Int(index)]
                directory.update(OperationProfile(operation, index: index, keys: keys))
            }
        }

        func put(_ id: String, title: String) throws {
            let settings = OperationSettings(
                client: "acme", title: title, rule: .once, robots: .off, policy: .advise)
            try apply(.operation(.put(id: id, settings: settings, dataKeyID: "d-\(id)")))
        }

        func operation(_ name: String) -> OperationProfile? {
            name.withBytes { directory.operation(named: $0) }
        }

        func key(_ secret: String) -> DirectoryKey? {
            directory.key(digest: Token.digest(of: secret))
        }
    }

    private func keyDigest(of secret: String) throws -> KeyDigest {
        let digest = Token.digest(of: secret)
        let stored = KeyDigest(digest.bytes)
        return try #require(stored)
    }

    @Test("it says of operations and keys what a dictionary says")
    func model() throws {
        var random = SeededGenerator.printed()
        let world = try World()
        var titles: [String: String] = [:]
        var keys: [String: (id: String, operation: String, isServer: Bool, isRevoked: Bool)] = [:]
        for step in 0..<600 {
            let name = "op-\(Int.random(in: 0..<120, using: &random))"
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                titles[name] = "title \(step)"
                try world.put(name, title: "title \(step)")
            case 2 where titles[name] != nil:
                let (id, secret) = ("k-\(step)", "pk_\(step)")
                let digest = try keyDigest(of: secret)
                let isServer = Bool.random(using: &random)
                try world.apply(
                    .access(
                        .addKey(
                            operation: name, keyID: id, digest: digest,
                            frontEnd: isServer ? .server : .browser)))
                keys[secret] = (id, name, isServer, false)
            default:
                guard let secret = keys.keys.sorted().randomElement(using: &random),
                    let key = keys[secret]
                else { continue }
                try world.apply(.access(.revokeKey(keyID: key.id, reason: .lost)))
                keys[secret]?.isRevoked = true
            }
        }
        for number in 0..<120 {
            let name = "op-\(number)"
            #expect(world.operation(name)?.title == titles[name])
            #expect(world.operation(name)?.id.text == titles[name].map { _ in name })
        }
        for (secret, key) in keys {
            let found = try #require(world.key(secret))
            #expect(found.isRevoked == key.isRevoked && found.isServer == key.isServer)
            #expect(world.directory.operation(found.operation)?.id.text == key.operation)
        }
        for number in 0..<200 where keys["pk_\(number)"] == nil {
            #expect(world.key("pk_\(number)") == nil)
        }
    }

    @Test(
        "a name is found whole, and nothing like it", arguments: ["", "a", "op-", "op-1 ", "Op-1"])
    func nearMisses(name: String) throws {
        let world = try World()
        try world.put("op-1", title: "one")
        try world.put("op-10", title: "ten")
        #expect(world.operation(name) == nil)
        #expect(world.operation("op-1")?.title == "one")
    }

    @Test("messages may come in any order: what has not come is not there")
    func gaps() throws {
        let world = try World()
        try world.put("first", title: "1")
        try world.put("second", title: "2")
        var late = Directory()
        let second = try #require(world.catalogue.operations.last)
        late.update(OperationProfile(second, index: 1, keys: world.keys))
        let found = "second".withBytes { late.operation(named: $0)?.title }
        let missing = "first".withBytes { late.operation(named: $0)?.title }
        let (byIndex, empty, beyond) = (
            late.operation(1)?.title, late.operation(0)?.title, late.operation(.max)?.title
        )
        #expect(found == "2")
        #expect(missing == nil)
        #expect(byIndex == "2")
        #expect(empty == nil)
        #expect(beyond == nil)
    }

    @Test("the ledger's form of a digest is the same 32 bytes")
    func digests() throws {
        let digest = Token.digest(of: "pk_example")
        let stored = try keyDigest(of: "pk_example")
        #expect(SHA256Digest(stored) == digest)
        #expect(stored.hex == digest.hexadecimal)
    }
}
