import Bytes
import Cryptography
import Testing

@testable import Robots

@Suite("Challenges: made, solved, verified")
struct ChallengeTests {
    private let made = MadeChallenge()

    /// By another program (Python's `hashlib`, `hmac` and `json` with sorted keys).
    @Test("parameters and signature are those of ALTCHA's second protocol, byte for byte")
    func written() {
        let parameters = made.parameters.map { "\"\($0.name)\":\($0.value)" }
            .joined(separator: ",")
        #expect(
            parameters
                == #""algorithm":"PBKDF2/SHA-256","cost":10,"data":{"key":"a0a1a2a3a4a5a6a7","#
                + #""level":1,"operation":"ete-2026"},"expiresAt":1795176600,"keyLength":32,"#
                + #""keyPrefix":"c8bae86133d35fe3cc305d510626b255","#
                + #""keySignature":"d9c21a481c95e36ab96f0c7e7ac7b7a8"#
                + #"7d45dd04c3f87af299403fc2177e1873","#
                + #""nonce":"000102030405060708090a0b0c0d0e0f","#
                + #""salt":"101112131415161718191a1b1c1d1e1f""#)
        #expect(
            made.signature == "ed0969532112d73eaab083f8833434ee3e4192b811a3b88aae4f5e09748b1b4b")
        #expect(
            made.derivedKey == "c8bae86133d35fe3cc305d510626b255dcb328b93073f7e8826f8f1f806458a6")
    }

    @Test("without a solution it proves how long its client has to wait, where a wait does")
    func unsolved() throws {
        #expect(verified(made.unsolved) == nil)
        let waiting = MadeChallenge(ready: 1_795_176_060)
        let data = try #require(waiting.parameters.first { $0.name == "data" }?.value)
        #expect(data.hasSuffix(",\"operation\":\"ete-2026\",\"readyAt\":1795176060}"), "\(data)")
        let proved = try #require(verified(waiting.unsolved))
        #expect(proved.readyAt == 1_795_176_060)
        let solved = try #require(verified(waiting.solution()))
        #expect(solved.readyAt == 0, "work needs no wait")
        #expect(solved.high == proved.high && solved.low == proved.low, "one challenge")
        let sooner = waiting.with { $0.set("data", data.replacing("1795176060", with: "1")) }
        #expect(verified(sooner.unsolved) == nil)
        #expect(verified(waiting.unsolved.replacing("}}", with: "},\"solution\":{}}")) == nil)
    }

    @Test("one attempt after the other finds the counter and the key")
    func solving() throws {
        let random = [UInt8](0..<32)
        var found: (counter: UInt32, key: String)?
        random.withBytes { random in
            for counter in UInt32(0)..<20 where found == nil {
                let key = ChallengePuzzle.derivedKey(
                    nonce: random.extracting(0..<16), counter: counter,
                    salt: random.extracting(16..<32), cost: 10
                ).hexadecimal
                if key.hasPrefix("c8bae86133d35fe3cc305d510626b255") { found = (counter, key) }
            }
        }
        let solution = try #require(found)
        #expect(solution.counter == 7)
        #expect(solution.key == made.derivedKey)
    }

    @Test("a solution proves one challenge, however it is spelled")
    func spellings() throws {
        let first = try #require(verified(made.solution()))
        #expect(first.expires == MadeChallenge.expires && first.level == 1)
        let reversed = made.with { $0.parameters.reverse() }
        let spelled = [
            made.solution(time: nil), made.solution(time: "1e-3"), made.solution(time: "0"),
            made.solution(time: "-0.5E+10"), made.solution(space: " "),
            made.solution(space: "\r\n\t"), made.solution(escapingSlash: true),
            reversed.solution(), " \n" + made.solution() + "\n ",
            made.solution().replacing("\"nonce\"", with: #""\u006eonce""#),
            made.solution().replacing("\"counter\":7", with: "\"counter\":4294967295"),
            made.solution().replacing(made.derivedKey, with: made.derivedKey.uppercased()),
            made.solution().replacing(
                made.parameters[2].value,
                with: #"{"operation":"ete\u002d2026","level":1,"key":"a0a1a2a3a4a5a6a7"}"#),
        ]
        for text in spelled { #expect(verified(text) == first, "\(text)") }
        let other = try #require(verified(MadeChallenge(counter: 8).solution()))
        #expect(other != first)
    }

    @Test("what was changed in any place proves nothing")
    func forged() {
        let changes: [(String, String)] = [
            ("cost", "11"), ("cost", "1"), ("expiresAt", "1795176601"), ("expiresAt", "4294967295"),
            ("keyLength", "16"), ("algorithm", "\"PBKDF2/SHA-512\""), ("algorithm", "\"SHA-256\""),
            ("nonce", "\"000102030405060708090a0b0c0d0e0e\""),
            ("salt", "\"101112131415161718191a1b1c1d1e1e\""),
            ("keyPrefix", "\"00000000000000000000000000000000\""), ("keyPrefix", "\"00\""),
            ("keySignature", "\"" + String(repeating: "0", count: 64) + "\""),
            ("data", #"{"key":"a0a1a2a3a4a5a6a7","level":3,"operation":"ete-2026"}"#),
            ("data", #"{"level":1,"operation":"ete-2026"}"#),
        ]
        for (name, value) in changes {
            let changed = made.with { $0.set(name, value) }
            #expect(verified(changed.solution()) == nil, "\(name): \(value)")
        }
        let unsigned = made.with { $0.signature = String(repeating: "0", count: 64) }
        #expect(verified(unsigned.solution()) == nil)
        let wrong = made.solution().replacing(
            made.derivedKey, with: String(repeating: "c8", count: 32))
        #expect(verified(wrong) == nil)
        // The prefix is known to all; the other half is what is paid for.
        let halved = String(made.derivedKey.prefix(32)) + String(repeating: "0", count: 32)
        #expect(verified(made.solution().replacing(made.derivedKey, with: halved)) == nil)
    }

    @Test("a challenge of another operation, of other secrets or of another key proves nothing")
    func foreign() {
        #expect(verified(made.solution()) != nil)
        #expect(verified(made.solution(), operation: "ete-2025") == nil)
        #expect(verified(made.solution(), operation: "") == nil)
        #expect(verified(made.solution(), secrets: MadeChallenge.secrets(1)) == nil)
        #expect(verified(made.solution(), key: [UInt8](0xA1..<0xA9)) == nil)
        let open = MadeChallenge(key: [])
        #expect(verified(open.solution()) != nil)
        #expect(verified(open.solution(), key: [UInt8](0xA1..<0xA9)) != nil)
        #expect(verified(open.solution(), operation: "ete-2025") == nil)
        // Self-made: everything right but for the secrets.
        let own = MadeChallenge(secrets: MadeChallenge.secrets(9))
        #expect(verified(own.solution()) == nil)
        let mixed = made.with { $0.signature = own.signature }
        #expect(verified(mixed.solution()) == nil)
    }

    @Test("JSON of another form is none: members, types, numbers, text around it")
    func strictness() {
        let text = made.solution()
        let members = made.parameters.map { "\"\($0.name)\":\($0.value)" }
        var wrong = members.map { text.replacing($0 + ",", with: "") }
        wrong.removeLast()
        wrong += members.map { text.replacing($0, with: $0 + "," + $0) }
        wrong += [
            "", "{}", "[]", "null", "{\"challenge\":{},\"solution\":{}}", text + "x", text + "{}",
            "[" + text + "]", String(text.dropLast()),
            text.replacing("\"cost\":10", with: "\"cost\":10.0"),
            text.replacing("\"cost\":10", with: "\"cost\":1e1"),
            text.replacing("\"cost\":10", with: "\"cost\":010"),
            text.replacing("\"cost\":10", with: "\"cost\":\"10\""),
            text.replacing("\"cost\":10", with: "\"cost\":-10"),
            text.replacing("\"cost\":10", with: "\"cost\":4294967306"),
            text.replacing("\"cost\":10", with: "\"cost\":10,\"memoryCost\":null"),
            text.replacing("\"cost\":10", with: "\"cost\":10,\"parallelism\":1"),
            text.replacing("\"counter\":7", with: "\"counter\":4294967296"),
            text.replacing("\"counter\":7", with: "\"counter\":-1"),
            text.replacing("\"counter\":7", with: "\"counter\":7.0"),
            text.replacing("\"counter\":7", with: "\"counter\":null"),
            text.replacing("\"counter\":7", with: "\"counter\":99999999999999999999"),
            text.replacing("\"time\":12.5", with: "\"time\":null"),
            text.replacing("\"time\":12.5", with: "\"time\":\"12\""),
            text.replacing("\"time\":12.5", with: "\"time\":012"),
            text.replacing("\"time\":12.5", with: "\"time\":.5"),
            text.replacing("\"time\":12.5", with: "\"time\":1.,\"took\":1"),
            text.replacing("\"time\":12.5", with: "\"took\":12"),
            text.replacing("0a0b0c0d0e0f\"", with: "0A0B0C0D0E0F\""),
            text.replacing("ete-2026", with: "été-2026"),
            text.replacing("\"algorithm\"", with: "\"Algorithm\""),
            text.replacing(",", with: ",,"), text.replacing(":", with: "="),
            text.replacing("}", with: ",}"),
        ]
        for text in wrong where text != made.solution() {
            #expect(verified(text) == nil, "\(text)")
        }
    }

    @Test("base64 of another form is none")
    func encodings() {
        var text = ByteBuffer(capacity: 2_048)
        // So long that padding is needed.
        (made.solution() + " ").withBytes { text.append(base64: $0) }
        let right = text.text
        #expect(verified(base64: right) != nil)
        let unpadded = String(right.prefix { $0 != "=" })
        for wrong in [
            "", unpadded == right ? right + "=" : unpadded, right + "\n", " " + right,
            right.replacing("eyJ", with: "eyJ\n"), right + right, right + "====", "%%%%",
            String(right.dropLast(8)), String(repeating: "A", count: 4_100),
        ] {
            #expect(verified(base64: wrong) == nil, "\(wrong)")
        }
    }
}
