internal import Addresses
internal import Bytes

/// Version 2 (2.2 there): a block for machines.
///
///     signature (12) | version, command | family, protocol | length (2) | addresses | TLVs
enum ProxyHeaderBlock {
    /// No request of any HTTP begins like this.
    static let signature: InlineArray<12, UInt8> = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]

    private static var fixedBytes: Int { 16 }

    /// The sender's `\x2` in the upper half, and what it says in the lower one.
    private static var local: UInt8 { 0x20 }
    private static var proxy: UInt8 { 0x21 }

    /// - Returns: nil where bytes are missing.
    static func read(_ bytes: RawSpan, limit: Int) throws(ProxyHeader.Rejection) -> ProxyHeader? {
        for at in 0..<min(bytes.byteCount, 12) where bytes[at] != signature[at] {
            throw .malformed
        }
        // Each byte is judged when it comes: garbage shall not be waited for.
        guard bytes.byteCount > 12 else { return nil }
        let command = bytes[12]
        guard command == local || command == proxy else { throw .malformed }
        guard bytes.byteCount > 13 else { return nil }
        // A LOCAL header's family is to be ignored, and so is all that follows from it.
        let addressBytes = command == local ? 0 : try addressBytes(of: bytes[13])
        guard bytes.byteCount >= fixedBytes else { return nil }
        let length = Int(bytes[14]) << 8 | Int(bytes[15])
        guard length >= addressBytes else { throw .malformed }
        let end = fixedBytes + length
        guard end <= limit else { throw .tooLong }
        guard bytes.byteCount >= end else { return nil }
        if command == local { return ProxyHeader(source: nil, byteCount: end) }
        let header = bytes.extracting(0..<end)
        // A header of no family has no address that the TLVs could begin behind.
        if bytes[13] != 0 { try check(header, from: fixedBytes + addressBytes) }
        return ProxyHeader(source: source(header), byteCount: end)
    }

    /// Bytes of both addresses and ports, by family and protocol.
    private static func addressBytes(of family: UInt8) throws(ProxyHeader.Rejection) -> Int {
        switch family {
        case 0x00: 0
        case 0x11, 0x12: 12
        case 0x21, 0x22: 36
        case 0x31, 0x32: 216
        default: throw .malformed  // "receivers must drop connections presenting unexpected values"
        }
    }

    /// The source of a stream over IP; the others have none that a TCP client could have.
    private static func source(_ header: RawSpan) -> IPAddress? {
        switch header[13] {
        case 0x11: IPAddress(ipv4: UInt32(number(header, at: 16, bytes: 4)))
        case 0x21:
            IPAddress(
                high: number(header, at: 16, bytes: 8), low: number(header, at: 24, bytes: 8))
        default: nil
        }
    }

    /// In network order.
    private static func number(_ bytes: RawSpan, at start: Int, bytes count: Int) -> UInt64 {
        var value: UInt64 = 0
        for at in start..<(start + count) { value = value << 8 | UInt64(bytes[at]) }
        return value
    }

    // MARK: Type, length, value

    private static var checksumType: UInt8 { 0x03 }

    /// Walks the TLVs, which must fill what is left; only a checksum is looked at.
    private static func check(_ header: RawSpan, from start: Int) throws(ProxyHeader.Rejection) {
        var at = start
        var hasChecksum = false
        while at < header.byteCount {
            guard header.byteCount - at >= 3 else { throw .malformed }
            let length = Int(header[at + 1]) << 8 | Int(header[at + 2])
            let value = at + 3
            guard header.byteCount - value >= length else { throw .malformed }
            if header[at] == checksumType {
                // One: each is work over the whole header.
                guard length == 4, !hasChecksum else { throw .malformed }
                hasChecksum = true
                let told = UInt32(number(header, at: value, bytes: 4))
                guard crc32c(header, zeroing: value..<(value + 4)) == told else {
                    throw .wrongChecksum
                }
            }
            at = value + length
        }
    }

    /// RFC 4960, appendix B, bit by bit: it is a few dozen bytes, once a connection, and few
    /// proxies send it.
    private static func crc32c(_ bytes: RawSpan, zeroing hole: Range<Int>) -> UInt32 {
        var remainder = UInt32.max
        for at in 0..<bytes.byteCount {
            remainder ^= hole.contains(at) ? 0 : UInt32(bytes[at])
            for _ in 0..<8 {
                remainder = remainder >> 1 ^ (remainder & 1 == 0 ? 0 : 0x82F6_3B78)
            }
        }
        return ~remainder
    }
}
