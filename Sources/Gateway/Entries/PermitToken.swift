internal import Bytes
internal import Cryptography
internal import Ledger
internal import Time

/// `Portillon-Permit`: which permit, and a code that ties it to everything that the permit allows
/// (C7). So one that is forged, or was made by another gateway, is worth nothing; whether it was
/// revoked, the directory and the ledger know.
///
/// Its text is `pm_` and base64url of 20 bytes: the permit's index in order of creation (4 bytes,
/// little-endian), and 128 bits of SipHash under a key of the operation's own.
struct PermitToken: Equatable, Sendable, BitwiseCopyable {
    let index: UInt32
    let code: KeyedHash128

    private static var prefix: StaticString { "pm_" }
    private static var prefixBytes: Int { 3 }
    private static var bytes: Int { 20 }
    /// Characters of its text.
    static var textBytes: Int { 30 }

    /// Signs a permit.
    /// - Parameter key: of its operation.
    init(_ permit: Catalogue.Permit, index: UInt32, key: SipKey) {
        self.index = index
        var terms = ByteBuffer(capacity: 256)
        terms.append(littleEndian: index)
        terms.append(littleEndian: permit.operation)
        terms.append(littleEndian: permit.perSecond)
        terms.append(littleEndian: UInt64(bitPattern: permit.starts.milliseconds))
        terms.append(littleEndian: UInt64(bitPattern: permit.ends.milliseconds))
        // Each text behind its length: no two permits are written alike.
        for text in [permit.id] + permit.addresses {
            terms.append(littleEndian: UInt64(text.utf8.count))
            terms.append(text)
        }
        var hasher = KeyedHasher()
        code = hasher.hash(terms.bytes, key: key, domain: 0)
    }

    /// Reads a permit's text; whether the code is right, ``isSigned(as:)`` says.
    /// - Parameter scratch: overwritten.
    /// - Returns: nil for what is no permit's text.
    init?(text: RawSpan, scratch: inout ByteBuffer) {
        scratch.removeAll()
        guard text.byteCount == Self.textBytes,
            text.extracting(0..<Self.prefixBytes).equals(Self.prefix),
            scratch.append(
                decodingBase64URL: text.extracting(Self.prefixBytes..<Self.textBytes)),
            scratch.count == Self.bytes
        else { return nil }
        var reader = ByteReader(scratch.bytes)
        do {
            index = try reader.read(UInt32.self)
            code = KeyedHash128(
                high: try reader.read(UInt64.self), low: try reader.read(UInt64.self))
        } catch {
            return nil
        }
    }

    /// Whether this is the permit that the gateway signed. One comparison for all bits: how many
    /// agree does not show in the time.
    func isSigned(as right: PermitToken) -> Bool {
        (code.high ^ right.code.high) | (code.low ^ right.code.low)
            | UInt64(index ^ right.index) == 0
    }

    var text: String {
        var bytes = ByteBuffer(capacity: Self.bytes)
        bytes.append(littleEndian: index)
        bytes.append(littleEndian: code.high)
        bytes.append(littleEndian: code.low)
        var text = ByteBuffer(capacity: Self.textBytes)
        text.append(Self.prefix)
        text.append(base64URL: bytes.bytes)
        return text.text
    }
}
