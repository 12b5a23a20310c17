import Testing

@testable import Sockets

@Suite("A host's addresses")
struct HostLookupTests {
    @Test("an address is its own", arguments: ["127.0.0.1", "::1", "2001:db8::7"])
    func literals(host: String) throws {
        let found = try HostLookup.addresses(of: host, port: 7)
        #expect(found == [SocketAddress(literal: host, port: 7)].compactMap(\.self))
        #expect(found.first?.port == 7 && found.first?.isIPv6 == host.contains(":"))
    }

    @Test(
        "localhost is this machine by IPv6 and by IPv4, each once",
        arguments: ["localhost", "LOCALHOST"])
    func localhost(host: String) throws {
        let found = try HostLookup.addresses(of: host, port: 7)
        let texts = found.map(\.description)
        #expect(texts.contains("[::1]:7") && texts.contains("127.0.0.1:7"))
        #expect(Set(texts).count == texts.count)
        #expect(found.allSatisfy { $0.isLoopback })
    }

    @Test("what is no host has no address", arguments: ["nobody..invalid", "", "a\0b"])
    func unknown(host: String) {
        let failure = #expect(throws: HostLookupError.self) {
            try HostLookup.addresses(of: host, port: 7)
        }
        #expect(failure?.reason.isEmpty == false)
    }

    @Test(
        "what is no address is none", arguments: ["", "localhost", "*", "[::1]", "1.2.3", "1::g"])
    func noLiterals(text: String) {
        #expect(SocketAddress(literal: text, port: 1) == nil)
    }
}
