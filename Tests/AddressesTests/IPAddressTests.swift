import Addresses
import Bytes
import Glibc
import TestSupport
import Testing

@Suite("Addresses and networks of them")
struct IPAddressTests {
    static func address(_ text: String) -> IPAddress? { text.withBytes { IPAddress(text: $0) } }

    @Test(
        "an address reads as it prints",
        arguments: [
            "0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "1::", "2001:db8::ff00:42:8329",
            "1:2:3:4:5:6:7:8", "fe80::1",
        ])
    func roundTrip(text: String) {
        #expect(Self.address(text)?.description == text)
    }

    @Test(
        "what an address is and what is none, inet_pton agrees on",
        arguments: [
            "", ".", "1.2.3", "1.2.3.4.", "1.2.3.4.5", "01.2.3.4", "1.2.3.04", "256.1.1.1",
            "1..2.3", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4:80", "+1.2.3.4", "0x1.2.3.4", "1.2.3.4\0",
            ":", "::", ":::", "1:", ":1", "::1::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "12345::", "g::", "::1.2.3.4", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4",
            "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::1.2.3.4:5", "1.2.3.4::", "[::1]", "::1%eth0",
            "::1/128", "1:2:3:4:5:6:7:1.2", "::00001", "ABCD::EF01",
        ])
    func grammar(text: String) {
        agree(text)
    }

    @Test("drawn texts are addresses where inet_pton says so, and the same ones")
    func drawn() {
        let seed = UInt64.random(in: 0 ... .max)
        print("IPAddressTests.drawn: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "::", ":", ".", "0", "1", "9", "25", "255", "256", "ab", "ffff", "F", "12345",
        ]
        var found = 0
        for _ in 0..<200_000 {
            let count = Int.random(in: 1...16, using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            found += agree(text) ? 1 : 0
        }
        #expect(found > 100, "the draw finds addresses")
    }

    /// - Returns: whether it is an address.
    @discardableResult
    private func agree(_ text: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        var expected: IPAddress?
        // It reads C strings: a zero ends them.
        if !text.utf8.contains(0) {
            if unsafe inet_pton(AF_INET, text, &four) == 1 {
                expected = IPAddress(ipv4: UInt32(bigEndian: four.s_addr))
            } else if unsafe inet_pton(AF_INET6, text, &six) == 1 {
                let words = unsafe withUnsafeBytes(of: &six) {
                    unsafe $0.bindMemory(to: UInt64.self)
                }
                expected = unsafe IPAddress(
                    high: UInt64(bigEndian: words[0]), low: UInt64(bigEndian: words[1]))
            }
        }
        // One group in place of `::` is RFC 3986's, and glibc's too; see the table above.
        #expect(Self.address(text) == expected, "\(text.debugDescription)")
        return expected != nil
    }

    @Test(
        "a network holds its addresses, and no others",
        arguments: [
            ("10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"], ["11.0.0.0", "::"]),
            ("192.0.2.7", ["192.0.2.7"], ["192.0.2.6", "192.0.2.8"]),
            ("192.0.2.6/31", ["192.0.2.6", "192.0.2.7"], ["192.0.2.5", "192.0.2.8"]),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::", "::1", "2001:db8::1"]),
            ("::/0", ["::", "::1", "2001:db8::1"], ["0.0.0.0", "127.0.0.1"]),
            ("2001:db8::/32", ["2001:db8::", "2001:db8:ffff::1"], ["2001:db9::", "2001:db7::"]),
            ("2001:db8::/64", ["2001:db8::ffff:0:0:1"], ["2001:db8:0:1::"]),
            ("2001:db8::8/125", ["2001:db8::8", "2001:db8::f"], ["2001:db8::7", "2001:db8::10"]),
            ("::1", ["::1"], ["::", "::2", "127.0.0.1"]),
            ("::ffff:10.0.0.0/104", ["10.9.9.9"], ["11.0.0.0"]),
        ])
    func networks(text: String, inside: [String], outside: [String]) throws {
        let network = try #require(AddressNetwork(text))
        for address in inside {
            #expect(network.contains(try #require(Self.address(address))), "\(address)")
        }
        for address in outside {
            #expect(!network.contains(try #require(Self.address(address))), "\(address)")
        }
    }

    @Test(
        "what is no network is not read as one",
        arguments: [
            "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/+8",
            "10.0.0.1/8", "10.0.0.0/8/8", "10.0.0.0 /8", "10.0.0.0/ 8", "::/129", "2001:db8::1/32",
            "10/8", "example.org", "[::1]", "::1/", "::/١", "unix:", "*", "::ffff:0.0.0.0/95",
        ])
    func notNetworks(text: String) {
        #expect(AddressNetwork(text) == nil)
    }
}
