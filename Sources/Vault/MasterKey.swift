internal import Bytes
internal import Cryptography
internal import Files
internal import Glibc

/// The key that wraps all others: 64 hexadecimal digits and a line feed, so that a secret store can
/// deliver it.
enum MasterKey {
    /// Reads it; makes one, with mode 0600, where neither it nor anything wrapped is there.
    /// - Parameters:
    ///   - folder: of what is wrapped.
    ///   - isGuarded: whoever made its directory sees to who may read it, and none is made.
    static func load(
        _ path: String, wrapping folder: String, isGuarded: Bool
    ) throws -> SymmetricKey {
        if !isGuarded, !File.exists(path) {
            guard try !File.names(in: folder).contains(where: { $0.hasSuffix(".key") }) else {
                throw KeyVaultError.masterKeyMissing(file: path)
            }
            try create(path)
        }
        let file = try File(path, O_RDONLY)
        let status = try file.status()
        guard isGuarded || status.st_mode & 0o077 == 0 else {
            throw KeyVaultError.masterKeyOpenToOthers(file: path, mode: status.st_mode & 0o777)
        }
        var text = ByteBuffer(capacity: 128)
        try file.read(128, at: 0, into: &text)
        defer { wipe(&text) }
        let digits = text.count == 65 && text.bytes[64] == ASCII.lineFeed ? 64 : text.count
        var key = ByteBuffer(capacity: SymmetricKey.byteCount)
        defer { wipe(&key) }
        guard digits == 64, key.append(decodingHexadecimal: text.bytes.extracting(0..<digits))
        else { throw KeyVaultError.masterKeyMalformed(file: path) }
        return SymmetricKey(key.bytes)
    }

    private static func create(_ path: String) throws(FileError) {
        var text = ByteBuffer(capacity: 128)
        defer { wipe(&text) }
        text.append(hexadecimal: SymmetricKey.random().bytes)
        text.append(ASCII.lineFeed)
        try DurableFile.write(text.bytes, to: path)
    }

    /// Overwrites what is held before the memory is given back.
    private static func wipe(_ buffer: inout ByteBuffer) {
        var bytes = buffer.mutableBytes
        Random.fill(&bytes)
    }
}
