import Bytes
import Cryptography
import Foundation
import Testing

/// A challenge as a front end got it, and what it does with it.
struct TestChallenge {
    let parameters: [String: Any]
    let signature: String

    init(_ answer: Answer) throws {
        try #require(answer.status == 200, "\(answer)")
        try #require(Set(answer.object.keys) == ["parameters", "signature"], "\(answer)")
        parameters = try #require(answer.object["parameters"] as? [String: Any])
        signature = try #require(answer.object["signature"] as? String)
    }

    /// - Parameter challenge: from the answer to an entry.
    init(challenged challenge: [String: Any]) throws {
        parameters = try #require(challenge["parameters"] as? [String: Any])
        signature = try #require(challenge["signature"] as? String)
    }

    /// Gets one from a gateway; waits while none is made yet.
    /// - Parameter key: that it is for; nil for any of the operation.
    init(
        of operation: TestOperation, for key: String?, from gateway: TestGateway
    ) throws {
        var answer: Answer
        repeat {
            answer = try gateway.connect().exchange(operation.challengeRequest(key: key))
        } while answer.status == 503
        try self.init(answer)
    }

    /// One attempt after the other, as a front end does.
    func solve() throws -> (counter: UInt32, key: String) {
        let nonce = try bytes(of: "nonce")
        let salt = try bytes(of: "salt")
        let cost = try #require(parameters["cost"] as? Int)
        let prefix = try #require(parameters["keyPrefix"] as? String)
        for counter in UInt32(0)..<100_000 {
            let password = nonce + [24, 16, 8, 0].map { UInt8(counter >> $0 & 0xFF) }
            let key = password.withBytes { password in
                salt.withBytes {
                    PBKDF2.key(password: password, salt: $0, iterations: cost).hexadecimal
                }
            }
            if key.hasPrefix(prefix) { return (counter, key) }
        }
        throw WireClient.Ending.malformed("no solution of \(parameters)")
    }

    private func bytes(of name: String) throws -> [UInt8] {
        let text = try #require(parameters[name] as? String)
        var buffer = ByteBuffer(capacity: 16)
        let isHexadecimal = text.withBytes { buffer.append(decodingHexadecimal: $0) }
        try #require(isHexadecimal && buffer.count == 16, "\(name): \(text)")
        return buffer.bytes.array
    }

    /// The solution as JSON.
    func solution(
        _ changes: [String: Any] = [:], options: JSONSerialization.WritingOptions = []
    ) throws -> String {
        let solved = try solve()
        let payload: [String: Any] = [
            "challenge": [
                "parameters": parameters.merging(changes) { $1 }, "signature": signature,
            ],
            "solution": ["counter": Int(solved.counter), "derivedKey": solved.key, "time": 12.5],
        ]
        let json = try JSONSerialization.data(withJSONObject: payload, options: options)
        return String(decoding: json, as: UTF8.self)
    }

    /// As an entry has it.
    func altcha(_ changes: [String: Any] = [:]) throws -> String {
        Self.base64(try solution(changes))
    }

    static func base64(_ json: String) -> String { Data(json.utf8).base64EncodedString() }

    /// The same solution in twelve spellings, base64 each.
    func spellings() throws -> [String] {
        let plain = try solution(options: [.sortedKeys, .withoutEscapingSlashes])
        let solved = try solve()
        return [
            plain, try solution(options: .sortedKeys),
            try solution(options: [.prettyPrinted, .sortedKeys]), " " + plain + "\n",
            plain.replacing(":", with: " : "),
            plain.replacing("\"nonce\"", with: #""\u006e\u006Fnce""#),
            plain.replacing("\"counter\":\(solved.counter)", with: "\"counter\":0"),
            plain.replacing("\"counter\":\(solved.counter)", with: "\"counter\":4294967295"),
            plain.replacing(",\"time\":12.5", with: ""),
            plain.replacing("\"time\":12.5", with: "\"time\":1e+3"),
            plain.replacing(solved.key, with: solved.key.uppercased()),
            plain.replacing("PBKDF2/SHA-256", with: #"PBKDF2\/SHA\u002d256"#),
        ].map(Self.base64)
    }
}

extension TestOperation {
    /// - Parameter sender: its `User-Agent`; nil for none.
    func challengeRequest(
        key: String?, sender: String? = EntrySender.browser
    ) -> String {
        let authorization = key.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let agent = sender.map { "User-Agent: \($0)\r\n" } ?? ""
        return "GET /v1/operations/\(name)/challenge HTTP/1.1\r\nHost: a\r\n\(agent)"
            + "\(authorization)\r\n"
    }

    /// The entry of a page in a browser that names no language: it is suspect, and asked for the
    /// usual work.
    func entry(_ participant: String, altcha: String, fields: String = "") -> String {
        EntrySender.page(
            "{\"participant\":\"\(participant)\",\"altcha\":\"\(altcha)\"}", to: self,
            fields: fields
        ).replacing("Accept-Language: en-US,en;q=0.9\r\n", with: "")
    }
}
