internal import Bytes
internal import Cryptography

/// The record of which leaves have been given out: the lowest that has not, 8 bytes, little-endian.
enum NextLeaf {
    static var byteCount: Int { 8 }

    static func encoded(_ next: UInt64) -> SecretBytes {
        var secret = SecretBytes(capacity: byteCount)
        secret.append(littleEndian: next)
        return secret
    }

    /// Nil for bytes that ``encoded(_:)`` does not write.
    static func decode(_ secret: borrowing SecretBytes) -> UInt64? {
        var reader = ByteReader(secret.bytes)
        // Too short: nil says so.
        guard let next = try? reader.read(UInt64.self), reader.remaining == 0,
            next <= KeyNode.leafCount
        else { return nil }
        return next
    }
}
