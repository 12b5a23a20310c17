import Bytes
import TestSupport
import Testing

@testable import Wire

@Suite("The PROXY protocol, by HAProxy's proxy-protocol.txt")
struct ProxyHeaderTests {
    static func parse(_ bytes: [UInt8], limit: Int = 4_096) -> ProxyHeader.Step {
        bytes.withBytes { ProxyHeader.parse($0, limit: limit) }
    }

    /// What came of it, as text: the source or `-`, and the bytes taken.
    static func outcome(_ bytes: [UInt8], limit: Int = 4_096) -> String {
        switch parse(bytes, limit: limit) {
        case .needMore: "needs more"
        case .complete(let header):
            "\(header.source.map { "\($0)" } ?? "-") \(header.byteCount)"
        case .failed(let fault): "\(fault)"
        }
    }

    // MARK: Version 1

    private static let longest =
        "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
        + "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"

    static let lines: [(String, String)] = [
        ("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\nGET / HTTP/1.1\r\n", "192.168.0.1 47"),
        ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255 56"),
        (longest, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 104"),
        ("PROXY TCP6 2001:db8::7 ::1 0 80\r\n", "2001:db8::7 33"),
        ("PROXY UNKNOWN\r\n", "- 15"),
        ("PROXY UNKNOWN ffff::1 what ever\r\n", "- 33"),
        ("PROXY UNKNOWN" + String(repeating: " ", count: 92) + "\r\n", "- 107"),
        ("PROXY UNKNOWN" + String(repeating: " ", count: 93) + "\r\n", "tooLong"),
        ("PROXY UNKNOWN" + String(repeating: " ", count: 200), "tooLong"),
        ("PROXY", "needs more"), ("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r", "needs more"),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n", "malformed"),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\rx", "malformed"),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n", "malformed"),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n", "malformed"),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n", "malformed"),
        ("PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n", "malformed"),
        ("PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "malformed"),
        ("PROXY\tTCP4 192.0.2.1 192.0.2.2 1 2\r\n", "malformed"),
        ("PROXY TCP4 192.0.2.1\t192.0.2.2 1 2\r\n", "malformed"),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n", "malformed"),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n", "malformed"),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n", "malformed"),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 1 +2\r\n", "malformed"),
        ("PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n", "malformed"),
        ("PROXY TCP4 192.0.02.1 192.0.2.2 1 2\r\n", "malformed"),
        ("PROXY TCP4 192.0.2.1 192.0.2 1 2\r\n", "malformed"),
        ("PROXY TCP4 ::1 ::1 1 2\r\n", "malformed"),
        ("PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n", "malformed"),
        ("PROXY TCP6 [::1] ::1 1 2\r\n", "malformed"),
        ("PROXY TCP6 ::1::2 ::1 1 2\r\n", "malformed"),
        ("PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n", "malformed"),
        ("PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n", "malformed"),
        ("PROXY UNKNOWNX\r\n", "malformed"), ("PROXY \r\n", "malformed"),
        ("PROXY\r\n", "malformed"), ("proxy TCP4", "malformed"), ("PROXZ", "malformed"),
        ("GET / HTTP/1.1\r\n", "malformed"), ("POST", "malformed"), ("PRI * HTTP/2.0", "malformed"),
        ("\u{16}\u{03}\u{01}", "malformed"), ("\0", "malformed"), ("", "needs more"),
    ]

    @Test("a line says who it is for", arguments: lines)
    func line(text: String, outcome: String) {
        check(Array(text.utf8), outcome)
    }

    // MARK: Version 2

    static let signature = Array("\r\n\r\n\0\r\nQUIT\n".utf8)

    static func block(
        _ command: UInt8, _ family: UInt8, _ payload: [UInt8], length: Int? = nil
    ) -> [UInt8] {
        let length = length ?? payload.count
        return signature + [command, family, UInt8(length >> 8), UInt8(length & 0xFF)] + payload
    }

    static let four: [UInt8] = [192, 0, 2, 7, 198, 51, 100, 1, 0xDC, 0x04, 0x01, 0xBB]
    static let six: [UInt8] =
        [0x20, 0x01, 0x0D, 0xB8] + Array(repeating: 0, count: 11) + [7]
        + Array(repeating: 0, count: 15) + [1, 0xDC, 0x04, 0x01, 0xBB]
    static let unix = Array(repeating: UInt8(ascii: "/"), count: 216)

    static func tlv(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        [type, UInt8(value.count >> 8), UInt8(value.count & 0xFF)] + value
    }

    static let blocks: [([UInt8], String)] = [
        (block(0x21, 0x11, four), "192.0.2.7 28"),
        (block(0x21, 0x11, four) + Array("GET".utf8), "192.0.2.7 28"),
        (block(0x21, 0x21, six), "2001:db8::7 52"),
        (block(0x20, 0x00, []), "- 16"),
        // A LOCAL header's family and addresses are to be ignored.
        (block(0x20, 0x11, four), "- 28"), (block(0x20, 0xFF, [1, 2, 3]), "- 19"),
        (block(0x21, 0x00, []), "- 16"), (block(0x21, 0x00, [1, 2, 3, 4, 5]), "- 21"),
        (block(0x21, 0x31, unix), "- 232"), (block(0x21, 0x32, unix), "- 232"),
        (block(0x21, 0x12, four), "- 28"), (block(0x21, 0x22, six), "- 52"),
        (block(0x21, 0x11, four + tlv(0x01, Array("http/1.1".utf8))), "192.0.2.7 39"),
        (block(0x21, 0x11, four + tlv(0x04, []) + tlv(0xEA, [0, 1])), "192.0.2.7 36"),
        (block(0x21, 0x21, six + tlv(0x02, Array(repeating: 97, count: 255))), "2001:db8::7 310"),
        (block(0x21, 0x11, four + [0x04]), "malformed"),
        (block(0x21, 0x11, four + [0x04, 0]), "malformed"),
        (block(0x21, 0x11, four + [0x04, 0, 1]), "malformed"),
        (block(0x21, 0x11, four + [0x04, 0xFF, 0xFF, 1, 2, 3]), "malformed"),
        (block(0x21, 0x11, four + tlv(0x03, [1, 2, 3])), "malformed"),
        (block(0x21, 0x11, four + tlv(0x03, [1, 2, 3, 4])), "wrongChecksum"),
        (block(0x21, 0x11, Array(four.dropLast())), "malformed"),
        (block(0x21, 0x11, []), "malformed"), (block(0x21, 0x21, four), "malformed"),
        (block(0x21, 0x31, six), "malformed"),
        (block(0x22, 0x11, four), "malformed"), (block(0x2F, 0x11, four), "malformed"),
        (block(0x11, 0x11, four), "malformed"), (block(0x31, 0x11, four), "malformed"),
        (block(0x01, 0x11, four), "malformed"),
        (block(0x21, 0x10, four), "malformed"), (block(0x21, 0x13, four), "malformed"),
        (block(0x21, 0x01, four), "malformed"), (block(0x21, 0x41, six), "malformed"),
        (block(0x21, 0xF1, six), "malformed"),
        (block(0x21, 0x11, [], length: 4_080), "needs more"),
        (block(0x21, 0x11, [], length: 4_081), "tooLong"),
        (block(0x21, 0x11, [], length: 65_535), "tooLong"),
        (block(0x20, 0x00, [], length: 65_535), "tooLong"),
        (Array("\r\n\r\n\0\r\nQUIS".utf8), "malformed"), (Array("\r\nGET".utf8), "malformed"),
        (Array("\r\n\r\nGET".utf8), "malformed"),
    ]

    @Test("a block says who it is for", arguments: blocks)
    func block(bytes: [UInt8], outcome: String) {
        check(bytes, outcome)
    }

    /// Whole; then byte by byte: nothing is decided too early, nor otherwise than at once.
    private func check(_ bytes: [UInt8], _ expected: String) {
        #expect(Self.outcome(bytes) == expected)
        var first = "needs more"
        for count in 0...bytes.count where first == "needs more" {
            first = Self.outcome(Array(bytes.prefix(count)))
            if case .complete(let header) = Self.parse(Array(bytes.prefix(count))) {
                #expect(header.byteCount == count, "it is complete with its last byte")
            }
        }
        #expect(first == expected)
    }

    // MARK: Checksums

    /// CRC-32C by table, as others write it.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var table: [UInt32] = []
        for number in UInt32(0)..<256 {
            var word = number
            for _ in 0..<8 { word = word & 1 == 1 ? 0x82F6_3B78 ^ (word >> 1) : word >> 1 }
            table.append(word)
        }
        var sum = UInt32.max
        for byte in bytes { sum = table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8) }
        return ~sum
    }

    @Test("a checksum is held to: the right one passes, any bit that differs does not")
    func checksums() {
        #expect(Self.checksum(Array("123456789".utf8)) == 0xE306_9283, "RFC 3720's test value")
        var bytes = Self.block(0x21, 0x11, Self.four + Self.tlv(0x03, [0, 0, 0, 0]))
        let sum = Self.checksum(bytes)
        for (index, shift) in [24, 16, 8, 0].enumerated() {
            bytes[bytes.count - 4 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(shift))
        }
        #expect(Self.outcome(bytes) == "192.0.2.7 35")
        // What stands in the addresses and in the sum is covered by nothing else.
        for bit in (16 * 8)..<(28 * 8) {
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(Self.outcome(bytes) == "wrongChecksum")
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
        let twice = Self.block(
            0x21, 0x11, Self.four + Array(bytes.suffix(7)) + Array(bytes.suffix(7)))
        #expect(Self.outcome(twice) != "192.0.2.7 42")
    }

    // MARK: Whatever comes

    @Test("headers with bytes changed, cut or added never trap and never take what is not there")
    func mutations() {
        let seed = UInt64.random(in: 0 ... .max)
        print("ProxyHeaderTests.mutations: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let sound = Self.lines.map { Array($0.0.utf8) } + Self.blocks.map(\.0)
        for _ in 0..<100_000 {
            var bytes = sound.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(place...)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            let limit = Int.random(in: 107...400, using: &random)
            if case .complete(let header) = Self.parse(bytes, limit: limit) {
                #expect(header.byteCount <= min(bytes.count, limit))
                // What follows a header is no part of it.
                #expect(
                    Self.parse(Array(bytes.prefix(header.byteCount)), limit: limit)
                        == .complete(header))
            }
        }
    }
}
