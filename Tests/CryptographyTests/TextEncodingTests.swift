import Bytes
import Testing

@testable import Cryptography

@Suite("Hexadecimal, base64url, equality and randomness")
struct TextEncodingTests {
    func base64URL(_ raw: [UInt8]) -> String {
        var buffer = ByteBuffer(capacity: 16)
        unsafe buffer.append(base64URL: raw.span.bytes)
        return buffer.text
    }

    func decoded(_ text: String) -> [UInt8]? {
        var buffer = ByteBuffer(capacity: 16)
        let utf8 = Array(text.utf8)
        return unsafe buffer.append(decodingBase64URL: utf8.span.bytes)
            ? buffer.bytes.array : nil
    }

    @Test("base64url gives the texts of RFC 4648 section 10, without padding")
    func rfc4648() {
        let vectors = [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
        ]
        for (plain, encoded) in vectors {
            #expect(base64URL(Array(plain.utf8)) == encoded)
            #expect(decoded(encoded) == Array(plain.utf8))
        }
        #expect(base64URL([0xFB, 0xFF, 0xBF]) == "-_-_")
    }

    @Test("base64 with padding is read as it is written, and in no other way")
    func padded() {
        func read(_ text: String) -> [UInt8]? {
            var buffer = ByteBuffer(capacity: 16)
            return text.withBytes { buffer.append(decodingBase64: $0) }
                ? buffer.bytes.array : nil
        }
        for (plain, encoded) in [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ] {
            #expect(read(encoded) == Array(plain.utf8))
        }
        #expect(read("+/+/") == [0xFB, 0xFF, 0xBF])
        for text in [
            "Zg", "Zg=", "Zg===", "Zg==\n", "Zh==", "Zm9=", "-_-_", "Z===", "====", "=Zg=",
            "Zg==Zg==", "Zm 8", "Zm8=Zm9v", "é==",
        ] {
            #expect(read(text) == nil, "\(text)")
        }
    }

    @Test("every byte in every place survives")
    func everyByte() {
        for byte in UInt8.min...UInt8.max {
            for length in 1...4 {
                var raw = [UInt8](repeating: 0x5A, count: length)
                raw[length - 1] = byte
                #expect(decoded(base64URL(raw)) == raw)
            }
        }
    }

    @Test("what no encoder writes is refused, and leaves the buffer alone")
    func strictness() {
        for text in ["Z", "Zg=", "Zg==", "Zh", "Zm9", "Zm9vY", "Z m8", "Zm+v", "Zm/v", "é"] {
            #expect(decoded(text) == nil, "\(text)")
        }
        var buffer = ByteBuffer(capacity: 4)
        buffer.append(1)
        let bad = Array("Zm9vYg=".utf8)
        #expect(unsafe !buffer.append(decodingBase64URL: bad.span.bytes))
        let odd = Array("0g".utf8)
        #expect(unsafe !buffer.append(decodingHexadecimal: odd.span.bytes))
        #expect(buffer.bytes.array == [1])
    }

    @Test("equality sees every differing byte and the length")
    func equality() {
        let left = (0..<33).map { UInt8($0) }
        #expect(unsafe constantTimeEquals(left.span.bytes, left.span.bytes))
        for index in left.indices {
            var right = left
            right[index] ^= 0x80
            #expect(unsafe !constantTimeEquals(left.span.bytes, right.span.bytes))
        }
        let shorter = Array(left.dropLast())
        #expect(unsafe !constantTimeEquals(left.span.bytes, shorter.span.bytes))
        let bothEmpty = constantTimeEquals(RawSpan(), RawSpan())
        #expect(bothEmpty)
    }

    @Test("random bytes fill exactly the room, and do not repeat")
    func randomness() {
        var seen: Set<[UInt8]> = []
        for _ in 0..<100 {
            var buffer = ByteBuffer(capacity: 32)
            buffer.append(9)
            Random.append(16, to: &buffer)
            #expect(buffer.count == 17)
            #expect(buffer.bytes[0] == 9)
            seen.insert(buffer.bytes.array)
        }
        #expect(seen.count == 100)
        #expect(Random.word() != Random.word())
    }
}
