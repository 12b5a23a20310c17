internal import Bytes
internal import Cryptography
internal import Files

/// The key that wraps all others: 64 hexadecimal digits on one line, so that a secret store can
/// deliver it.
enum MasterKey {
    /// Reads it; makes one, with mode 0600, where neither it nor anything wrapped is there.
    /// - Parameters:
    ///   - folder: of what is wrapped.
    ///   - isGuarded: whoever made its directory sees to who may read it, and none is made.
    /// - Throws: ``KeyVaultError`` or ``FileError``.
    static func load(
        _ path: String, wrapping folder: String, isGuarded: Bool
    ) throws -> SymmetricKey {
        if !isGuarded, SecretReader.isAbsent(path) {
            let suffixes = [".key", KeyVault.webhookSuffix]
            guard
                try !File.names(in: folder).contains(where: { name in
                    suffixes.contains { name.hasSuffix($0) }
                })
            else {
                throw KeyVaultError.masterKeyMissing(file: path)
            }
            try create(path)
        }
        return try key(path, isGuarded: isGuarded)
    }

    /// Reads that of a cluster, of which each node is given the same: none is made.
    static func load(ofCluster path: String, isGuarded: Bool) throws(KeyVaultError) -> SymmetricKey
    {
        if !isGuarded, SecretReader.isAbsent(path) {
            throw .clusterMasterKeyMissing(file: path)
        }
        return try key(path, isGuarded: isGuarded)
    }

    /// What a cluster keeps of its master key, to tell another one: 32 hexadecimal digits, which
    /// say nothing of it.
    static func check(_ key: borrowing SymmetricKey) -> String {
        let derived = key.derived(label: checkLabel)
        var sha256 = SHA256()
        return String(sha256.digest(derived.bytes).hexadecimal.prefix(32))
    }

    private static var checkLabel: StaticString { "portillon/master-key-check/1" }

    /// Reads what is there; makes none.
    static func key(
        _ path: String, isGuarded: Bool
    ) throws(KeyVaultError) -> SymmetricKey {
        var digits = try read(path, isGuarded: isGuarded)
        var key = ByteBuffer(capacity: SymmetricKey.byteCount)
        defer {
            SecretReader.wipe(&digits)
            SecretReader.wipe(&key)
        }
        guard digits.count == 64, key.append(decodingHexadecimal: digits.bytes) else {
            throw KeyVaultError.masterKeyMalformed(file: path)
        }
        return SymmetricKey(key.bytes)
    }

    private static func read(_ path: String, isGuarded: Bool) throws(KeyVaultError) -> ByteBuffer {
        do throws(SecretError) {
            return try SecretReader.word(path, for: isGuarded ? .supervisor : .process)
        } catch {
            switch error.reason {
            case .shared(let mode): throw .masterKeyOpenToOthers(file: path, mode: mode)
            case .empty, .severalWords: throw .masterKeyMalformed(file: path)
            case .system, .notAFile, .tooLong, .sixteenBits: throw .masterKeyUnusable(error)
            }
        }
    }

    private static func create(_ path: String) throws(FileError) {
        var text = ByteBuffer(capacity: 128)
        defer { SecretReader.wipe(&text) }
        text.append(hexadecimal: SymmetricKey.random().bytes)
        text.append(ASCII.lineFeed)
        try DurableFile.write(text.bytes, to: path)
    }
}
