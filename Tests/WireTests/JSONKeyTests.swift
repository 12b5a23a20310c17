import Bytes
import Testing

@testable import Wire

/// Keys that are there twice are found in objects of every size, and in linear work.
@Suite struct JSONKeyTests {
    @Test func aRepeatedKeyIsFoundAtEveryPairOfPlaces() {
        for count in [2, 3, 15, 16, 17, 18, 19, 40] {
            let keys = (0..<count).map { "key-number-\($0)" }
            #expect(jsonFailure(object(keys)) == nil)
            for first in 0..<(count - 1) {
                for second in (first + 1)..<count {
                    var keys = keys
                    keys[second] = "\\u006b" + keys[first].dropFirst()
                    #expect(
                        jsonFailure(object(keys)) == .duplicateKey, "\(count) \(first) \(second)")
                }
            }
        }
    }

    @Test func nestedLargeObjectsDoNotMixTheirKeys() {
        let inner = object((0..<30).map { "k\($0)" })
        let members = (0..<30).map { "\"k\($0)\":\(inner)" }
        let text = "{" + members.joined(separator: ",") + "}"
        #expect(jsonFailure(text) == nil)
        #expect(jsonFailure("[\(text),\(text)]") == nil)
        #expect(jsonFailure("{" + members.joined(separator: ",") + ",\"k3\":1}") == .duplicateKey)
        let bad = text.replacing("\"k29\":1}", with: "\"k29\":1,\"\\u006b5\":1}")
        #expect(jsonFailure(bad) == .duplicateKey)
    }

    @Test func workGrowsAsTheTextDoes() {
        for count in [2000, 4000, 8000, 32_000] {
            let shapes = [
                object((0..<count).map { "\($0)" }),
                object((0..<count).map { "\\u0061\($0)" }),
                "["
                    + (0..<(count / 20)).map { _ in object((0..<20).map { "\($0)" }) }
                    .joined(separator: ",") + "]",
            ]
            for text in shapes {
                let bytes = Array(text.utf8)
                var document = JSONDocument(nodeCapacity: 64)
                #expect(unsafe document.parse(bytes.span.bytes) == nil)
                // 16 comparisons a key at most while one by one, then a few slots a key.
                #expect(document.keys.work <= count * 16, "\(document.keys.work) for \(count)")
                let second = document.keys.work
                #expect(unsafe document.parse(bytes.span.bytes) == nil)
                #expect(document.keys.work - second <= count * 16)
            }
        }
    }

    @Test func theHashIsTheOneThatItsAuthorsPublished() {
        // SipHash-1-3 of no byte, and of the byte 0, under the key 0...15; then bytes and words
        // must come to the same.
        let key = SipHash.Key(first: 0x0706_0504_0302_0100, second: 0x0F0E_0D0C_0B0A_0908)
        var empty = SipHash(key)
        #expect(empty.finish() == 0xABAC_0158_050F_C4DC)
        var zero = SipHash(key)
        zero.append(0)
        #expect(zero.finish() == 0xC9F4_9BF3_7D57_CA93)
        for offset in 0..<9 {
            var bytewise = SipHash(key)
            var wordwise = SipHash(key)
            for byte in 0..<UInt8(offset) {
                bytewise.append(byte)
                wordwise.append(byte)
            }
            for byte in UInt8(8)..<16 { bytewise.append(byte) }
            wordwise.append(word: 0x0F0E_0D0C_0B0A_0908)
            let first = bytewise.finish()
            #expect(first == wordwise.finish())
        }
    }

    @Test func keysHashDecoded() {
        let bytes = Array(#"["a\u0062\n","\u0061b\u000a","abc"]"#.utf8)
        let raw = unsafe bytes.span.bytes
        var document = JSONDocument(nodeCapacity: 8)
        #expect(document.parse(raw) == nil)
        let key = SipHash.Key.random
        let hashes = (1...3).map {
            JSONString.hash(document.node($0), object: 0, in: raw, key)
        }
        #expect(hashes[0] == hashes[1] && hashes[0] != hashes[2])
        #expect(hashes[0] != JSONString.hash(document.node(1), object: 1, in: raw, key))
    }

    private func object(_ keys: [String]) -> String {
        "{" + keys.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
    }
}
