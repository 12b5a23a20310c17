import Bytes
import Testing

@testable import Cryptography

@Suite("Sealed messages")
struct SealerTests {
    func key(_ fill: UInt8) -> [UInt8] { [UInt8](repeating: fill, count: 32) }

    @Test("opening gives the parts back, for every small length of both, in one buffer")
    func roundTrip() throws {
        var sealer = Sealer()
        var opener = Opener()
        let text = (0..<40).map { UInt8($0) }
        for firstLength in 0..<40 {
            for secondLength in stride(from: 0, to: 40, by: 3) {
                let key = key(UInt8(firstLength))
                let first = Array(text[..<firstLength])
                let second = Array(text[..<secondLength])
                var sealed = ByteBuffer(capacity: 16)
                sealed.append(0xEE)
                let length = unsafe sealer.seal(
                    first.span.bytes, second.span.bytes, key: key.span.bytes, into: &sealed)
                #expect(length == firstLength + secondLength + SealedFormat.overheadBytes)
                #expect(sealed.count == 1 + length)
                var opened = ByteBuffer(capacity: 1)
                opened.append(0xDD)
                let parts = try unsafe opener.open(
                    sealed.bytes.extracting(1..<sealed.count), key: key.span.bytes, into: &opened)
                #expect(opened.bytes.extracting(parts.first).array == first)
                #expect(opened.bytes.extracting(parts.second).array == second)
                #expect(opened.bytes[0] == 0xDD)
            }
        }
    }

    @Test("a message is the documented text under a nonce of zeros, and its tag")
    func layout() {
        var sealer = Sealer()
        var sealed = ByteBuffer(capacity: 64)
        let (first, second) = (Array("anna".utf8), Array("{}".utf8))
        unsafe sealer.seal(
            first.span.bytes, second.span.bytes, key: key(9).span.bytes, into: &sealed)
        let expected = sealedByShim(
            [4, 0] + first + second, [], key: key(9), nonce: [UInt8](repeating: 0, count: 12),
            additional: [])
        #expect(sealed.bytes.array == expected)
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

    @Test("any bit changed, any byte missing, another key: refused")
    func tampering() throws {
        var sealer = Sealer()
        var opener = Opener()
        let first = Array("p".utf8)
        let second = Array("fields".utf8)
        var sealed = ByteBuffer(capacity: 64)
        unsafe sealer.seal(
            first.span.bytes, second.span.bytes, key: key(1).span.bytes, into: &sealed)
        let message = sealed.bytes.array
        func error(_ message: [UInt8], _ opener: inout Opener, key: [UInt8]) -> OpenError? {
            var opened = ByteBuffer(capacity: 64)
            do {
                _ = try unsafe opener.open(
                    message.span.bytes, key: key.span.bytes, into: &opened)
                return nil
            } catch {
                #expect(opened.count == 0)
                return error
            }
        }
        for bit in 0..<(message.count * 8) {
            var changed = message
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(error(changed, &opener, key: key(1)) == .notAuthentic)
        }
        for length in 0..<message.count {
            let cut = Array(message[..<length])
            let result = error(cut, &opener, key: key(1))
            #expect(result == (length < 18 ? .wrongLength : .notAuthentic))
        }
        #expect(error(message, &opener, key: key(2)) == .notAuthentic)
        #expect(error(message, &opener, key: key(1)) == nil)
    }
}

@Suite("Wrapped secrets")
struct KeyWrapperTests {
    private func wrapper(_ fill: UInt8) -> KeyWrapper {
        let key = [UInt8](repeating: fill, count: 32)
        return unsafe KeyWrapper(SymmetricKey(key.span.bytes))
    }

    @Test("come back under the same key and id only, and no nonce comes twice")
    func roundTrip() throws {
        var wrapper = wrapper(3)
        var other = self.wrapper(4)
        let (id, otherID) = (Array("d-1".utf8), Array("d-2".utf8))
        var nonces: Set<[UInt8]> = []
        for length in 0..<70 {
            let secret = [UInt8](repeating: 7, count: length)
            var wrapped = ByteBuffer(capacity: 128)
            unsafe wrapper.wrap(
                secret.span.bytes, additional: id.span.bytes, into: &wrapped)
            #expect(wrapped.count == length + KeyWrapper.overheadBytes)
            nonces.insert(Array(wrapped.bytes.array[..<KeyWrapper.nonceBytes]))
            let unwrapped = try unsafe wrapper.unwrap(
                wrapped.bytes, additional: id.span.bytes)
            #expect(unwrapped.bytes.array == secret)
            #expect(throws: OpenError.notAuthentic) {
                _ = try unsafe wrapper.unwrap(wrapped.bytes, additional: otherID.span.bytes)
            }
            #expect(throws: OpenError.notAuthentic) {
                _ = try unsafe other.unwrap(wrapped.bytes, additional: id.span.bytes)
            }
        }
        #expect(nonces.count == 70)
    }
}
