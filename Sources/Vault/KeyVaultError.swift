package import Files

/// Why a key cannot be made, read or destroyed: one line each, with what to do.
package enum KeyVaultError: Error, Equatable, Sendable {
    case system(FileError)
    /// There are operations' keys, and not the key that they are wrapped with.
    case masterKeyMissing(file: String)
    /// It cannot be read, or is no file of text.
    case masterKeyUnusable(SecretError)
    /// Not 64 hexadecimal digits on one line.
    case masterKeyMalformed(file: String)
    /// Of a cluster, where each node is given the same one.
    case clusterMasterKeyMissing(file: String)
    /// The cluster's secrets are wrapped with another one.
    case foreignMasterKey(file: String)
    /// Others than its owner may read or write it.
    case masterKeyOpenToOthers(file: String, mode: UInt32)
    /// Not 1 to 64 letters, digits, `-` and `_`.
    case invalidID(String)
    case alreadyExists(file: String)
    /// Of the wrong length, or without the format's first bytes.
    case notAKeyFile(file: String)
    /// Wrapped by another master key, for another id, or changed since.
    case cannotUnwrap(file: String)
    /// There are operations' keys, and not the file that says which leaves have been given out.
    case leavesMissing(file: String)
    /// All 2⁴⁸ leaves have been given out.
    case leavesExhausted
    /// To be forgotten, and not given out yet: some entry may get it later.
    case leafNotGivenOut(UInt64, next: UInt64)
    /// So much has been forgotten here and there that the tree is too large.
    case tooManyNodes(file: String, maximum: Int)
    case cluster(KeySpaceError)
    /// The cluster gives out leaves already: what is there is not replaced by an import.
    case clusterHasKeys
}

extension KeyVaultError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let error):
            "keys: \(error); check the path, its permissions and the disk"
        case .masterKeyMissing(let file):
            "master key \(file) is missing, but data keys are encrypted with it; restore it"
        case .masterKeyUnusable(let error): "master key \(error)"
        case .masterKeyMalformed(let file):
            "master key \(file) must be 64 hexadecimal digits on one line; restore it"
        case .clusterMasterKeyMissing(let file):
            "master key \(file) is missing: make it once for the whole cluster (openssl rand -hex "
                + "32), and give every node the same one, mode 0600"
        case .foreignMasterKey(let file):
            "master key \(file) is not the one that this cluster's keys are encrypted with; give "
                + "every node the same one"
        case .masterKeyOpenToOthers(let file, let mode):
            "master key \(SecretError(file, .shared(mode: mode)))"
        case .invalidID(let id):
            "key id \"\(id)\" must be 1 to 64 letters, digits, - and _"
        case .alreadyExists(let file):
            "key \(file) already exists; choose another id"
        case .notAKeyFile(let file):
            "key \(file) is not a key file; restore it from a backup"
        case .cannotUnwrap(let file):
            "key \(file) does not open with this master key; check that both belong together"
        case .leavesMissing(let file):
            "\(file) is missing, but there are keys that need it; restore it from a backup"
        case .leavesExhausted:
            "all leaves of the key trees have been used; continue with a new data folder"
        case .leafNotGivenOut(let leaf, let next):
            "leaf \(leaf) belongs to no entry yet; choose leaves below \(next)"
        case .tooManyNodes(let file, let maximum):
            "key \(file) would have more than \(maximum) nodes; forget whole ranges instead"
        case .cluster(let error): "the cluster's keys: \(error)"
        case .clusterHasKeys: "the cluster has keys of its own already; nothing was changed"
        }
    }
}
