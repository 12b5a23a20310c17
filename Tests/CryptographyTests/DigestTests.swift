import Bytes
import Testing

@testable import Cryptography

@Suite("SHA-256 and HMAC-SHA-256")
struct DigestTests {
    @Test("SHA-256 gives the digests of FIPS 180-4's examples, with one context again and again")
    func nistVectors() {
        let vectors: [(String, String)] = [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ]
        var sha = SHA256()
        for _ in 0..<2 {
            for (text, expected) in vectors {
                let message = Array(text.utf8)
                #expect(unsafe sha.digest(message.span.bytes).hexadecimal == expected)
            }
        }
    }

    @Test("parts are digested as if they lay in a row")
    func parts() {
        var sha = SHA256()
        let message = Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)
        let span = unsafe message.span.bytes
        let whole = sha.digest(span)
        let length = message.count
        for cut in 0...length {
            let front = span.extracting(0..<cut)
            let back = span.extracting(cut..<length)
            #expect(sha.digest(front, back) == whole)
            let half = back.byteCount / 2
            let digest = sha.digest(
                front, back.extracting(0..<half), back.extracting(half..<back.byteCount))
            #expect(digest == whole)
        }
    }

    @Test("a digest survives the way to bytes and back, and differs if any word does")
    func digestValue() {
        let raw = (0..<32).map { UInt8($0) }
        let digest = unsafe SHA256Digest(raw.span.bytes)
        #expect(digest.bytes.array == raw)
        #expect(digest.hexadecimal == hexadecimal(raw))
        for changed in 0..<32 {
            var other = raw
            other[changed] ^= 0x10
            #expect(unsafe SHA256Digest(other.span.bytes) != digest)
        }
    }

    @Test("HMAC-SHA-256 gives the codes of RFC 4231")
    func rfc4231() {
        let vectors: [(key: [UInt8], message: [UInt8], code: String)] = [
            (
                Array(repeating: 0x0b, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                Array(repeating: 0xaa, count: 20), Array(repeating: 0xdd, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                Array(repeating: 0xaa, count: 131),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ]
        for (key, message, code) in vectors {
            var authenticator = unsafe MessageAuthenticator(keyBytes: key.span.bytes)
            let span = unsafe message.span.bytes
            #expect(authenticator.code(of: span).hexadecimal == code)
            let front = span.extracting(0..<3)
            let back = span.extracting(3..<message.count)
            #expect(authenticator.code(of: front, back).hexadecimal == code)
        }
    }

    @Test("a code is accepted whole or cut to 16 bytes, and not with a bit changed or shorter")
    func verification() {
        var authenticator = MessageAuthenticator(key: .random())
        let message = Array("ticket 7".utf8)
        let code = unsafe authenticator.code(of: message.span.bytes).bytes.array
        for length in 0...32 {
            let cut = Array(code[..<length])
            let accepted = unsafe authenticator.verifies(
                cut.span.bytes, of: message.span.bytes)
            #expect(accepted == (length >= 16))
        }
        for bit in 0..<256 {
            var changed = code
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(unsafe !authenticator.verifies(changed.span.bytes, of: message.span.bytes))
        }
    }

    @Test("the derived key is one block of RFC 5869's expand step")
    func derivation() {
        // RFC 5869, test case 1: PRK and info give an OKM that starts with T(1).
        let pseudoRandomKey = bytes(
            "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
        let info = bytes("f0f1f2f3f4f5f6f7f8f9")
        let key = unsafe SymmetricKey(pseudoRandomKey.span.bytes)
        let derived = unsafe key.derived(label: info.span.bytes)
        #expect(
            hexadecimal(derived.bytes.array)
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf")
    }

    @Test("labels give different keys, the same label the same one")
    func labels() {
        let key = SymmetricKey.random()
        let tickets = key.derived(label: "tickets").bytes.array
        #expect(key.derived(label: "tickets").bytes.array == tickets)
        #expect(key.derived(label: "participants").bytes.array != tickets)
        #expect(key.bytes.array != tickets)
        #expect(key.copy().bytes.array == key.bytes.array)
    }
}
