import Bytes
import TestSupport
import Testing

@testable import Wire

@Suite struct JSONWritingTests {
    @Test func everyScalarComesBackAsItWas() {
        var text = ""
        for value in UInt32(0)...0x2100 { text.unicodeScalars.append(Unicode.Scalar(value) ?? "?") }
        text += "\u{2028}\u{FFFF}😀\u{10FFFF}"
        var document = JSONDocument(nodeCapacity: 1)
        let read = ParsedJSON.read(written { $0.append(jsonString: text) }, &document)
        #expect(read == .string(text))
    }

    @Test func whatIsNotUTF8BecomesReplacements() {
        let seed: UInt64 = 0x5EED_0005
        var random = SeededGenerator(seed: seed)
        var document = JSONDocument(nodeCapacity: 1)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let output = written { unsafe $0.append(jsonString: bytes.span.bytes) }
            let read = ParsedJSON.read(output, &document)
            guard case .string(let text) = read else {
                Issue.record("seed \(seed): \(bytes) became \(output)")
                continue
            }
            if let valid = String(validating: bytes, as: UTF8.self) {
                #expect(Array(text.utf8) == Array(valid.utf8))
            } else {
                #expect(text.unicodeScalars.contains("\u{FFFD}"))
            }
        }
    }

    @Test func theFormsAreTheShortOnes() {
        #expect(
            text { $0.append(jsonString: "a\"\\\n\r\t\u{1}\u{1F}\u{7F}/é" as String) }
                == #""a\"\\\n\r\t\u0001\u001f"# + "\u{7F}/é\"")
        #expect(text { $0.append(jsonString: "" as StaticString) } == "\"\"")
        #expect(text { $0.append(jsonString: "say \"hi\"" as StaticString) } == #""say \"hi\"""#)
    }

    @Test func numbersAreWrittenSoThatTheyReadBack() {
        for value in [0, 1, -1, 42, Int.max, Int.min] {
            #expect(text { $0.append(json: value) } == String(value))
        }
        let doubles: [(Double, String)] = [
            (0, "0"), (-0.0, "0"), (5, "5"), (-2, "-2"), (0.1, "0.1"), (1e300, "1e+300"),
            (.leastNonzeroMagnitude, "5e-324"), (.nan, "null"), (.infinity, "null"),
            (99.95, "99.95"),
            (9_007_199_254_740_992, "9007199254740992.0"),
        ]
        for (value, expected) in doubles {
            let written = text { $0.append(json: value) }
            #expect(written == expected)
            #expect(jsonFailure(written) == nil)
        }
    }

    private func written(_ write: (inout ByteBuffer) -> Void) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 1)
        write(&buffer)
        return buffer.bytes.array
    }

    private func text(_ write: (inout ByteBuffer) -> Void) -> String {
        String(decoding: written(write), as: UTF8.self)
    }
}
