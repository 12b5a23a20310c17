import Addresses
import Bytes
import TestSupport
import Testing

@testable import Wire

@Suite("Whom proxies say they speak for")
struct ForwardedTests {
    static let peer = IPAddress(ipv4: 0x0A00_0001)

    /// 10.0.0.0/8 and fd00::/8 are proxies of our own.
    static func isTrusted(_ address: IPAddress) -> Bool {
        address.isIPv4
            ? UInt8(truncatingIfNeeded: address.low >> 24) == 10 : address.high >> 56 == 0xFD
    }

    /// The client as text; `hidden behind …` where it is hidden.
    static func client(_ chain: ForwardedChain) -> String {
        let client = chain.client(behind: peer)
        return client.isHidden ? "hidden behind \(client.address)" : "\(client.address)"
    }

    static func xForwardedFor(_ lines: [String]) -> String {
        var chain = ForwardedChain()
        for line in lines {
            line.withBytes { chain.append(xForwardedFor: $0, trusting: isTrusted) }
        }
        return client(chain)
    }

    static func forwarded(_ lines: [String]) -> String {
        var chain = ForwardedChain()
        for line in lines { line.withBytes { chain.append(forwarded: $0, trusting: isTrusted) } }
        return client(chain)
    }

    @Test(
        "X-Forwarded-For: the right-most that is no proxy of ours",
        arguments: [
            (["203.0.113.7"], "203.0.113.7"),
            (["203.0.113.7, 10.0.0.2"], "203.0.113.7"),
            (["198.51.100.1, 203.0.113.7, 10.0.0.2, 10.0.0.3"], "203.0.113.7"),
            (["10.9.9.9, 203.0.113.7"], "203.0.113.7"),
            (["198.51.100.1 ,\t203.0.113.7\t"], "203.0.113.7"),
            (["198.51.100.1", "203.0.113.7", "10.0.0.2"], "203.0.113.7"),
            (["203.0.113.7", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            (["10.0.0.9, 10.0.0.2"], "10.0.0.9"),
            (["2001:db8::7"], "2001:db8::7"), (["[2001:db8::7]"], "2001:db8::7"),
            (["[2001:db8::7]:4711"], "2001:db8::7"), (["203.0.113.7:4711"], "203.0.113.7"),
            (["2001:db8::7, fd00::1"], "2001:db8::7"), (["::ffff:203.0.113.7"], "203.0.113.7"),
            (["unknown"], "hidden behind 10.0.0.1"),
            (["203.0.113.7, unknown"], "hidden behind 10.0.0.1"),
            (["203.0.113.7, unknown, 10.0.0.4, 10.0.0.5"], "hidden behind 10.0.0.4"),
            (["unknown, 203.0.113.7"], "203.0.113.7"),
            (["_hidden, 10.0.0.4"], "hidden behind 10.0.0.4"),
            ([""], "hidden behind 10.0.0.1"), ([","], "hidden behind 10.0.0.1"),
            (["203.0.113.7,"], "hidden behind 10.0.0.1"),
            (["203.0.113.7", ""], "hidden behind 10.0.0.1"),
            (["", "203.0.113.7"], "203.0.113.7"),
            (["203.0.113.7 203.0.113.8"], "hidden behind 10.0.0.1"),
            (["203.0.113.7:"], "hidden behind 10.0.0.1"),
            (["203.0.113.7:65536"], "hidden behind 10.0.0.1"),
            (["203.0.113.7:_port"], "hidden behind 10.0.0.1"),
            (["[2001:db8::7"], "hidden behind 10.0.0.1"),
            (["[203.0.113.7]"], "hidden behind 10.0.0.1"),
            (["\"203.0.113.7\""], "hidden behind 10.0.0.1"),
            (["203.0.113.007"], "hidden behind 10.0.0.1"),
            (["203.0.113.7é"], "hidden behind 10.0.0.1"),
            (["for=203.0.113.7"], "hidden behind 10.0.0.1"),
        ])
    func xForwardedFor(lines: [String], client: String) {
        #expect(Self.xForwardedFor(lines) == client)
    }

    @Test(
        "Forwarded: the examples of RFC 7239",
        arguments: [
            (["for=\"_gazonk\""], "hidden behind 10.0.0.1"),
            (["For=\"[2001:db8:cafe::17]:4711\""], "2001:db8:cafe::17"),
            (["for=192.0.2.60;proto=http;by=203.0.113.43"], "192.0.2.60"),
            (["for=192.0.2.43, for=198.51.100.17"], "198.51.100.17"),
            (["for=_hidden, for=_SEVKISEK"], "hidden behind 10.0.0.1"),
            (["for=192.0.2.43,for=\"[2001:db8:cafe::17]\",for=unknown"], "hidden behind 10.0.0.1"),
            (["for=192.0.2.43", "for=\"[2001:db8:cafe::17]\""], "2001:db8:cafe::17"),
            (["for=192.0.2.43, for=\"[2001:db8:cafe::17]\""], "2001:db8:cafe::17"),
        ])
    func examples(lines: [String], client: String) {
        #expect(Self.forwarded(lines) == client)
    }

    @Test(
        "Forwarded: its grammar, and what hides in it",
        arguments: [
            ("for=203.0.113.7, for=10.0.0.2", "203.0.113.7"),
            ("FOR=\"203.0.113.7:80\"", "203.0.113.7"),
            ("for=\"203.0.113.7:_a.b-c_\"", "203.0.113.7"),
            ("by=10.0.0.1;;for=203.0.113.7;", "203.0.113.7"),
            ("x=\"a,b;for=1.2.3.4\\\"\";for=203.0.113.7", "203.0.113.7"),
            ("for=198.51.100.1;x=\", for=203.0.113.7", "hidden behind 10.0.0.1"),
            ("for=198.51.100.1, for=203.0.113.7;x=\"y", "hidden behind 10.0.0.1"),
            ("for=\"203.0.113.7\"x", "hidden behind 10.0.0.1"),
            ("for=203.0.113.7;for=203.0.113.8", "hidden behind 10.0.0.1"),
            ("for=203.0.113.7; proto=http", "hidden behind 10.0.0.1"),
            ("for = 203.0.113.7", "hidden behind 10.0.0.1"), ("for=", "hidden behind 10.0.0.1"),
            ("for", "hidden behind 10.0.0.1"), ("for=\"\"", "hidden behind 10.0.0.1"),
            ("for=203.0.113.7:80", "hidden behind 10.0.0.1"),
            ("for=[2001:db8::7]", "hidden behind 10.0.0.1"),
            ("for=\"2001:db8::7\"", "hidden behind 10.0.0.1"),
            ("for=\"203.0.113\\.7\"", "hidden behind 10.0.0.1"),
            ("for=\"203.0.113.7:_\"", "hidden behind 10.0.0.1"),
            ("for=\"203.0.113.7:_~\"", "hidden behind 10.0.0.1"),
            ("for=\"203.0.113.7:123456\"", "hidden behind 10.0.0.1"),
            ("proto=https", "hidden behind 10.0.0.1"),
            ("for=203.0.113.7, proto=https", "hidden behind 10.0.0.1"),
            ("for=203.0.113.7,", "hidden behind 10.0.0.1"), ("", "hidden behind 10.0.0.1"),
            (";", "hidden behind 10.0.0.1"), ("=", "hidden behind 10.0.0.1"),
            ("203.0.113.7", "hidden behind 10.0.0.1"),
            ("for=198.51.100.1;x=\", for=10.0.0.2", "hidden behind 10.0.0.1"),
        ])
    func grammar(line: String, client: String) {
        #expect(Self.forwarded([line]) == client)
    }

    @Test("a quote that a client leaves open does not reach into a proxy's own line")
    func linesAreApart() {
        #expect(Self.forwarded(["for=\"[2001:db8::1]", "for=203.0.113.7"]) == "203.0.113.7")
        let behind = "hidden behind 10.0.0.2"
        #expect(Self.forwarded(["for=1.2.3.4;x=\"", "for=10.0.0.2"]) == behind)
    }

    @Test("drawn chains of hops come to what a plain walk from the right finds, in both fields")
    func drawn() {
        let seed = UInt64.random(in: 0 ... .max)
        print("ForwardedTests.drawn: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let nodes = [
            "203.0.113.7", "198.51.100.1", "10.0.0.2", "10.0.0.3", "[2001:db8::7]", "[fd00::1]:80",
            "unknown", "_x",
        ]
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...6, using: &random)
            let hops = (0..<count).map { _ in nodes.randomElement(using: &random) ?? "" }
            var lines: [[String]] = [[]]
            for hop in hops {
                if lines.last?.isEmpty == false, Bool.random(using: &random) { lines.append([]) }
                lines[lines.count - 1].append(hop)
            }
            let expected = Self.walkFromTheRight(hops)
            #expect(Self.xForwardedFor(lines.map { $0.joined(separator: ", ") }) == expected)
            let pairs = lines.map { $0.map { "for=\"\($0)\";by=_b" }.joined(separator: ",") }
            #expect(Self.forwarded(pairs) == expected, "\(pairs)")
        }
    }

    /// The rule as one says it; the parser goes the other way.
    private static func walkFromTheRight(_ hops: [String]) -> String {
        var nearest = peer
        for hop in hops.reversed() {
            let text = hop.split(separator: "]").first.map { $0.drop { $0 == "[" } } ?? ""
            guard let address = String(text).withBytes({ IPAddress(text: $0) }) else {
                return "hidden behind \(nearest)"
            }
            if !isTrusted(address) { return "\(address)" }
            nearest = address
        }
        return "\(nearest)"
    }

    @Test("no bytes whatever trap, and whatever a stranger sends before a hop changes nothing")
    func noise() {
        let seed = UInt64.random(in: 0 ... .max)
        print("ForwardedTests.noise: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("for=by;,:.[]\"\\_ \tunkow0123456789abcdefFOR\u{E9}".utf8)
        for _ in 0..<50_000 {
            let count = Int.random(in: 0...60, using: &random)
            let line = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            var chain = ForwardedChain()
            line.withBytes { chain.append(forwarded: $0, trusting: Self.isTrusted) }
            chain = ForwardedChain()
            line.withBytes { chain.append(xForwardedFor: $0, trusting: Self.isTrusted) }
            let text = String(decoding: line, as: UTF8.self)
            #expect(Self.xForwardedFor([text + ",203.0.113.7"]) == "203.0.113.7")
            // In Forwarded a stranger can hide, and nothing else.
            let found = Self.forwarded([text + ", for=203.0.113.7"])
            #expect(["203.0.113.7", "hidden behind 10.0.0.1"].contains(found), "\(text)")
            #expect(Self.forwarded([text, "for=203.0.113.7"]) == "203.0.113.7")
        }
    }
}
