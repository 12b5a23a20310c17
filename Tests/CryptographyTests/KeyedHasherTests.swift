import Bytes
import Testing

@testable import Cryptography

@Suite("SipHash-2-4 with 128 bits")
struct KeyedHasherTests {
    /// From the reference implementation's `vectors.h` (`vectors_sip128`): the hash of the bytes
    /// 0, 1, 2, … of that many under the key 00 01 … 0f. The domain is the first byte, so it is
    /// the vector's leading 0.
    static let vectors: [(length: Int, hash: String)] = [
        (1, "da87c1d86b99af44347659119b22fc45"),
        (2, "8177228da4a45dc7fca38bdef60affe4"),
        (3, "9c70b60c5267a94e5f33b6b02985ed51"),
        (4, "f88164c12d9c8faf7d0f6e7c7bcd5579"),
        (5, "1368875980776f8854527a07690e9627"),
        (6, "14eeca338b208613485ea0308fd7a15e"),
        (7, "a1f1ebbed8dbc153c0b84aa61ff08239"),
        (8, "3b62a9ba6258f5610f83e264f31497b4"),
        (9, "264499060ad9baabc47f8b02bb6d71ed"),
        (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
    ]

    @Test("gives the published hashes", arguments: vectors)
    func published(length: Int, hash: String) {
        let key = (0..<16).map { UInt8($0) }
        let message = (1..<max(length, 1)).map { UInt8($0) }
        var hasher = KeyedHasher()
        let sipKey = unsafe SipKey(key.span.bytes)
        for _ in 0..<2 {
            let result = unsafe hasher.hash(message.span.bytes, key: sipKey, domain: 0)
            var output = ByteBuffer(capacity: 16)
            output.append(littleEndian: result.low)
            output.append(littleEndian: result.high)
            #expect(hexadecimal(output.bytes.array) == hash)
        }
    }

    private func randomBytes(_ count: Int) -> [UInt8] {
        var buffer = ByteBuffer(capacity: count)
        Random.append(count, to: &buffer)
        return buffer.bytes.array
    }

    @Test("gives what OpenSSL gives, for every length")
    func secondOpinion() throws {
        var hasher = KeyedHasher()
        for length in 0..<300 {
            let key = randomBytes(16)
            let message = randomBytes(length)
            let domain = UInt8(truncatingIfNeeded: length)
            let hash = unsafe hasher.hash(
                message.span.bytes, key: SipKey(key.span.bytes), domain: domain)
            var output = ByteBuffer(capacity: 16)
            output.append(littleEndian: hash.low)
            output.append(littleEndian: hash.high)
            let expected = try #require(openSSLSipHash([domain] + message, key: key))
            #expect(output.bytes.array == expected, "length \(length), key \(key)")
        }
    }

    @Test("domain, key and every byte matter")
    func separation() {
        var hasher = KeyedHasher()
        let key = SipKey(SymmetricKey.random())
        let message = Array("participant@example.org".utf8)
        var seen: Set<KeyedHash128> = []
        seen.insert(unsafe hasher.hash(message.span.bytes, key: key, domain: 1))
        seen.insert(unsafe hasher.hash(message.span.bytes, key: key, domain: 2))
        let other = SipKey(SymmetricKey.random())
        seen.insert(unsafe hasher.hash(message.span.bytes, key: other, domain: 1))
        for index in message.indices {
            var changed = message
            changed[index] ^= 1
            seen.insert(unsafe hasher.hash(changed.span.bytes, key: key, domain: 1))
        }
        #expect(seen.count == 3 + message.count)
        let again = unsafe hasher.hash(message.span.bytes, key: key, domain: 1)
        #expect(seen.contains(again))
    }
}
