internal import Bytes
internal import Cryptography

/// Secrets as they are stored, under one master key: eight bytes that say which kind, then what
/// ``KeyWrapper`` makes of the secret, with a label as additional data: what is stored for another
/// name does not open.
struct WrappedSecrets: ~Copyable {
    private var wrapper: KeyWrapper

    private static var magicBytes: Int { 8 }
    /// What is stored is longer than the secret by so much.
    static var overheadBytes: Int { magicBytes + KeyWrapper.overheadBytes }

    init(_ masterKey: consuming SymmetricKey) {
        wrapper = KeyWrapper(masterKey)
    }

    /// Whether stored bytes are of a kind.
    static func isKind(_ magic: StaticString, _ stored: RawSpan) -> Bool {
        stored.byteCount >= overheadBytes && stored.extracting(0..<magicBytes).equals(magic)
    }

    /// What is stored of a secret.
    mutating func wrap(_ secret: RawSpan, magic: StaticString, label: String) -> ByteBuffer {
        var stored = ByteBuffer(capacity: secret.byteCount + Self.overheadBytes)
        stored.append(magic)
        var additional = ByteBuffer(capacity: 64)
        additional.append(label)
        wrapper.wrap(secret, additional: additional.bytes, into: &stored)
        return stored
    }

    /// The secret in what is stored.
    /// - Parameters:
    ///   - maximum: bytes of the longest secret of its kind.
    ///   - place: where it is stored, for messages.
    mutating func unwrap(
        _ stored: RawSpan, magic: StaticString, label: String, maximum: Int, place: String
    ) throws(KeyVaultError) -> SecretBytes {
        guard stored.byteCount <= maximum + Self.overheadBytes, Self.isKind(magic, stored) else {
            throw .notAKeyFile(file: place)
        }
        var additional = ByteBuffer(capacity: 64)
        additional.append(label)
        do {
            return try wrapper.unwrap(
                stored.extracting(Self.magicBytes..<stored.byteCount), additional: additional.bytes)
        } catch {
            throw .cannotUnwrap(file: place)
        }
    }
}
