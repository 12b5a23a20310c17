import Bytes
import Cluster
import ClusterTesting
import Cryptography
import Files
import TestSupport
import Testing

@testable import Vault

/// Where a test's vault keeps its secrets: in a folder, or in the key space of a cluster, of which
/// it is the owner.
struct VaultPlace {
    enum Kind: CaseIterable, Sendable {
        case folder, space
    }

    let kind: Kind
    let engine: SeededEngine
    let directory = TemporaryDirectory(isInMemory: true)
    var keys: String { directory.path + "/keys" }
    var master: String { directory.path + "/master.key" }

    init(_ kind: Kind, flaws: SeededEngine.Flaws = []) throws {
        self.kind = kind
        engine = SeededEngine(seed: 1, flaws: flaws)
        guard kind == .space else { return }
        try makeMasterKey()
        try claim(1)
    }

    /// In a key space that nobody owns yet, over an engine that fails.
    init(faultySeed seed: UInt64, flaws: SeededEngine.Flaws) throws {
        kind = .space
        engine = SeededEngine(seed: seed, faults: .many, flaws: flaws)
        try makeMasterKey()
    }

    /// As an operator makes that of a cluster.
    private func makeMasterKey() throws {
        var text = ByteBuffer(capacity: 64)
        text.append(hexadecimal: SymmetricKey.random().bytes)
        try DurableFile.write(text.bytes, to: master)
    }

    // MARK: Vaults

    func vault(term: UInt64 = 1) throws -> KeyVault {
        if kind == .folder { return try KeyVault(directory: keys, masterKeyPath: master) }
        return try vault(in: space(.owner(Self.owner(term))))
    }

    func vault(in space: any KeySpace) throws -> KeyVault {
        try KeyVault(space: space, masterKeyPath: master)
    }

    /// Another node's, which leads or not.
    func reader() throws -> KeyVault {
        if kind == .folder { return try vault() }
        return try vault(in: space(.reader))
    }

    func space(
        _ office: ClusterKeys<SeededLog>.Office, patienceSeconds: Double = 1_000
    ) -> ClusterKeys<SeededLog> {
        ClusterKeys(SeededLog(engine), as: office, patienceSeconds: patienceSeconds)
    }

    static func owner(_ term: UInt64) throws -> LogOwner {
        try #require(LogOwner(node: "n\(term)", term: term, address: "x:1"))
    }

    func claim(_ term: UInt64) throws {
        var log = SeededLog(engine)
        let isMine = try log.claim(
            Self.owner(term), after: term > 1 ? Self.owner(term - 1) : nil)
        try #require(isMine)
    }

    // MARK: What is stored

    func place(_ name: SecretName) -> String {
        kind == .folder ? keys + "/" + file(name) : key(name) + " in etcd"
    }

    private func file(_ name: SecretName) -> String {
        switch name {
        case .operation(let id): id + ".key"
        case .webhook(let id): id + ".webhook"
        case .leaves: "leaves"
        }
    }

    private func key(_ name: SecretName) -> String {
        switch name {
        case .operation(let id): "keys/" + id
        case .webhook(let id): "webhooks/" + id
        case .leaves: "leaves"
        }
    }

    func stored(_ name: SecretName) throws -> [UInt8] {
        kind == .folder ? try contents(place(name)) : try #require(engine[key(name)])
    }

    func store(_ name: SecretName, _ bytes: [UInt8]?) throws {
        guard kind == .folder else { return engine[key(name)] = bytes }
        if let bytes { try replace(place(name), bytes) } else { try File.remove(place(name)) }
    }

    /// Everything that can be read there, also what was replaced and is still to be had.
    func readable() throws -> [[UInt8]] {
        guard kind == .folder else { return engine.readable.map(\.value) }
        return try File.names(in: keys).map { try contents(keys + "/" + $0) }
    }

    /// What there is but the record of leaves.
    func names() throws -> [String] {
        guard kind == .folder else {
            return engine.keys.filter { !["leaves", "master", "turn"].contains($0) }
        }
        return try File.names(in: keys).filter { $0 != "leaves" }.sorted()
    }

    /// Bytes of an operation's secrets, pages and all.
    func size(_ id: String) throws -> Int {
        guard kind == .space else { return try stored(.operation(id)).count }
        return engine.keys.filter { $0 == "keys/" + id || $0.hasPrefix("pages/\(id)/") }
            .reduce(0) { $0 + (engine[$1]?.count ?? 0) }
    }
}

func vaultError(_ body: () throws -> Void) -> KeyVaultError? {
    do {
        try body()
        return nil
    } catch {
        return error as? KeyVaultError
    }
}
