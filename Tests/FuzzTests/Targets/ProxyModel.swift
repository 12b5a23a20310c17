import Addresses
import Bytes
import Glibc

@testable import Wire

/// HAProxy's `proxy-protocol.txt` read as plainly as it goes: whole headers, out of arrays.
enum ProxyModel {
    static func header(_ input: [UInt8], limit: Int) -> ProxyHeader? {
        line(input) ?? block(input, limit: limit)
    }

    // MARK: Version 1

    private static func line(_ input: [UInt8]) -> ProxyHeader? {
        guard let end = input.firstRange(of: [0x0D, 0x0A])?.lowerBound, end + 2 <= 107 else {
            return nil
        }
        let line = input[..<end]
        if line.contains(where: { ($0 < 0x20 && $0 != 9) || $0 == 0x7F }) { return nil }
        let words = line.split(separator: 0x20, omittingEmptySubsequences: false).map(Array.init)
        guard words.count >= 2, words[0] == Array("PROXY".utf8) else { return nil }
        let family: Int32
        switch String(decoding: words[1], as: UTF8.self) {
        case "UNKNOWN": return ProxyHeader(source: nil, byteCount: end + 2)
        case "TCP4": family = AF_INET
        case "TCP6": family = AF_INET6
        default: return nil
        }
        guard words.count == 6, let source = address(words[2], family),
            address(words[3], family) != nil, isPort(words[4]), isPort(words[5])
        else { return nil }
        return ProxyHeader(source: source, byteCount: end + 2)
    }

    private static func isPort(_ text: [UInt8]) -> Bool {
        let text = String(decoding: text, as: UTF8.self)
        return UInt16(text).map { "\($0)" == text } ?? false
    }

    /// The C library's reading of an address.
    static func address(_ text: [UInt8], _ family: Int32) -> IPAddress? {
        if text.contains(0) { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        let text = text.map(CChar.init(bitPattern:)) + [0]
        // Unsafe: `inet_pton` reads up to the zero, and writes 4 bytes or 16.
        guard unsafe inet_pton(family, text, &bytes) == 1 else { return nil }
        let words = [bytes[..<8], bytes[8...]].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        return family == AF_INET
            ? IPAddress(ipv4: UInt32(words[0] >> 32)) : IPAddress(high: words[0], low: words[1])
    }

    // MARK: Version 2

    private static let signature: [UInt8] = Array("\r\n\r\n\0\r\nQUIT\n".utf8)

    private static func block(_ input: [UInt8], limit: Int) -> ProxyHeader? {
        guard input.count >= 16, Array(input[..<12]) == signature else { return nil }
        let end = 16 + Int(input[14]) * 256 + Int(input[15])
        guard end <= limit, end <= input.count else { return nil }
        if input[12] == 0x20 { return ProxyHeader(source: nil, byteCount: end) }
        let addresses = [0x00: 0, 0x11: 12, 0x12: 12, 0x21: 36, 0x22: 36, 0x31: 216, 0x32: 216]
        guard input[12] == 0x21, let length = addresses[Int(input[13])], 16 + length <= end
        else { return nil }
        let header = Array(input[..<end])
        guard input[13] == 0 || areVectors(header, from: 16 + length) else { return nil }
        func number(_ range: Range<Int>) -> UInt64 {
            header[range].reduce(0) { $0 << 8 | UInt64($1) }
        }
        var source: IPAddress?
        if input[13] == 0x11 { source = IPAddress(ipv4: UInt32(number(16..<20))) }
        if input[13] == 0x21 { source = IPAddress(high: number(16..<24), low: number(24..<32)) }
        return ProxyHeader(source: source, byteCount: end)
    }

    /// Whether type-length-values fill the rest, with one checksum at most, which is right.
    private static func areVectors(_ header: [UInt8], from start: Int) -> Bool {
        var rest = header[start...]
        var checksums: [Range<Int>] = []
        while !rest.isEmpty {
            guard rest.count >= 3 else { return false }
            let head = Array(rest.prefix(3))
            let value = rest.dropFirst(3).prefix(Int(head[1]) * 256 + Int(head[2]))
            guard value.count == Int(head[1]) * 256 + Int(head[2]) else { return false }
            if head[0] == 3 { checksums.append(value.startIndex..<value.endIndex) }
            rest = rest[value.endIndex...]
        }
        guard let told = checksums.first else { return true }
        guard checksums.count == 1, told.count == 4 else { return false }
        var zeroed = header
        for place in told { zeroed[place] = 0 }
        return header[told].reduce(0) { $0 << 8 | UInt32($1) } == checksum(zeroed)
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in
            value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
        }
    }

    /// CRC-32C (RFC 4960, appendix B), a byte at a time.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(.max) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
}
