internal import Bytes
internal import Cryptography
internal import Ledger

/// A place in an operation's queue, signed: a number, the turnstile it is of, and a code that ties
/// both to the operation and the participant. So a ticket that is forged, of another operation, or
/// somebody else's is worth nothing; whether it was used or has expired, the turnstile knows.
///
/// Its text is base64url of 32 bytes: epoch and number, least significant byte first, and 128 bits
/// of SipHash under a key of the operation's own.
struct Ticket {
    let epoch: UInt64
    let number: UInt64

    /// Characters of its text.
    static var textBytes: Int { 43 }
    private static var bytes: Int { 32 }
    private static var domain: UInt8 { 1 }

    init(epoch: UInt64, number: UInt64) {
        self.epoch = epoch
        self.number = number
    }

    /// Reads a ticket that was given to this participant of this operation.
    /// - Parameter scratch: overwritten.
    /// - Returns: nil for anything else.
    init?(
        text: RawSpan, for person: Fingerprint, key: SipKey, _ hasher: inout KeyedHasher,
        scratch: inout ByteBuffer
    ) {
        scratch.removeAll()
        guard text.byteCount == Self.textBytes, scratch.append(decodingBase64URL: text),
            scratch.count == Self.bytes
        else { return nil }
        var reader = ByteReader(scratch.bytes)
        do {
            epoch = try reader.read(UInt64.self)
            number = try reader.read(UInt64.self)
            let code = KeyedHash128(
                high: try reader.read(UInt64.self),
                low: try reader.read(UInt64.self))
            let right = Self.code(epoch, number, person, key, &hasher)
            // One comparison for all bits: how many agree does not show in the time.
            guard (code.high ^ right.high) | (code.low ^ right.low) == 0 else { return nil }
        } catch {
            return nil
        }
    }

    /// Whether a body could hold a ticket; a quick look, not a reading. A name can be written with
    /// escapes, so a body that has any could.
    static func isMentioned(in body: RawSpan) -> Bool {
        let name: StaticString = "\"ticket\""
        let length = name.utf8CodeUnitCount
        guard body.byteCount >= length else { return false }
        for offset in 0...(body.byteCount - length) {
            switch (body[offset], body[offset + 1]) {
            case (UInt8(ascii: "\""), UInt8(ascii: "t")):
                if body.extracting(offset..<(offset + length)).equals(name) { return true }
            case (UInt8(ascii: "\\"), UInt8(ascii: "u")): return true
            default: continue
            }
        }
        return false
    }

    /// Appends its text.
    func append(
        to buffer: inout ByteBuffer, for person: Fingerprint, key: SipKey,
        _ hasher: inout KeyedHasher
    ) {
        let code = Self.code(epoch, number, person, key, &hasher)
        let words = Self.words(epoch, number, code.high, code.low)
        unsafe buffer.append(base64URL: words.span.bytes)
    }

    private static func code(
        _ epoch: UInt64, _ number: UInt64, _ person: Fingerprint, _ key: SipKey,
        _ hasher: inout KeyedHasher
    ) -> KeyedHash128 {
        let words = Self.words(epoch, number, person.high, person.low)
        return unsafe hasher.hash(words.span.bytes, key: key, domain: domain)
    }

    /// Four numbers, least significant byte first.
    private static func words(
        _ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64
    ) -> InlineArray<4, UInt64> {
        [first.littleEndian, second.littleEndian, third.littleEndian, fourth.littleEndian]
    }
}
