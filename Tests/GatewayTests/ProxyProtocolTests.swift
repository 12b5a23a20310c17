import Addresses
import Bytes
import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite("Connections that proxies announce", .onOwnThread)
struct ProxyProtocolTests {
    private let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    private func line(_ source: String) -> String {
        "PROXY TCP4 \(source) 198.51.100.1 4711 443\r\n"
    }

    private func block(_ command: UInt8, _ family: UInt8, _ payload: [UInt8]) -> [UInt8] {
        Array("\r\n\r\n\0\r\nQUIT\n".utf8) + [command, family, 0, UInt8(payload.count)] + payload
    }

    /// A gateway behind proxies on this machine, or on another one only.
    private func gateway(
        trusting network: String = "127.0.0.0/8", _ change: (inout Limits) -> Void = { _ in }
    ) throws -> TestGateway {
        let network = try #require(AddressNetwork(network))
        return try TestGateway(
            proxies: TrustedProxies([network], proxyProtocol: .required), change)
    }

    /// Whether it was ended without an answer. With bytes unread, the kernel does it by a reset.
    private func isOver(_ client: WireClient) -> Bool {
        let ending = client.ending()
        return ending == .finished || ending == .broken(ECONNRESET)
    }

    /// Whether so many connections are open, soon: their clients see the end a little earlier.
    private func eventuallyOpen(_ gateway: TestGateway, _ count: Double) throws -> Bool {
        try eventually {
            try gateway.metric("portillon_connections", "listener=\"public\"") == count
        }
    }

    private func refused(_ gateway: TestGateway, _ reason: String) throws -> Double {
        try gateway.metric("portillon_proxy_connections_refused_total", "reason=\"\(reason)\"")
    }

    @Test("behind a header of either version comes what any connection brings")
    func served() throws {
        let gateway = try gateway()
        let operation = try gateway.open("ete")
        let source: [UInt8] = [203, 0, 113, 7, 198, 51, 100, 1, 1, 2, 3, 4]
        let headers = [
            Array(line("203.0.113.7").utf8), Array("PROXY UNKNOWN\r\n".utf8),
            block(0x21, 0x11, source), block(0x20, 0x00, []),
            block(0x21, 0x31, Array(repeating: 0, count: 216)),
            block(0x21, 0x11, source + [0xE0, 0, 100] + Array(repeating: 7, count: 100)),
        ]
        for (number, header) in headers.enumerated() {
            // In one piece with two requests; then byte by byte, with the first one's bytes.
            let together = try gateway.connect()
            try together.send(header + Array((operation.entry("a\(number)") + health).utf8))
            #expect(try together.receive().status == 201)
            #expect(try together.receive().status == 200)
            let split = try gateway.connect()
            for byte in header + Array(health.utf8) { try split.send([byte]) }
            #expect(try split.receive().status == 200)
            #expect(try split.exchange(operation.entry("b\(number)")).status == 201)
        }
        #expect(try gateway.counts(of: operation)["entries"] == headers.count * 2)
    }

    @Test("the admin listener asks for no header")
    func adminListener() throws {
        let gateway = try gateway()
        #expect(try WireClient(port: gateway.adminPort).exchange(health).status == 200)
    }

    @Test("who does not begin with a header is closed without an answer, and counted")
    func malformed() throws {
        let gateway = try gateway()
        var checksummed = block(0x21, 0x11, [203, 0, 113, 7, 198, 51, 100, 1, 1, 2, 3, 4])
        checksummed += [3, 0, 4, 1, 2, 3, 4]
        checksummed[15] += 7
        let openings: [(String, [UInt8])] = [
            ("malformed", Array(health.utf8)), ("malformed", Array("PROXY TCP4 x\r\n".utf8)),
            ("malformed", Array("\u{16}\u{03}\u{01}".utf8)), ("malformed", block(0x21, 0x11, [])),
            ("too_long", Array("\r\n\r\n\0\r\nQUIT\n".utf8) + [0x21, 0x11, 0xFF, 0xFF]),
            ("too_long", Array(("PROXY UNKNOWN" + String(repeating: " ", count: 200)).utf8)),
            ("wrong_checksum", checksummed),
        ]
        for (reason, opening) in openings {
            let before = try refused(gateway, reason)
            let client = try gateway.connect()
            try client.send(opening)
            #expect(isOver(client), "\(opening)")
            #expect(try refused(gateway, reason) == before + 1)
        }
        #expect(try eventuallyOpen(gateway, 0))
    }

    @Test("who is no trusted proxy is closed, whatever is said")
    func untrusted() throws {
        let gateway = try gateway(trusting: "10.0.0.0/8")
        let client = try gateway.connect()
        // The connection may be gone before this arrives.
        try? client.send(line("203.0.113.7") + health)
        #expect(isOver(client))
        #expect(try refused(gateway, "untrusted") == 1)
    }

    @Test("a header that does not come, or not whole, is cut when a head would be")
    func late() throws {
        let gateway = try gateway { $0.headSeconds = 1 }
        let silent = try gateway.connect()
        let half = try gateway.connect()
        // Where this thread stands still before, it is gone by then, and late all the same.
        half.sendWhatIsTaken("PROXY TCP4 203.0")
        #expect(isOver(silent))
        #expect(isOver(half))
        #expect(try refused(gateway, "late") == 2)
        // Behind a header the usual patience begins.
        let isPatient = try eventually {
            let idle = try gateway.connect()
            idle.sendWhatIsTaken(line("203.0.113.7"))
            Thread.sleep(forTimeInterval: 1.5)
            // Where this thread stood still before it sent the header, it is closed: another one.
            return (try? idle.exchange(health).status) == 200
        }
        #expect(isPatient)
    }

    @Test("who goes before their header is whole leaves nothing behind")
    func gone() throws {
        let gateway = try gateway { $0.connections = 16 }
        for round in 0..<40 {
            let client = try gateway.connect()
            try client.send(String(line("203.0.113.7").prefix(round)))
            client.finishSending()
            #expect(isOver(client))
        }
        let client = try gateway.connect()
        #expect(try client.exchange(line("203.0.113.7") + health).status == 200)
        #expect(try eventuallyOpen(gateway, 1))
    }

    @Test("connections are counted by the address that was announced")
    func limits() throws {
        let gateway = try gateway { $0.connectionsPerAddress = 2 }
        func connect(_ source: String) throws -> (client: WireClient, status: Int) {
            let client = try gateway.connect()
            return (client, try client.exchange(line(source) + health).status)
        }
        let first = try connect("203.0.113.7")
        let second = try connect("203.0.113.7")
        let third = try connect("203.0.113.7")
        let other = try connect("203.0.113.8")
        #expect([first, second, third, other].map(\.status) == [200, 200, 503, 200])
        #expect(third.client.ending() == .finished)
        // The proxy itself has no limit of its own, nor has who is behind another one.
        let proxies = try (0..<4).map { _ in try connect("127.0.0.9") }
        #expect(proxies.allSatisfy { $0.status == 200 })
        first.client.finishSending()
        #expect(first.client.ending() == .finished)
        #expect(try connect("203.0.113.7").status == 200)
    }

    @Test("a drain does not wait for headers that have not begun")
    func drains() throws {
        let gateway = try gateway { $0.drainSeconds = 600 }
        let silent = try gateway.connect()
        let served = try gateway.connect()
        #expect(try served.exchange(line("203.0.113.7") + health).status == 200)
        let began = ContinuousClock.now
        gateway.drain()
        #expect(ContinuousClock.now - began < .seconds(60), "a head has five minutes")
        #expect(silent.ending() == .finished)
        #expect(served.ending() == .finished)
    }

    @Test("a header that is required of nobody stops the start")
    func contradiction() throws {
        let error = #expect(throws: StartError.self) {
            _ = try TestGateway(proxies: TrustedProxies([], proxyProtocol: .required))
        }
        #expect(error?.exitStatus == 78)
        #expect(error?.description.contains("trusted_proxies") == true)
    }
}
