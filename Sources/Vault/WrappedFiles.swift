internal import Bytes
internal import Cryptography
internal import Files

/// Files of secrets under one master key: eight bytes that say which kind, then what
/// ``KeyWrapper`` makes of the secret, with the file's id as additional data.
struct WrappedFiles: ~Copyable {
    private var wrapper: KeyWrapper

    private static var magicBytes: Int { 8 }
    /// What a file is longer than its secret.
    static var overheadBytes: Int { magicBytes + KeyWrapper.overheadBytes }

    init(_ masterKey: consuming SymmetricKey) {
        wrapper = KeyWrapper(masterKey)
    }

    /// A file's contents.
    mutating func wrap(
        _ secret: borrowing SecretBytes, magic: StaticString, id: String
    ) -> ByteBuffer {
        var file = ByteBuffer(capacity: secret.count + Self.overheadBytes)
        file.append(magic)
        var label = ByteBuffer(capacity: 64)
        label.append(id)
        wrapper.wrap(secret.bytes, additional: label.bytes, into: &file)
        return file
    }

    /// The secret in a file; nil if there is no such file.
    /// - Parameter maximum: bytes of the longest file of its kind.
    mutating func read(
        _ path: String, magic: StaticString, id: String, maximum: Int
    ) throws(KeyVaultError) -> SecretBytes? {
        guard File.exists(path) else { return nil }
        var file = ByteBuffer(capacity: 128)
        do {
            let opened = try File.regular(path)
            try opened.read(min(try opened.size(), maximum) + 1, at: 0, into: &file)
        } catch {
            throw .system(error)
        }
        guard file.count <= maximum, file.count >= Self.overheadBytes,
            file.bytes.extracting(0..<Self.magicBytes).equals(magic)
        else { throw .notAKeyFile(file: path) }
        var label = ByteBuffer(capacity: 64)
        label.append(id)
        do {
            return try wrapper.unwrap(
                file.bytes.extracting(Self.magicBytes..<file.count), additional: label.bytes)
        } catch {
            throw .cannotUnwrap(file: path)
        }
    }
}
