import Testing

@testable import Sockets

@Suite("Addresses are read and printed as people write them")
struct SocketAddressTests {
    @Test(
        "an address prints as it was written",
        arguments: [
            "127.0.0.1:8080", "0.0.0.0:0", "255.255.255.255:65535", "10.1.2.3:1",
            "[::1]:8080", "[::]:0", "[2001:db8::ff00:42:8329]:443", "[fe80::1]:65535",
            "[::ffff:192.0.2.1]:80", "[1:2:3:4:5:6:7:8]:9",
        ])
    func roundTrip(text: String) throws {
        let address = try #require(SocketAddress(text))
        #expect("\(address)" == text)
        #expect(SocketAddress("\(address)") == address)
    }

    @Test(
        "other spellings are understood",
        arguments: [
            ("localhost:80", "127.0.0.1:80"), ("*:8080", "0.0.0.0:8080"),
            ("[0:0:0:0:0:0:0:1]:80", "[::1]:80"), ("[2001:DB8::1]:80", "[2001:db8::1]:80"),
            ("[::FFFF:C000:0201]:80", "[::ffff:192.0.2.1]:80"), ("127.0.0.1:0080", "127.0.0.1:80"),
        ])
    func spellings(text: String, printed: String) throws {
        #expect("\(try #require(SocketAddress(text)))" == printed)
    }

    @Test(
        "what is no address is not read as one",
        arguments: [
            "", ":", ":80", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:+80", "127.0.0.1:-1",
            "127.0.0.1:65536", "127.0.0.1:8o", "127.0.0.1: 80", " 127.0.0.1:80", "127.0.0.1:80 ",
            "127.0.0.256:80", "127.0.0:80", "127.0.0.1.1:80", "::1:80", "[::1]", "[::1]:",
            "[::1:80", "::1]:80", "[127.0.0.1]:80", "[::g]:80", "[]:80", "[:80", "[fe80::1%lo]:80",
            "example.org:80", "LOCALHOST:80", "**:80", "127.0.0.1\0x:80", "[::1\0]:80",
            "127.0.0.1:٨٠",
        ])
    func notAddresses(text: String) {
        #expect(SocketAddress(text) == nil)
    }

    @Test(
        "the kernel's form keeps the address", arguments: ["192.0.2.7:4711", "[2001:db8::7]:4711"])
    func kernelForm(text: String) throws {
        // Both forms begin with the family, then the port in network order.
        let address = try #require(SocketAddress(text))
        let (port, length) = unsafe address.withKernelForm { start, length in
            unsafe (
                UnsafeRawPointer(start).load(fromByteOffset: 2, as: UInt16.self), Int(length)
            )
        }
        #expect(UInt16(bigEndian: port) == 4711)
        #expect(length == (address.isIPv6 ? 28 : 16))
    }

    @Test(
        "only this machine's own addresses are loopback",
        arguments: [
            ("127.0.0.1:1", true), ("127.255.255.254:1", true), ("localhost:1", true),
            ("[::1]:1", true), ("[::ffff:127.0.0.1]:1", true), ("0.0.0.0:1", false),
            ("128.0.0.1:1", false), ("126.255.255.255:1", false), ("[::]:1", false),
            ("[::2]:1", false), ("[::ffff:128.0.0.1]:1", false), ("[::127.0.0.1]:1", false),
            ("[1::1]:1", false),
        ])
    func loopback(text: String, isLoopback: Bool) throws {
        #expect(try #require(SocketAddress(text)).isLoopback == isLoopback)
    }

    @Test("an IPv4 address and its mapped form are one address for limits")
    func mappedOctets() throws {
        let plain = try #require(SocketAddress("192.0.2.1:1"))
        let mapped = try #require(SocketAddress("[::ffff:192.0.2.1]:2"))
        #expect(plain.octets == mapped.octets)
        #expect(plain != mapped)
        #expect(try #require(SocketAddress("192.0.2.2:1")).octets != plain.octets)
    }
}
