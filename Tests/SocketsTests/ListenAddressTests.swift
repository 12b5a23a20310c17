import Glibc
import Testing

@testable import Sockets

@Suite("What a listener's setting may name")
struct ListenAddressTests {
    private func addresses(_ text: String) throws -> [String]? {
        try ListenAddress(text)?.addresses().map(\.description)
    }

    @Test("an address is itself; localhost and every address are both families")
    func forms() throws {
        #expect(try addresses("127.0.0.1:8080") == ["127.0.0.1:8080"])
        #expect(try addresses("[::1]:8080") == ["[::1]:8080"])
        #expect(try addresses("0.0.0.0:0") == ["0.0.0.0:0"])
        for text in [":8080", "*:8080"] {
            #expect(try addresses(text) == ["0.0.0.0:8080", "[::]:8080"])
        }
        for text in ["localhost:80", "LOCALHOST:80"] {
            #expect(try addresses(text) == ["127.0.0.1:80", "[::1]:80"])
        }
        #expect(ListenAddress("gateway.internal:8080") != nil)
        #expect(ListenAddress("host_1-a:65535") != nil)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", ":", "8080", "localhost", "a:", "a:x", "a:65536", "a:-1", "a:+1", "::1:80",
            "[::1:80", "[::1]", "http://a:80", "a b:80", "a\0:80", "127.1:80", "1:80", "a.1:80",
            "a..b:80", ".a:80", "a.:80", "é:80", "[fe80::1%eth0]:80", "a/b:80", "a@b:80",
        ])
    func others(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test("only IPv6 of a form for both families can be left out, where the machine has none")
    func optional() throws {
        let four = try #require(SocketAddress("127.0.0.1:80"))
        let six = try #require(SocketAddress("[::1]:80"))
        func canDo(_ text: String, _ address: SocketAddress, _ code: Int32) throws -> Bool {
            try #require(ListenAddress(text))
                .canDoWithout(address, after: SystemError("bind", on: "x", code: code))
        }
        #expect(try canDo("localhost:80", six, EADDRNOTAVAIL))
        #expect(try canDo(":80", six, EAFNOSUPPORT))
        #expect(try !canDo(":80", six, EADDRINUSE))
        #expect(try !canDo(":80", four, EADDRNOTAVAIL))
        #expect(try !canDo("[::1]:80", six, EADDRNOTAVAIL))
        #expect(try !canDo("a:80", six, EADDRNOTAVAIL))
    }

    @Test("one listener takes the connections of several addresses, none behind the others")
    func severalAddresses() throws {
        let wanted = ["127.0.0.1:0", "127.0.0.2:0"].compactMap { SocketAddress($0) }
        let listener = try Listener(on: wanted)
        #expect(listener.addresses.map(\.port) == [listener.address.port, listener.address.port])
        #expect(listener.descriptors.count == 2)
        var clients: [Int32] = []
        defer { for client in clients { close(client) } }
        let source = try #require(SocketAddress("127.0.3.7:0"))
        for _ in 0..<4 {
            clients.append(try Connector.begin(to: listener.addresses[0]))
            clients.append(try Connector.begin(to: listener.addresses[1], from: source))
        }
        // The last step of connecting is the kernel's, and may come later.
        let queues = listener.descriptors
        for queue in queues { #expect(happenings(queue) & POLLIN != 0) }
        var seen: [Bool] = []
        while seen.count < 8 {
            try #require(somethingWaits(at: queues))
            guard case .accepted(let number, let peer) = listener.accept() else { continue }
            seen.append(peer.octets == source.octets)
            close(number)
        }
        #expect(seen.prefix(2).contains(true) && seen.prefix(2).contains(false), "\(seen)")
    }
}
