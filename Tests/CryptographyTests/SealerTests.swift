import Bytes
import Testing

@testable import Cryptography

@Suite("Sealed messages")
struct SealerTests {
    func key(_ fill: UInt8) -> SealingKey {
        let raw = [UInt8](repeating: fill, count: 32)
        return unsafe SealingKey(SymmetricKey(raw.span.bytes))
    }

    @Test("opening gives the parts back, for every small length of both, in one buffer")
    func roundTrip() throws {
        var sealer = Sealer()
        var opener = Opener()
        let key = key(7)
        let text = (0..<40).map { UInt8($0) }
        let additional = Array("operation".utf8)
        for firstLength in 0..<40 {
            for secondLength in stride(from: 0, to: 40, by: 3) {
                let first = Array(text[..<firstLength])
                let second = Array(text[..<secondLength])
                var sealed = ByteBuffer(capacity: 16)
                sealed.append(0xEE)
                let length = unsafe sealer.seal(
                    first.span.bytes, second.span.bytes, key: key,
                    additional: additional.span.bytes, into: &sealed)
                #expect(length == firstLength + secondLength + SealedFormat.overheadBytes)
                #expect(sealed.count == 1 + length)
                var opened = ByteBuffer(capacity: 1)
                opened.append(0xDD)
                let parts = try unsafe opener.open(
                    sealed.bytes.extracting(1..<sealed.count), key: key,
                    additional: additional.span.bytes, into: &opened)
                #expect(opened.bytes.extracting(parts.first).array == first)
                #expect(opened.bytes.extracting(parts.second).array == second)
                #expect(opened.bytes[0] == 0xDD)
            }
        }
    }

    @Test("AES-256-GCM is the one of the GCM specification: test case 16, by OpenSSL's shim")
    func gcmVector() {
        // The specification's test case 16 has a nonce of its own: called below the Sealer.
        let key = bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
        let nonce = bytes("cafebabefacedbaddecaf888")
        let additional = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2")
        let plaintext = bytes(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
        let expected =
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
            + "76fc6ece0f4e1768cddf8853bb2d551b"
        for cut in [0, 1, 16, 17, 60] {
            let sealed = sealedByShim(
                Array(plaintext[..<cut]), Array(plaintext[cut...]), key: key, nonce: nonce,
                additional: additional)
            #expect(hexadecimal(sealed) == expected)
        }
    }

    @Test("any bit changed, any byte missing, another key or other additional data: refused")
    func tampering() throws {
        var sealer = Sealer()
        var opener = Opener()
        let right = key(1)
        let first = Array("p".utf8)
        let second = Array("fields".utf8)
        let additional = Array("op".utf8)
        let other = Array("oq".utf8)
        var sealed = ByteBuffer(capacity: 64)
        unsafe sealer.seal(
            first.span.bytes, second.span.bytes, key: right, additional: additional.span.bytes,
            into: &sealed)
        let message = sealed.bytes.array
        func error(
            _ message: [UInt8], _ opener: inout Opener, key: SealingKey, additional: [UInt8]
        ) -> OpenError? {
            var opened = ByteBuffer(capacity: 64)
            do {
                _ = try unsafe opener.open(
                    message.span.bytes, key: key, additional: additional.span.bytes,
                    into: &opened)
                return nil
            } catch {
                #expect(opened.count == 0)
                return error
            }
        }
        for bit in 0..<(message.count * 8) {
            var changed = message
            changed[bit / 8] ^= 1 << (bit % 8)
            let result = error(changed, &opener, key: right, additional: additional)
            #expect(result == .notAuthentic)
        }
        for length in 0..<message.count {
            let cut = Array(message[..<length])
            let result = error(cut, &opener, key: right, additional: additional)
            #expect(result == (length < 30 ? .wrongLength : .notAuthentic))
        }
        #expect(error(message, &opener, key: key(2), additional: additional) == .notAuthentic)
        #expect(error(message, &opener, key: right, additional: other) == .notAuthentic)
        #expect(error(message, &opener, key: right, additional: additional) == nil)
    }

    @Test("keys that alternate, and a forgotten schedule, change nothing but the time")
    func keySchedule() throws {
        var sealer = Sealer()
        var opener = Opener()
        let keys = [key(1), key(2), key(1)]
        let text = Array("hello".utf8)
        for round in 0..<30 {
            let key = keys[(round * 7) % 3]
            if round % 5 == 4 { sealer.forgetKey() }
            var sealed = ByteBuffer(capacity: 64)
            unsafe sealer.seal(
                text.span.bytes, RawSpan(), key: key, additional: RawSpan(), into: &sealed)
            var opened = ByteBuffer(capacity: 64)
            let parts = try opener.open(
                sealed.bytes, key: key, additional: RawSpan(), into: &opened)
            #expect(opened.bytes.extracting(parts.first).array == text)
        }
    }

    @Test("no nonce comes twice, also when the counter starts again")
    func nonces() {
        var sealer = Sealer()
        sealer.setNonceCounter(.max - 2)
        let key = key(3)
        var nonces: Set<[UInt8]> = []
        var prefixes: Set<[UInt8]> = []
        for _ in 0..<6 {
            var sealed = ByteBuffer(capacity: 64)
            sealer.seal(RawSpan(), RawSpan(), key: key, additional: RawSpan(), into: &sealed)
            nonces.insert(Array(sealed.bytes.array[..<12]))
            prefixes.insert(Array(sealed.bytes.array[..<8]))
        }
        #expect(nonces.count == 6)
        #expect(prefixes.count == 2)
    }
}
