import Addresses
import Bytes
import Foundation
import Testing
import Wire

@testable import Gateway

@Suite("Whom a request is from", .onOwnThread)
struct ClientAddressTests {
    private static let proxies: TrustedProxies = {
        TrustedProxies(["10.0.0.0/8", "::1"].compactMap { AddressNetwork($0) })
    }()

    private static func address(_ text: String) -> IPAddress {
        text.withBytes { IPAddress(text: $0) } ?? IPAddress(high: 0, low: 0)
    }

    /// The client of a request with these field lines, as text.
    private func client(from peer: String, _ lines: [String]) throws -> String {
        var bytes = Array(
            (["GET / HTTP/1.1", "Host: a"] + lines + ["", ""]).joined(separator: "\r\n").utf8)
        var parser = RequestParser(limits: .entry)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        try #require(parser.parse(&raw) == .complete)
        let client = bytes.withBytes { request in
            ClientAddress.of(
                request, readBy: parser, peer: Self.address(peer), Self.proxies)
        }
        return (client.isHidden ? "hidden behind " : "") + "\(client.address)"
    }

    @Test(
        "a stranger speaks for himself, a proxy for its client",
        arguments: [
            ("203.0.113.9", [], "203.0.113.9"),
            ("203.0.113.9", ["X-Forwarded-For: 198.51.100.1"], "203.0.113.9"),
            ("203.0.113.9", ["Forwarded: for=198.51.100.1"], "203.0.113.9"),
            ("10.0.0.1", [], "10.0.0.1"), ("::1", [], "::1"),
            ("10.0.0.1", ["X-Forwarded-For: 203.0.113.7"], "203.0.113.7"),
            ("10.0.0.1", ["forwarded: For=203.0.113.7"], "203.0.113.7"),
            ("::1", ["X-FORWARDED-FOR: 198.51.100.1, 203.0.113.7, 10.2.3.4"], "203.0.113.7"),
            (
                "10.0.0.1", ["X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 203.0.113.7"],
                "203.0.113.7"
            ),
            (
                "10.0.0.1",
                ["X-Forwarded-For: 203.0.113.7", "Accept: a", "X-Forwarded-For: 10.1.1.1"],
                "203.0.113.7"
            ),
            (
                "10.0.0.1", ["Forwarded: for=198.51.100.1", "Forwarded: for=203.0.113.7"],
                "203.0.113.7"
            ),
            // Both: where they differ, one of them is a stranger's.
            (
                "10.0.0.1", ["X-Forwarded-For: 203.0.113.7", "Forwarded: for=203.0.113.7"],
                "203.0.113.7"
            ),
            (
                "10.0.0.1", ["X-Forwarded-For: 203.0.113.7", "Forwarded: for=198.51.100.1"],
                "hidden behind 10.0.0.1"
            ),
            (
                "10.0.0.1", ["Forwarded: for=_x", "X-Forwarded-For: 203.0.113.7"],
                "hidden behind 10.0.0.1"
            ),
            ("10.0.0.1", ["X-Forwarded-For:"], "hidden behind 10.0.0.1"),
            ("10.0.0.1", ["Forwarded: for=unknown"], "hidden behind 10.0.0.1"),
            ("10.0.0.1", ["X-Real-IP: 203.0.113.7"], "10.0.0.1"),
        ])
    func clients(peer: String, lines: [String], expected: String) throws {
        #expect(try client(from: peer, lines) == expected)
    }

    @Test("what this machine may read without a token, a proxy on it may not read for others")
    func admin() throws {
        let network = try #require(AddressNetwork("127.0.0.0/8"))
        let gateway = try TestGateway(proxies: TrustedProxies([network]))
        func status(_ lines: String, host: String = "localhost") throws -> Int {
            try WireClient(port: gateway.adminPort)
                .exchange("GET /metrics HTTP/1.1\r\nHost: \(host)\r\n\(lines)\r\n").status
        }
        #expect(try status("") == 200)
        #expect(try status("", host: "a") == 401, "a name that may have been made to lead here")
        #expect(try status("X-Forwarded-For: 127.0.0.5\r\n") == 200)
        for lines in [
            "X-Forwarded-For: 203.0.113.7\r\n", "Forwarded: for=203.0.113.7\r\n",
            "X-Forwarded-For: unknown\r\n", "Forwarded: for=\"[2001:db8::1]:80\"\r\n",
            // A named proxy that says for whom only in fields that count for nothing.
            "X-Real-IP: 127.0.0.5\r\n", "Via: 1.1 edge\r\n", "X-Forwarded-Proto: https\r\n",
        ] {
            #expect(try status(lines) == 401, "\(lines)")
        }
        #expect(try status("X-Forwarded-For: 127.0.0.5\r\nX-Forwarded-Proto: https\r\n") == 200)
    }
}
