import Bytes
import Cryptography
import Robots
import TLSClient

@testable import Gateway

/// An entry that a robot signs as RFC 9421, RFC 9530 and the drafts of webbotauth have it; a test
/// changes what it likes.
struct SignedEntry {
    /// RFC 9421, B.1.4: test-key-ed25519.
    static let x = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"
    static let keyID = "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U"
    private static let seed = "n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU"

    let operation: TestOperation
    let body: String
    /// Seconds since 1970.
    var created: Int64?
    var expires: Int64?
    var host = "a"
    /// As the field is sent; nil where it is not.
    var agent: String? = #""https://agent.example""#
    /// As they are written in the list.
    var components = [
        #""@method""#, #""@authority""#, #""@path""#, #""content-digest""#, #""signature-agent""#,
    ]
    var keyID = Self.keyID
    var algorithm: String?
    var tag = "web-bot-auth"
    var nonce = "1"
    var idempotencyKey: String?
    /// What the digest is of; nil for the body.
    var digested: String?
    /// Whether other bytes than the base's are signed.
    var isForged = false
    /// Header lines, each with its end.
    var more = ""

    init(
        _ participant: String, to operation: TestOperation, at seconds: Int64,
        nonce: String = "1"
    ) {
        self.operation = operation
        body = "{\"participant\":\"\(participant)\"}"
        created = seconds
        expires = seconds + 60
        self.nonce = nonce
    }

    /// The shipped rules, and the key of the robot `Agent`.
    static func ruleset(authority: String = "a", robot: String = "Agent") throws -> Ruleset {
        let key =
            #"{"robot":"\#(robot)","agent":"https://agent.example","#
            + #""x":"\#(x)","keyid":"\#(keyID)"}"#
        let shipped = Ruleset.shippedJSON
        let end = shipped.lastIndex(of: "}") ?? shipped.endIndex
        let robots = ", \"robots\": {\"authorities\": [\"\(authority)\"], \"keys\": [\(key)]}}"
        return try Ruleset(Array((shipped[..<end] + robots).utf8))
    }

    private var digest: String {
        var hasher = SHA256()
        let digest = (digested ?? body).withBytes { hasher.digest($0) }
        return "sha-256=:" + base64(digest.bytes.array) + ":"
    }

    private var path: String { "/v1/operations/\(operation.name)/entries" }

    /// The list with its parameters.
    private var parameters: String {
        var text = "(" + components.joined(separator: " ") + ")"
        if let created { text += ";created=\(created)" }
        if let expires { text += ";expires=\(expires)" }
        if let algorithm { text += ";alg=\"\(algorithm)\"" }
        return text + ";keyid=\"\(keyID)\";nonce=\"\(nonce)\";tag=\"\(tag)\""
    }

    private func value(_ component: String) -> String {
        switch component {
        case #""@method""#: "POST"
        case #""@authority""#: host
        case #""@path""#: path
        case #""@target-uri""#: "http://" + host + path
        case #""content-digest""#: digest
        case #""signature-agent""#: agent ?? ""
        case #""signature-agent";key="own""#: #""https://agent.example""#
        case #""idempotency-key""#: idempotencyKey ?? ""
        default: ""
        }
    }

    /// The request.
    func request() throws -> String {
        let lines = components.map { $0 + ": " + value($0) }
        var base = (lines + [#""@signature-params": "# + parameters]).joined(separator: "\n")
        if isForged { base += "." }
        var seed = ByteBuffer(capacity: 32)
        _ = Self.seed.withBytes { seed.append(decodingBase64URL: $0) }
        let signer = Ed25519Signer(seed: seed.bytes.array)
        let signature = base64(try signer.signature(of: Array(base.utf8)))
        var fields = "Content-Digest: \(digest)\r\nSignature-Input: own=\(parameters)\r\n"
        fields += "Signature: own=:\(signature):\r\n"
        if let agent { fields += "Signature-Agent: \(agent)\r\n" }
        if let idempotencyKey { fields += "Idempotency-Key: \(idempotencyKey)\r\n" }
        let plain = operation.request(body, fields: fields + more)
        return plain.replacing("Host: a\r\n", with: "Host: \(host)\r\n", maxReplacements: 1)
    }

    private func base64(_ bytes: [UInt8]) -> String {
        var text = ByteBuffer(capacity: 128)
        bytes.withBytes { text.append(base64: $0) }
        return text.text
    }
}
