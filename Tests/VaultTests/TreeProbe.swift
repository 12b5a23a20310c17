import Bytes
import ClusterTesting
import Cryptography

@testable import Vault

/// Looks into trees: keys of leaves, and stored nodes that should be gone.
struct TreeProbe: ~Copyable {
    private var wrapped: WrappedSecrets

    init(_ place: VaultPlace) throws {
        wrapped = WrappedSecrets(try MasterKey.load(ofCluster: place.master, isGuarded: false))
    }

    /// The key of a leaf; nil where it has been forgotten.
    static func key(of leaf: UInt64, in tree: borrowing KeyTree) -> [UInt8]? {
        guard let number = tree.number(above: leaf) else { return nil }
        var key = SecretBytes(capacity: SymmetricKey.byteCount)
        key.append(tree.key(number))
        var bytes = key.mutableBytes
        var deriver = KeyDeriver()
        deriver.descend(
            from: tree.node(number), to: KeyNode(level: KeyNode.leafLevel, above: leaf),
            in: &bytes, at: 0)
        return key.bytes.array
    }

    /// The leaves that something opens which the engine can still be asked for, of all that are
    /// given; nil of an operation that should be gone altogether.
    mutating func leaks(
        _ forgotten: [String: [UInt64]], destroyed: Set<String>, in engine: SeededEngine
    ) throws -> [String] {
        var leaks: [String] = []
        for (key, value) in engine.readable {
            let parts = key.split(separator: "/").map(String.init)
            guard parts.count >= 2, parts[0] != "webhooks" else { continue }
            if destroyed.contains(parts[1]) {
                leaks.append("\(key) of an operation that was destroyed")
                continue
            }
            let nodes = try nodes(parts, value)
            for leaf in forgotten[parts[1]] ?? []
            where nodes.contains(where: {
                $0.leaves.contains(leaf)
            }) {
                leaks.append("\(key) opens leaf \(leaf)")
            }
        }
        return leaks
    }

    private mutating func nodes(_ parts: [String], _ value: [UInt8]) throws -> [KeyNode] {
        var stored = ByteBuffer(capacity: value.count)
        value.withBytes { stored.append($0) }
        let isPage = parts[0] == "pages"
        if !isPage, !WrappedSecrets.isKind("PORTKEY2", stored.bytes) { return [] }
        let plain = try wrapped.unwrap(
            stored.bytes, magic: isPage ? "PORTPAGE" : "PORTKEY2",
            label: parts.dropFirst().joined(separator: "/"), maximum: 1 << 30, place: "a test")
        let start = isPage ? 0 : OperationSecrets.headBytes
        return try stride(from: start, to: plain.count, by: OperationSecrets.nodeBytes).compactMap {
            var reader = ByteReader(plain.bytes.extracting($0..<$0 + 8))
            return KeyNode(code: try reader.read(UInt64.self))
        }
    }
}
