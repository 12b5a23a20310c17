internal import Bytes
package import Cryptography

/// A robot that signs its requests (RFC 9421, IETF webbotauth), by one key that the operator has
/// pinned in the ruleset. An operation that names it lets it in, and counts it as a robot (C6).
package struct PinnedRobot: Equatable, Sendable {
    /// What operations name it by; a robot has as many entries as keys.
    package let name: String
    /// What it sends as `Signature-Agent`: where its directory of keys is. Never fetched.
    package let agent: String
    package let key: Ed25519PublicKey
    /// The key's JWK thumbprint (RFC 7638, 8037), as signatures name it: 43 characters.
    package let keyID: String

    /// The rule that stands in the evidence of its entries.
    package static var rule: String { "allowed-robot" }
    package static var says: String {
        "It is signed with the key of a robot that the operation lets in."
    }
    /// In thousandths; whatever else is found takes no such entry below a bound (50,000 at most).
    package static var weight: Int32 { 500_000 }

    /// The thumbprint of a key: base64url of the SHA-256 of its JWK in canonical form.
    static func thumbprint(of x: String) -> String {
        var hasher = SHA256()
        let digest = "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"\(x)\"}".withBytes {
            hasher.digest($0)
        }
        var text = ByteBuffer(capacity: 43)
        text.append(base64URL: digest.bytes)
        return text.text
    }
}
