import Bytes
import Cryptography
import Testing

@Suite("Ed25519 signatures are verified")
struct Ed25519Tests {
    /// RFC 9421, B.1.4 (test-key-ed25519) and B.2.6.
    private static let key = "26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb"
    private static let base = [
        #""date": Tue, 20 Apr 2021 02:07:55 GMT"#, #""@method": POST"#, #""@path": /foo"#,
        #""@authority": example.com"#, #""content-type": application/json"#,
        #""content-length": 18"#,
        #""@signature-params": ("date" "@method" "@path" "@authority" "content-type" "#
            + #""content-length");created=1618884473;keyid="test-key-ed25519""#,
    ].joined(separator: "\n")
    private static let signature =
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="

    private func decoded(_ text: String, hexadecimal: Bool = false) throws -> [UInt8] {
        var bytes = ByteBuffer(capacity: 64)
        let isDecoded = text.withBytes {
            hexadecimal
                ? bytes.append(decodingHexadecimal: $0) : bytes.append(decodingBase64: $0)
        }
        try #require(isDecoded)
        return bytes.bytes.array
    }

    private func verifies(_ signature: [UInt8], _ message: [UInt8], _ key: [UInt8]) -> Bool {
        signature.withBytes { signature in
            message.withBytes { message in
                key.withBytes { Ed25519PublicKey($0).verifies(signature, of: message) }
            }
        }
    }

    @Test("RFC 9421's example is verified, and whatever differs from it in one bit is not")
    func example() throws {
        let key = try decoded(Self.key, hexadecimal: true)
        let signature = try decoded(Self.signature)
        let message = Array(Self.base.utf8)
        #expect(verifies(signature, message, key))
        for place in [0, 31, 32, 63] {
            var other = signature
            other[place] ^= 1
            #expect(!verifies(other, message, key))
        }
        for place in [0, message.count - 1] {
            var other = message
            other[place] ^= 1
            #expect(!verifies(signature, other, key))
        }
        var foreign = key
        foreign[0] ^= 1
        #expect(!verifies(signature, message, foreign))
        #expect(!verifies(signature, [], key))
        #expect(!verifies(Array(signature.dropLast()), message, key))
    }

    @Test("RFC 8032's first test, of an empty message, is verified")
    func empty() throws {
        let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        let signature =
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e"
            + "39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        #expect(
            verifies(
                try decoded(signature, hexadecimal: true), [], try decoded(key, hexadecimal: true)))
    }

    @Test("a signature whose scalar is not reduced is refused: one has one text")
    func malleable() throws {
        let key = try decoded(Self.key, hexadecimal: true)
        var signature = try decoded(Self.signature)
        // s + L, little-endian (RFC 8032, 5.1.7: s must be below L).
        let order = try decoded(
            "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", hexadecimal: true)
        var carry = 0
        for index in 0..<32 {
            let sum = Int(signature[32 + index]) + Int(order[index]) + carry
            signature[32 + index] = UInt8(truncatingIfNeeded: sum)
            carry = sum >> 8
        }
        #expect(!verifies(signature, Array(Self.base.utf8), key))
    }
}
