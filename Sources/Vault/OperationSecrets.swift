internal import Bytes
package import Cryptography

/// All that is secret of one operation.
package struct OperationSecrets: ~Copyable, Sendable {
    /// What participants, idempotency keys and tickets of the operation are hashed with, by keys
    /// derived from it; gone when the operation is.
    package let identity: SymmetricKey
    /// What persons gave is sealed under the leaves of this tree, one for each entry.
    package internal(set) var tree: KeyTree

    /// Secrets of a new operation.
    package init() {
        identity = .random()
        tree = KeyTree(root: .random())
    }

    /// - Parameter tree: the nodes that are left of an operation's.
    package init(identity: consuming SymmetricKey, tree: consuming KeyTree) {
        self.identity = identity
        self.tree = tree
    }

    /// The tree alone.
    package consuming func takeTree() -> KeyTree { tree }
}

/// As they are stored, before they are wrapped:
///
///     bytes  0...31  the secret that identities are hashed with
///            32...35 number of nodes, little-endian
///            then    for each node, sorted by its leaves: its level and index (8 bytes, the level
///                    in the last one), its key (32 bytes)
extension OperationSecrets {
    static var headBytes: Int { SymmetricKey.byteCount + 4 }
    static var nodeBytes: Int { 8 + SymmetricKey.byteCount }

    func encoded() -> SecretBytes {
        var secret = SecretBytes(capacity: Self.headBytes + tree.nodeCount * Self.nodeBytes)
        secret.append(identity.bytes)
        secret.append(littleEndian: UInt32(tree.nodeCount))
        for number in 0..<tree.nodeCount {
            secret.append(littleEndian: tree.node(number).code)
            secret.append(tree.key(number))
        }
        return secret
    }

    /// Nil for bytes that ``encoded()`` does not write.
    static func decode(_ secret: borrowing SecretBytes) -> OperationSecrets? {
        let bytes = secret.bytes
        guard bytes.byteCount >= headBytes else { return nil }
        var reader = ByteReader(bytes)
        do {
            let identity = SymmetricKey(try reader.read(length: SymmetricKey.byteCount))
            let count = Int(try reader.read(UInt32.self))
            guard reader.remaining == count * nodeBytes else { return nil }
            var tree = KeyTree(capacity: count)
            for _ in 0..<count {
                guard let node = KeyNode(code: try reader.read(UInt64.self)),
                    tree.append(node, try reader.read(length: SymmetricKey.byteCount))
                else { return nil }
            }
            return OperationSecrets(identity: identity, tree: tree)
        } catch {
            return nil
        }
    }
}
