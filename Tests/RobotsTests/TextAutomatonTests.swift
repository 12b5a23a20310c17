import Testing

@testable import Robots

@Suite("All texts are found in one pass")
struct TextAutomatonTests {
    /// The texts that end behind each byte, found the plain way.
    private func plain(_ texts: [[UInt8]], in input: [UInt8]) -> [Set<Int>] {
        let lower = input.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        return lower.indices.map { end in
            Set(
                texts.indices.filter { index in
                    let text = texts[index]
                    return end + 1 >= text.count
                        && Array(lower[(end + 1 - text.count)...end]) == text
                })
        }
    }

    private func found(_ automaton: TextAutomaton, in input: [UInt8]) -> [Set<Int>] {
        var state: UInt32 = 0
        return input.map { byte in
            state = automaton.next[Int(state + UInt32(automaton.columns[Int(byte)]))]
            guard state >= automaton.firstEnding else { return [] }
            return Set(automaton.endingRange(of: state).map { Int(automaton.ending($0)) })
        }
    }

    @Test("every set of three short texts, in every text of seven letters: as searched one by one")
    func exhaustive() {
        let alphabet = Array("ab".utf8)
        var words: [[UInt8]] = []
        for length in 1...3 {
            for number in 0..<(1 << length) {
                words.append((0..<length).map { alphabet[number >> $0 & 1] })
            }
        }
        let inputs = (0..<128).map { number in (0..<7).map { alphabet[number >> $0 & 1] } }
        for first in words.indices {
            for second in words.indices where second > first {
                let texts = [words[first], words[second], Array("aba".utf8)]
                let automaton = TextAutomaton(texts)
                for input in inputs {
                    #expect(found(automaton, in: input) == plain(texts, in: input))
                }
            }
        }
    }

    @Test("letters match in both cases, and a byte that is in no text ends every beginning")
    func bytes() {
        let texts = ["curl/", "k6/", "url", "-a"].map { Array($0.utf8) }
        let automaton = TextAutomaton(texts)
        for input in ["CuRl/8 K6/", "cur\u{0}l/", "é-A\u{FF}url", "xcurlcurl/"] {
            let bytes = Array(input.utf8)
            #expect(found(automaton, in: bytes) == plain(texts, in: bytes))
        }
    }

    @Test("no texts: nothing is found")
    func none() {
        let automaton = TextAutomaton([])
        #expect(found(automaton, in: [0, 65, 255]) == [[], [], []])
    }
}
