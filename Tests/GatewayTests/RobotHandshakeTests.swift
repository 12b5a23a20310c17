import Addresses
import Bytes
import Foundation
import Robots
import Sockets
import TLSClient
import TestSupport
import Testing

@testable import Gateway

@Suite("A TLS handshake tells a program that claims to be a browser", .onOwnThread)
struct RobotHandshakeTests {
    /// JA4 of the tests' own client.
    private static func clientJA4() throws -> String {
        let hello = Array(try TLSClient.ClientHello.bytes().dropFirst(5))
        let text = hello.withBytes { bytes in
            ClientHelloMessage(bytes).map { ClientHelloMarks.text(of: $0).text }
        }
        return try #require(text)
    }

    /// The shipped rules, with these handshakes for a tool's, and enough weight to see it.
    private static func rules(_ handshakes: [String]) throws -> Ruleset {
        let file = try JSONSerialization.jsonObject(with: Data(Ruleset.shippedJSON.utf8))
        var members = try #require(file as? [String: Any])
        members["handshakes"] = handshakes.isEmpty ? [:] : ["a client": handshakes]
        var checks = try #require(members["consistency"] as? [[String: Any]])
        for index in checks.indices where checks[index]["rule"] as? String == "handshake-foreign" {
            checks[index]["weight"] = 3
        }
        members["consistency"] = checks
        return try Ruleset(Array(try JSONSerialization.data(withJSONObject: members)))
    }

    /// The status of an entry that comes over TLS.
    private func enter(
        _ participant: String, _ gateway: TestGateway, _ operation: TestOperation
    ) throws -> Int {
        let client = try gateway.connect()
        let peer = try TLSPeer(descriptor: client.descriptor)
        let request = EntrySender.chromium
            .request("{\"participant\":\"\(participant)\"}", to: operation)
            .replacing("http://localhost:8080", with: "https://localhost:8080")
        try peer.send(Array(request.utf8))
        let answer = String(decoding: try peer.receive(), as: UTF8.self)
        return try #require(
            answer.split(separator: " ").dropFirst().first.flatMap { Int($0) }, "\(answer)")
    }

    @Test("a browser's headers over a tool's handshake are suspect; over another one they are not")
    func foreign() throws {
        let folder = try TestFolder()
        let own = try TestCertificate(at: folder.path + "/own", names: ["127.0.0.1"])
        let files = TLSFiles(pairs: [TLSFiles.Pair(certificate: own.certificate, key: own.key)])
        let gateway = try TestGateway(tls: files)
        let operation = try gateway.open("ete", #""rule":"once","robots":"refuse""#)
        _ = try gateway.gateway.reload(TestGateway.limits, try Self.rules([]))
        #expect(try enter("a", gateway, operation) == 201)
        let known = try Self.rules([try Self.clientJA4()])
        _ = try gateway.gateway.reload(TestGateway.limits, known)
        // There may be no puzzle left: then it is 503, and challenged all the same.
        let second = try enter("b", gateway, operation)
        #expect(second == 403 || second == 503, "\(second)")
        // The rules that the gateway brings along: a weight, never a verdict.
        _ = try gateway.gateway.reload(TestGateway.limits, Ruleset.shipped)
        #expect(try enter("c", gateway, operation) == 201)
        let view = try gateway.admin("GET", "/v1/operations/ete/robots")
        let isNamed = try eventually {
            let view = try gateway.admin("GET", "/v1/operations/ete/robots")
            return view.text.contains("handshake-foreign")
        }
        #expect(isNamed, "\(view)")
    }

    @Test("behind a trusted proxy the handshake is the proxy's, and says nothing")
    func proxied() throws {
        let folder = try TestFolder()
        let own = try TestCertificate(at: folder.path + "/own", names: ["127.0.0.1"])
        let files = TLSFiles(pairs: [TLSFiles.Pair(certificate: own.certificate, key: own.key)])
        let loopback = try #require(AddressNetwork("127.0.0.0/8"))
        let gateway = try TestGateway(proxies: TrustedProxies([loopback]), tls: files)
        let operation = try gateway.open("ete", #""rule":"once","robots":"refuse""#)
        let known = try Self.rules([try Self.clientJA4()])
        _ = try gateway.gateway.reload(TestGateway.limits, known)
        #expect(try enter("a", gateway, operation) == 201)
    }
}
