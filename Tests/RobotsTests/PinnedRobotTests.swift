import Bytes
import Cryptography
import Testing

@testable import Robots

@Suite("Robots' keys are pinned in the ruleset")
struct PinnedRobotTests {
    /// RFC 9421, B.1.4 (test-key-ed25519); its thumbprint is the
    /// `keyid` of the examples in draft-meunier-web-bot-auth-architecture.
    private static let x = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"
    private static let keyID = "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U"

    private static func key(
        robot: String = "Agent", agent: String = "https://agent.example",
        x: String = PinnedRobotTests.x, keyID: String = PinnedRobotTests.keyID, rest: String = ""
    ) -> String {
        #"{"robot": "\#(robot)", "agent": "\#(agent)", "x": "\#(x)", "keyid": "\#(keyID)"\#(rest)}"#
    }

    private func read(_ robots: String) throws(RulesetError) -> Ruleset {
        let shipped = Ruleset.shippedJSON
        let end = shipped.lastIndex(of: "}") ?? shipped.endIndex
        return try Ruleset(Array((shipped[..<end] + ", \"robots\": \(robots)}").utf8))
    }

    @Test("the shipped rules pin none; a file that pins one has it whole")
    func pinned() throws {
        #expect(Ruleset.shipped.pinned.isEmpty && Ruleset.shipped.authorities.isEmpty)
        let ruleset = try read(
            #"{"authorities": ["jeu.example.fr", "[::1]:8443"], "keys": [\#(Self.key())]}"#)
        #expect(ruleset.authorities == ["jeu.example.fr", "[::1]:8443"])
        let robot = try #require(ruleset.pinned.first)
        #expect(robot.name == "Agent" && robot.agent == "https://agent.example")
        #expect(robot.keyID == Self.keyID)
        var text = ByteBuffer(capacity: 43)
        text.append(base64URL: robot.key.bytes)
        #expect(text.text == Self.x)
        // Whatever speaks for a person, it stays a robot.
        #expect(PinnedRobot.weight - 150_000 > ruleset.upper)
    }

    @Test("a key's name is its JWK thumbprint")
    func thumbprint() {
        #expect(PinnedRobot.thumbprint(of: Self.x) == Self.keyID)
        // RFC 8037, A.3.
        #expect(
            PinnedRobot.thumbprint(of: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
                == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    }

    @Test(
        "what is wrong is named with its place",
        arguments: [
            (#"[]"#, "/robots"), (#"{}"#, "/robots/authorities"),
            (#"{"authorities": ["a"]}"#, "/robots/keys"),
            (#"{"authorities": ["a"], "keys": [], "more": 1}"#, "/robots/more"),
            (#"{"authorities": [], "keys": []}"#, "/robots/authorities"),
            (#"{"authorities": ["a", "https://a"], "keys": []}"#, "/robots/authorities/1"),
            (#"{"authorities": ["A"], "keys": []}"#, "/robots/authorities/0"),
            (#"{"authorities": ["a", "a"], "keys": []}"#, "/robots/authorities/1"),
            (#"{"authorities": ["a"], "keys": [1]}"#, "/robots/keys/0"),
            (#"{"authorities": ["a"], "keys": [{"robot": "A"}]}"#, "/robots/keys/0/agent"),
        ])
    func file(_ robots: String, _ pointer: String) {
        let error = #expect(throws: RulesetError.self) { try read(robots) }
        #expect(error?.pointer == pointer)
    }

    @Test("a key must be whole, and stand once")
    func keys() {
        let short = String(Self.x.dropLast())
        for (keys, pointer) in [
            ([Self.key(robot: "")], "/0/robot"),
            ([Self.key(robot: String(repeating: "a", count: 65))], "/0/robot"),
            ([Self.key(agent: "http://agent.example")], "/0/agent"),
            ([Self.key(agent: #"https://a\"b"#)], "/0/agent"),
            ([Self.key(x: short)], "/0/x"), ([Self.key(x: Self.x + "A")], "/0/x"),
            ([Self.key(x: Self.x.replacingFirst("J", by: "+"))], "/0/x"),
            ([Self.key(x: Self.x.replacingFirst("J", by: "K"))], "/0/keyid"),
            ([Self.key(keyID: "test-key-ed25519")], "/0/keyid"),
            ([Self.key(), Self.key(robot: "B")], "/1/keyid"),
            ([Self.key(rest: #", "kty": "OKP""#)], "/0/kty"),
            ((0..<17).map { _ in Self.key() }, ""),
        ] {
            let error = #expect(throws: RulesetError.self) {
                try read(#"{"authorities": ["a"], "keys": [\#(keys.joined(separator: ","))]}"#)
            }
            #expect(error?.pointer == "/robots/keys" + pointer)
        }
    }

    @Test("no rule of a file has the name of one that the gateway has itself")
    func names() {
        for name in [PinnedRobot.rule] + SignatureFault.allCases.map(\.rule) {
            let json = Ruleset.shippedJSON.replacingFirst("\"load-tool\"", by: "\"\(name)\"")
            let error = #expect(throws: RulesetError.self) { try Ruleset(Array(json.utf8)) }
            #expect(error?.pointer == "/signatures/0/rule")
        }
    }
}

extension String {
    /// Without Foundation.
    fileprivate func replacingFirst(_ text: String, by other: String) -> String {
        guard let range = firstRange(of: text) else { return self }
        return self[..<range.lowerBound] + other + self[range.upperBound...]
    }
}
