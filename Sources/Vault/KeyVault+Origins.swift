internal import Bytes
internal import Cryptography

extension KeyVault {
    /// 64 secret bits that follow from a cluster's master key, the same at every node: by them all
    /// nodes hash where entries come from, so that one address is one whichever node it comes to.
    package static func originKey(
        ofCluster masterKeyPath: String, masterKeyIsGuarded: Bool
    ) throws(KeyVaultError) -> UInt64 {
        let masterKey = try MasterKey.load(
            ofCluster: masterKeyPath, isGuarded: masterKeyIsGuarded)
        let derived = masterKey.derived(label: "portillon/origins/1")
        return derived.withBytes { bytes in
            (0..<8).reduce(into: UInt64(0)) { $0 = $0 << 8 | UInt64(bytes[$1]) }
        }
    }
}
