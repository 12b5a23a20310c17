internal import Bytes
internal import Cryptography

/// A single node becomes the first of a cluster: its secrets go into the engine's key space.
extension KeyVault {
    /// What an import has brought.
    package struct Imported: Equatable, Sendable {
        package var operations = 0
        package var webhooks = 0
    }

    /// Copies all secrets into a key space, under the same master key, and where leaves go on. That
    /// comes last: no vault opens keys without it, so an import that was interrupted is repeated.
    /// - Parameters:
    ///   - space: of a cluster that no node has led yet.
    ///   - leftOut: leaves that are not given out there: a folder that goes on by mistake may give
    ///     them out once more.
    /// - Throws: ``KeyVaultError/clusterHasKeys`` where there are others than an import of this
    ///   vault has left; nothing is replaced.
    package mutating func copyAll(
        into space: any KeySpace, masterKeyPath: String, leavingOut leftOut: UInt64
    ) throws(KeyVaultError) -> Imported {
        let target = try SecretSpace(
            space, masterKeyPath: masterKeyPath, masterKeyIsGuarded: false)
        let names = try store.names()
        guard try !target.holds(.leaves), try target.names().allSatisfy(names.contains) else {
            throw .clusterHasKeys
        }
        var imported = Imported()
        for name in names {
            guard let secret = try store.read(name) else { continue }
            if let found = try target.read(name) {
                guard found.bytes.equals(secret.bytes) else { throw .clusterHasKeys }
            } else {
                try target.create(name, secret)
            }
            if case .operation = name { imported.operations += 1 } else { imported.webhooks += 1 }
        }
        let next = min(nextLeaf + leftOut, KeyNode.leafCount)
        try target.create(.leaves, NextLeaf.encoded(next))
        return imported
    }
}
