import TestSupport
import Testing

@testable import Wire

/// No split of the input changes what a parser says.
@Suite struct RequestSplitTests {
    static let whole: [String] = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET /a?b=c HTTP/1.0\r\n\r\nGET",
        "POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloPOST",
        "POST /e HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "1\r\na\r\n3;x=\"y\"\r\nbcd\r\n0\r\nT: u\r\n\r\nGET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n",
        "POST /e HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
    ]

    @Test(arguments: whole) func everySplitSaysTheSame(_ text: String) {
        let bytes = Array(text.utf8)
        let expected = ParsedRequest(bytes)
        #expect(expected.step != .needMore)
        for split in 0...bytes.count {
            #expect(ParsedRequest(bytes, splits: [split]) == expected, "split at \(split)")
        }
        #expect(ParsedRequest(bytes, splits: Array(0..<bytes.count)) == expected)
    }

    @Test(arguments: whole) func everyPairOfSplitsSaysTheSame(_ text: String) {
        let bytes = Array(text.utf8)
        let expected = ParsedRequest(bytes)
        var wrong: [(Int, Int)] = []
        for first in 0...bytes.count {
            for second in first...bytes.count
            where ParsedRequest(bytes, splits: [first, second]) != expected {
                wrong.append((first, second))
            }
        }
        #expect(wrong.isEmpty, "\(wrong)")
    }

    @Test func aRequestIsWholeAtItsLastByteAndNotBefore() {
        for text in Self.whole {
            let bytes = Array(text.utf8)
            let expected = ParsedRequest(bytes)
            guard expected.step == .complete else { continue }
            for end in 0..<expected.consumedBytes {
                #expect(ParsedRequest(Array(bytes[..<end])).step == .needMore)
            }
            var message = ParsedRequest(Array(bytes[..<expected.consumedBytes]))
            message.rest = expected.rest
            #expect(message == expected)
        }
    }

    @Test func aRefusalComesAtTheSameByteForEveryGrowth() {
        for text in Self.whole {
            let bytes = Array(text.utf8)
            let expected = ParsedRequest(bytes)
            guard case .failed = expected.step else { continue }
            // The first prefix that is refused is refused as all longer ones are.
            var isRefused = false
            for end in 0...bytes.count {
                let prefix = ParsedRequest(Array(bytes[..<end]))
                if isRefused { #expect(prefix == expected) }
                if prefix.step != .needMore { isRefused = true }
                #expect(prefix.step == .needMore || prefix == expected)
            }
        }
    }

    @Test func mutatedRequestsNeverTrapAndSplitAlike() {
        let seed: UInt64 = 0x5EED_0001
        var random = SeededGenerator(seed: seed)
        let limits = HTTPLimits(
            requestLineBytes: 40, headBytes: 160, fieldCount: 5, bodyBytes: 12,
            chunkExtensionBytes: 8)
        let pieces: [[UInt8]] = [
            "\r\n", "\n", "\r", " ", "\t", ":", ";", "0", "Host: a\r\n", "Host: b\r\n",
            "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "HTTP/1.1", "HTTP/1.0",
            "Expect: 100-continue\r\n", "Connection: close\r\n", "5;a=b\r\n", "\0", "\u{7F}",
            "http://a", "*", "?", "%41", "\r\n\r\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ].map { Array($0.utf8) }
        var complete = 0
        var refused = 0
        for round in 0..<6000 {
            var bytes = Array(Self.whole[Int.random(in: 0..<Self.whole.count, using: &random)].utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                mutate(&bytes, pieces, &random)
            }
            let expected = ParsedRequest(bytes, limits: limits)
            if expected.step == .complete { complete += 1 }
            if expected.status != nil { refused += 1 }
            let splits = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                Int.random(in: 0...bytes.count, using: &random)
            }.sorted()
            let split = ParsedRequest(bytes, splits: splits, limits: limits)
            let byteByByte = ParsedRequest(bytes, splits: Array(0..<bytes.count), limits: limits)
            let input = String(decoding: bytes, as: UTF8.self).debugDescription
            #expect(split == expected, "seed \(seed) round \(round) \(splits) \(input)")
            #expect(byteByByte == expected, "seed \(seed) round \(round) \(input)")
        }
        // A fuzzer whose inputs all end alike looks at nothing.
        #expect(complete > 500 && refused > 500, "\(complete) complete, \(refused) refused")
    }

    private func mutate(
        _ bytes: inout [UInt8], _ pieces: [[UInt8]], _ random: inout SeededGenerator
    ) {
        let at = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0 where at < bytes.count:
            bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1 where at < bytes.count:
            bytes.removeSubrange(
                at..<Int.random(in: at...min(bytes.count, at + 6), using: &random))
        case 2:
            let end = Int.random(in: at...bytes.count, using: &random)
            bytes.insert(contentsOf: Array(bytes[at..<end]), at: at)
        default:
            let piece = pieces[Int.random(in: 0..<pieces.count, using: &random)]
            bytes.insert(contentsOf: piece, at: at)
        }
    }
}
