import Bytes
import Cryptography
import TestSupport

@testable import Files
@testable import Vault

/// A vault's folder that outlives the gateways on it: the real ``KeyVault`` on real files, and
/// processes that end while one of them is written.
///
/// A process that ends is made from what the whole act leaves: the files are put back to what they
/// are after one of its steps, in the order that ``SecretFile`` and ``DurableFile`` promise. That
/// they keep to this order is for their own tests and for the fault injector.
final class SimulatedVault {
    /// The process has ended while a file was written.
    struct Crash: Error {}

    /// How far the replacement of a secret file has come.
    enum Step: CaseIterable {
        case partOfNewFile, newFile, secondName, renamed, partOverwritten, unheard

        /// Whether the new contents are in force.
        var isInForce: Bool {
            switch self {
            case .partOfNewFile, .newFile, .secondName: false
            case .renamed, .partOverwritten, .unheard: true
            }
        }
    }

    private let random: SeededRandom
    private let planted: PlantedFault?
    private let directory = TemporaryDirectory(isInMemory: true)
    private var vault: KeyVault?
    /// One act in so many ends the process; 0 for none.
    var crashOneIn = 0
    /// Acts of forgetting so far: what a planted fault counts by.
    private var acts = 0

    private var folder: String { directory.path + "/keys" }
    private var masterKey: String { directory.path + "/master.key" }
    private func path(_ id: String) -> String { folder + "/" + id + ".key" }

    init(_ random: SeededRandom, planted: PlantedFault? = nil) {
        self.random = random
        self.planted = planted
    }

    // MARK: Processes

    /// A process begins: what the one before left is finished.
    func open() throws {
        vault = nil
        vault = try KeyVault(directory: folder, masterKeyPath: masterKey)
        for name in try File.names(in: folder) where !name.hasSuffix(".key") && name != "leaves" {
            throw Judge.Difference("a start leaves \(name) in the vault")
        }
    }

    func close() { vault = nil }

    // MARK: Operations' secrets

    var nextLeaf: UInt64 { vault?.nextLeaf ?? 0 }

    /// Makes an operation's secrets.
    /// - Throws: ``Crash``.
    func create(_ id: String) throws -> OperationSecrets {
        guard let secrets = try vault?.create(id) else { throw Judge.Difference("no vault") }
        if let step = crashStep() {
            let file = try contents(path(id))
            if !step.isInForce {
                try File.remove(path(id))
                try replace(path(id) + ".new", step == .newFile ? file : part(of: file))
            }
            throw Crash()
        }
        return secrets
    }

    func holds(_ id: String) -> Bool { File.exists(path(id)) }

    func load(_ id: String) throws -> OperationSecrets? { try vault?.load(id) }

    /// - Throws: ``Crash``.
    func destroy(_ id: String) throws {
        let old = File.exists(path(id)) ? try contents(path(id)) : nil
        try vault?.destroy(id)
        guard let old, let step = crashStep() else { return }
        // Its name goes last: until then there is a file that does not open any more.
        if !step.isInForce { try replace(path(id), overwritten(old)) }
        throw Crash()
    }

    /// - Throws: ``Crash``.
    func reserveLeaves(_ count: UInt64, from lowest: UInt64 = 0) throws -> Range<UInt64> {
        let path = folder + "/leaves"
        let old = try contents(path)
        guard let leaves = try vault?.reserveLeaves(count, from: lowest) else {
            throw Judge.Difference("no vault")
        }
        guard let step = crashStep() else { return leaves }
        if !step.isInForce {
            let new = try contents(path)
            try replace(path + ".new", step == .newFile ? new : part(of: new))
            try replace(path, old)
        }
        throw Crash()
    }

    // MARK: Forgetting

    /// Forgets leaves of an operation.
    /// - Parameter step: where the process ends; nil where it goes on.
    /// - Throws: ``Crash``.
    func forget(_ leaves: [Range<UInt64>], of id: String, endingAt step: Step?) throws {
        let old = try contents(path(id))
        let kept = try planted == .forgottenLeafOpens ? load(id) : nil
        _ = try vault?.forget(leaves, of: id)
        acts += 1
        if let kept, acts % 2 == 0, let leaf = leaves.first?.lowerBound {
            try keepNode(above: leaf, of: kept.takeTree(), in: id)
        }
        guard let step else { return }
        try leave(step, path(id), old: old, new: try contents(path(id)))
        throw Crash()
    }

    private func leave(_ step: Step, _ path: String, old: [UInt8], new: [UInt8]) throws {
        if !step.isInForce {
            try replace(path, old)
            try replace(path + ".new", step == .partOfNewFile ? part(of: new) : new)
        }
        switch step {
        case .partOfNewFile, .newFile, .unheard: break
        case .secondName: try File.link(path, to: path + ".old")
        case .renamed: try replace(path + ".old", old)
        case .partOverwritten: try replace(path + ".old", overwritten(old))
        }
    }

    /// Puts the node above a forgotten leaf and its fifteen neighbours in the place of what is left
    /// of them.
    private func keepNode(above leaf: UInt64, of old: consuming KeyTree, in id: String) throws {
        let row = KeyNode(level: KeyNode.leafLevel - 1, above: leaf)
        guard let secrets = try load(id), let number = old.number(above: leaf),
            old.node(number).covers(row)
        else { return }
        var key = SecretBytes(capacity: SymmetricKey.byteCount)
        key.append(old.key(number))
        var bytes = key.mutableBytes
        var deriver = KeyDeriver()
        deriver.descend(from: old.node(number), to: row, in: &bytes, at: 0)
        let identity = Self.identity(of: secrets)
        let tree = secrets.takeTree()
        var mutilated = KeyTree(capacity: tree.nodeCount + 1)
        var isKept = false
        for number in 0..<tree.nodeCount {
            let node = tree.node(number)
            if !isKept, node.leaves.lowerBound >= row.leaves.lowerBound {
                isKept = mutilated.append(row, key.bytes)
            }
            if !row.covers(node) { _ = mutilated.append(node, tree.key(number)) }
        }
        if !isKept { _ = mutilated.append(row, key.bytes) }
        var wrapped = WrappedSecrets(
            try MasterKey.load(masterKey, wrapping: folder, isGuarded: false))
        let stored = OperationSecrets(identity: identity, tree: mutilated).encoded()
        let file = wrapped.wrap(stored.bytes, magic: "PORTKEY2", label: id)
        try SecretFile.replace(path(id), with: file.bytes)
    }

    private static func identity(of secrets: borrowing OperationSecrets) -> SymmetricKey {
        SymmetricKey(secrets.identity.bytes)
    }

    // MARK: Steps

    private func crashStep() -> Step? {
        crashOneIn > 0 && random.oneIn(crashOneIn) ? random.element(Step.allCases) : nil
    }

    private func part(of bytes: [UInt8]) -> [UInt8] {
        Array(bytes.prefix(random.below(bytes.count)))
    }

    private func overwritten(_ bytes: [UInt8]) -> [UInt8] {
        let count = random.below(bytes.count + 1)
        return [UInt8](repeating: 0x5A, count: count) + bytes.dropFirst(count)
    }
}
