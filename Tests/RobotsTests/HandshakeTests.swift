import Testing

@testable import Robots

@Suite("TLS handshakes of tools, as JA4")
struct HandshakeTests {
    private static let other = "t13d1516h2_8daaf6152771_e5627efa2ab1"

    /// The shipped rules with one handshake more.
    private static func json(_ handshakes: String) -> String {
        Ruleset.shippedJSON.replacing(
            "\"handshakes\": {", with: "\"handshakes\": {\(handshakes),")
    }

    private static func detector() throws -> RobotDetector {
        RobotDetector(try Ruleset(Array(json("\"a client\": \"\(other)\"").utf8)))
    }

    private func rules(_ head: Head, _ detector: borrowing RobotDetector) -> [String] {
        let (bytes, fields) = head.written
        let verdict = unsafe detector.judge(
            bytes.span.bytes, fields.span, head.traits, over: head.transport,
            clientHello: head.clientHello)
        return (0..<verdict.evidence.count).map {
            Ruleset.shipped.rules[Int(verdict.evidence[$0].rule)].name
        }
    }

    @Test("a browser over a handshake of a tool's weighs, and is not stopped by that alone")
    func foreign() throws {
        let detector = try Self.detector()
        var head = Head.chromium()
        let plain = rules(head, detector)
        #expect(plain == [])
        head.clientHello = HandshakeMark.of(Self.other)
        let found = rules(head, detector)
        #expect(found == ["handshake-foreign"])
        let weight = Ruleset.shipped.rules.first { $0.name == "handshake-foreign" }?.weight ?? 0
        #expect(weight > 0 && weight < Ruleset.shipped.lower)
        // The shipped rules do not know this one.
        #expect(head.judge().weight == 0)
        head.clientHello ^= 1
        let unknown = rules(head, detector)
        #expect(unknown == [])
    }

    @Test("behind a proxy, and of a program that claims to be no browser, it says nothing")
    func unclaimed() throws {
        let detector = try Self.detector()
        for transport in [RobotTransport.proxied, .plain] {
            var head = Head.chromium(over: transport)
            head.clientHello = HandshakeMark.of(Self.other)
            let found = rules(head, detector)
            #expect(!found.contains("handshake-foreign"))
        }
        var curl = Head(userAgent: "curl/8.14.1")
        curl.transport = .tls13
        curl.clientHello = HandshakeMark.of(Self.other)
        let found = rules(curl, detector)
        #expect(!found.contains("handshake-foreign"))
    }

    @Test("every handshake of the shipped rules is one, and is found")
    func shipped() {
        #expect(!Ruleset.shipped.handshakes.isEmpty)
        for (tool, ja4) in Ruleset.shipped.handshakes {
            #expect(HandshakeMark.isJA4(ja4), "\(tool): \(ja4)")
            var head = Head.chromium()
            head.clientHello = HandshakeMark.of(ja4)
            #expect(head.judge().weight > 0, "\(tool): \(ja4)")
        }
    }

    @Test(
        "what is no handshake is refused, with its place",
        arguments: [
            (#""a": "t13d1516h2_8daaf6152771""#, "/handshakes/a"),
            (#""a": ["t13d1516h2_8daaf6152771_e5627efa2ab1", "x"]"#, "/handshakes/a/1"),
            (#""a": "q13d1516h2_8daaf6152771_e5627efa2ab1""#, "/handshakes/a"),
            (#""a": "t13d1516h2_8DAAF6152771_e5627efa2ab1""#, "/handshakes/a"),
            (#""a": "t13d1516h2_8daaf6152771_e5627efa2ab1 ""#, "/handshakes/a"),
            (#""a": []"#, "/handshakes/a"), (#""": "x""#, "/handshakes/"),
            (
                #""a": "t13d1516h2_8daaf6152771_e5627efa2ab1", "#
                    + #""b": "t13d1516h2_8daaf6152771_e5627efa2ab1""#, "/handshakes/b"
            ),
        ])
    func wrong(_ members: String, _ pointer: String) {
        let error = #expect(throws: RulesetError.self) {
            try Ruleset(Array(Self.json(members).utf8))
        }
        #expect(error?.pointer == pointer, "\(String(describing: error))")
    }

    @Test("no more than the limit")
    func limit() {
        let many = (0...RulesetLimits.handshakes).map { number in
            let digits = String(number, radix: 16)
            let padded = String(repeating: "0", count: 12 - digits.count) + digits
            return "\"t13d1516h2_8daaf6152771_\(padded)\""
        }
        let error = #expect(throws: RulesetError.self) {
            try Ruleset(Array(Self.json("\"a\": [\(many.joined(separator: ","))]").utf8))
        }
        #expect(error?.detail.contains("at most") == true)
    }
}
