import Bytes
import Foundation
import TestSupport
import Testing

@testable import Wire

@Suite struct JSONDocumentTests {
    @Test func theTapeIsAsItsPictureHasIt() {
        let bytes = Array(#"{"a":[1,2],"b":null}"#.utf8)
        var document = JSONDocument(nodeCapacity: 1)
        #expect(unsafe document.parse(bytes.span.bytes) == nil)
        let kinds = (0..<document.nodeCount).map { document.node($0).kind }
        #expect(kinds == [.object, .string, .array, .number, .number, .string, .null])
        #expect((0..<7).map { document.node($0).next } == [7, 2, 5, 4, 5, 6, 7])
        #expect(document.node(2).range == ByteRange(5..<10))
        #expect(MemoryLayout<JSONNode>.size <= 16)
    }

    @Test func valuesAreFoundComparedAndDecoded() {
        let bytes = Array(
            #"{"\u0070articipant":"J\u00e9r\u00F4me \ud83d\ude00\n","n":-42,"x":1.5,"big":1e999}"#
                .utf8)
        let raw = unsafe bytes.span.bytes
        var document = JSONDocument(nodeCapacity: 16)
        #expect(document.parse(raw) == nil)
        let index = document.member("participant", of: 0, in: raw) ?? 0
        let node = document.node(index)
        #expect(node.hasEscapes && node.kind == .string)
        #expect(document.text(node, from: raw) == "Jérôme 😀\n")
        #expect(document.decodedByteCount(node, from: raw) == 14)
        let texts: [StaticString] = ["Jérôme 😀\n", "Jérôme 😀", "Jérôme 😀\n!", "participant"]
        let matches = texts.map { document.string(node, equals: $0, in: raw) }
        #expect(matches == [true, false, false, false])
        let isObjectEqual = document.string(document.node(0), equals: "", in: raw)
        #expect(!isObjectEqual)
        var buffer = ByteBuffer(capacity: 1)
        document.appendDecoded(node, from: raw, to: &buffer)
        #expect(buffer.text == "Jérôme 😀\n")
        func number(_ name: StaticString) -> JSONNode {
            document.node(document.member(name, of: 0, in: raw) ?? 0)
        }
        #expect(document.integer(number("n"), from: raw) == -42)
        #expect(document.double(number("n"), from: raw) == -42)
        #expect(document.integer(number("x"), from: raw) == nil)
        #expect(document.double(number("x"), from: raw) == 1.5)
        #expect(document.double(number("big"), from: raw) == nil)
        #expect(document.member("y", of: 0, in: raw) == nil)
        #expect(document.member("y", of: index, in: raw) == nil)
    }

    @Test func integersFitOrAreNone() {
        let texts = [
            "0", "-0", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
            "-9223372036854775809", "99999999999999999999999", "1e2", "1.0",
        ]
        for text in texts {
            let bytes = Array(text.utf8)
            var document = JSONDocument(nodeCapacity: 1)
            #expect(unsafe document.parse(bytes.span.bytes) == nil)
            let value = unsafe document.integer(document.node(0), from: bytes.span.bytes)
            #expect(value == Int(text), "\(text)")
        }
    }

    @Test func aFailureSaysWhereAndEmptiesTheDocument() {
        let cases: [(String, Int)] = [
            ("[1,x]", 3), ("{\"a\":1,\"a\":2}", 8), ("\"ab\\q\"", 4), ("[1] 2", 4), ("[", 1),
            ("\"\\uD800\"", 1), ("tRue", 1), ("\u{FEFF}", 0),
        ]
        var document = JSONDocument(nodeCapacity: 4)
        for (text, offset) in cases {
            let bytes = Array(text.utf8)
            #expect(unsafe document.parse(bytes.span.bytes)?.offset == offset, "\(text)")
            #expect(document.nodeCount == 0)
            let good = Array("[1]".utf8)
            #expect(unsafe document.parse(good.span.bytes) == nil)
            #expect(document.nodeCount == 2)
        }
    }

    @Test func mutatedDocumentsAreReadAsThePlainModelReadsThem() {
        let seed: UInt64 = 0x5EED_0002
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0061", "\\ud83d\\ude00", "\\udc00", "0",
            "-", ".", "e5", "true", "null", " ", "\n", "é", "😀", "\u{FEFF}", "\"a\":1,", "{\"a\":",
        ].map { Array($0.utf8) }
        // One document for all: what it remembers of one text must not show in the next.
        var document = JSONDocument(nodeCapacity: 4)
        var accepted = 0
        for round in 0..<20_000 {
            var bytes = Array(randomJSON(depth: 3, &random).utf8)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let at = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0 where at < bytes.count:
                    bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1 where at < bytes.count: bytes.remove(at: at)
                default:
                    let piece = pieces[Int.random(in: 0..<pieces.count, using: &random)]
                    bytes.insert(contentsOf: piece, at: at)
                }
            }
            let read = ParsedJSON.read(bytes, &document)
            if read != nil { accepted += 1 }
            let isSame = read == JSONModel.read(bytes)
            #expect(isSame, "seed \(seed) round \(round) \(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(accepted > 5000 && accepted < 19_000, "\(accepted)")
    }

    @Test func whatIsAcceptedFoundationReadsToo() throws {
        var random = SeededGenerator(seed: 0x5EED_0003)
        for _ in 0..<500 {
            let text = randomJSON(depth: 4, &random)
            guard jsonFailure(Array(text.utf8)) == nil else { continue }
            let object = try JSONSerialization.jsonObject(
                with: Data(text.utf8), options: [.fragmentsAllowed])
            let again = try JSONSerialization.data(
                withJSONObject: object, options: [.fragmentsAllowed])
            #expect(jsonFailure(Array(again)) == nil)
        }
    }

    private func randomJSON(depth: Int, _ random: inout SeededGenerator) -> String {
        let strings = ["a", "b", "\\u0061", "", "é", "\\n", "longer than eight bytes", "😀", "\\/"]
        func string(_ random: inout SeededGenerator) -> String {
            "\"" + strings[Int.random(in: 0..<strings.count, using: &random)]
                + strings[Int.random(in: 0..<strings.count, using: &random)] + "\""
        }
        let count = Int.random(in: 0...4, using: &random)
        switch Int.random(in: 0..<(depth > 0 ? 10 : 5), using: &random) {
        case 0: return ["true", "false", "null"][count % 3]
        case 1, 2: return string(&random)
        case 3: return ["0", "-1", "1.5", "2e3", "-0.5E-7"][count]
        case 4: return "\(UInt64.random(in: 0...(.max), using: &random))"
        case 5, 6:
            let elements = (0..<count).map { _ in randomJSON(depth: depth - 1, &random) }
            return "[" + elements.joined(separator: ", ") + "]"
        default:
            let members = (0..<count).map { _ in
                string(&random) + ":" + randomJSON(depth: depth - 1, &random)
            }
            return "{" + members.joined(separator: ",") + "}"
        }
    }
}
