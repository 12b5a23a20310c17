internal import Bytes
internal import Cryptography

/// 64 bits that stand for a TLS handshake: the first eight bytes of the SHA-256 of its JA4, the
/// least significant first. 0 stands for none.
package enum HandshakeMark {
    /// - Parameter ja4: as text.
    package static func of(_ ja4: String) -> UInt64 {
        var hasher = SHA256()
        return ja4.withBytes { hasher.digest($0) }.leadingWord
    }

    /// Whether a text is the JA4 of a TLS connection: `t`, the version, whether a server is named,
    /// two counts, a protocol; and two digests of 12 hexadecimal digits in lower case.
    package static func isJA4(_ text: String) -> Bool {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false).map { $0.utf8 }
        guard parts.count == 3, parts[0].count == 10, parts[0].first == UInt8(ascii: "t") else {
            return false
        }
        let isSummary = parts[0].allSatisfy { byte in
            byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
        }
        let areDigests = parts.dropFirst().allSatisfy { part in
            part.count == 12
                && part.allSatisfy { byte in
                    byte &- UInt8(ascii: "0") < 10 || byte &- UInt8(ascii: "a") < 6
                }
        }
        return isSummary && areDigests
    }
}
