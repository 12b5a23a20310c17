internal import Bytes
internal import Cryptography

/// Secrets and names that the gateway hands out.
enum Token {
    /// 192 random bits, readable in a URL, behind a prefix that says what it is.
    static func secret(prefix: String) -> String {
        var random = ByteBuffer(capacity: 24)
        Random.append(24, to: &random)
        var text = ByteBuffer(capacity: 48)
        text.append(prefix)
        text.append(base64URL: random.bytes)
        return text.text
    }

    /// 64 random bits as an identifier.
    static func identifier(prefix: String) -> String {
        var random = ByteBuffer(capacity: 8)
        Random.append(8, to: &random)
        var text = ByteBuffer(capacity: 24)
        text.append(prefix)
        text.append(UInt8(ascii: "-"))
        text.append(hexadecimal: random.bytes)
        return text.text
    }

    static func digest(of secret: String) -> SHA256Digest {
        var digester = SHA256()
        return secret.withBytes { digester.digest($0) }
    }
}
