import Bytes
import Robots
import Time

/// People as a gateway meets them.
enum Passers {
    /// Each from an address of their own, in sixteen operations.
    case everybody
    /// All in one operation, behind the addresses that carriers share.
    case crowd

    /// Heads: those of a hundred browsers.
    static var heads: Int { 100 }

    /// Everything but the participant's form and the head.
    func traits(_ generator: inout SeededGenerator) -> EntryTraits {
        let word = generator.next()
        let place = generator.next()
        let operation = self == .everybody ? UInt32(word & 15) : 0
        let address = self == .everybody ? place : (place & 0xFFF) &* 0x9E37_79B9_7F4A_7C15
        var entry = EntryTraits(
            operation: operation, key: operation, address: address, participant: generator.next())
        entry.session = generator.next()
        entry.network = UInt32(truncatingIfNeeded: self == .everybody ? place >> 44 : place & 0x3F)
        entry.network |= 1 << 31
        entry.formMilliseconds = 4_000 + UInt32(word >> 20 & 0x7FFF)
        return entry
    }

    /// A name of 64 syllables' choice each, at a provider.
    func participant(_ generator: inout SeededGenerator) -> String {
        let bits = generator.next()
        let first = Self.word(bits, syllables: 2)
        return "\(first).\(Self.word(bits >> 12, syllables: 3))@mail\(bits >> 61).example"
    }

    /// One of 64 answers to three questions.
    func fields(_ generator: inout SeededGenerator) -> String {
        let answers = generator.next() & 63
        let letters = Array("ABCD")
        let text = [answers, answers >> 2, answers >> 4].map { letters[Int($0 & 3)] }
        return #"{"answers":["\#(text[0])","\#(text[1])","\#(text[2])"],"newsletter":false}"#
    }

    private static func word(_ bits: UInt64, syllables: UInt64) -> String {
        let onsets = Array("bdfglmnprstvjckh")
        let vowels = Array("aeio")
        var text = ""
        for syllable in 0..<syllables {
            let choice = Int(bits >> (6 * syllable) & 63)
            text.append(onsets[choice >> 2])
            text.append(vowels[choice & 3])
        }
        return text
    }
}

/// A detector that a million people have passed, and who comes next.
final class Watched {
    private var detector = BehaviourDetector(seed: 3)
    private var generator = SeededGenerator(seed: 4)
    private let passers: Passers
    private var milliseconds: Int64 = 1_795_176_000_000
    private(set) var noted: UInt64 = 0

    init(_ passers: Passers) {
        self.passers = passers
        for _ in 0..<1_000 { _ = observe(nextThousand()) }
    }

    func nextThousand() -> [EntryTraits] {
        (0..<1_000).map { _ in
            var entry = passers.traits(&generator)
            entry.head = UInt32(generator.next() % UInt64(Passers.heads)) + 1
            var fields = ByteHash()
            let text = passers.fields(&generator)
            text.withBytes { fields.add($0) }
            entry.fields = fields.folded
            entry.fieldsBytes = UInt32(text.utf8.count)
            entry.shape = passers.participant(&generator).withBytes { ParticipantShape($0) }
            return entry
        }
    }

    /// - Returns: of how many nothing spoke for a program.
    @inline(never)
    func observe(_ entries: [EntryTraits]) -> UInt64 {
        var silent: UInt64 = 0
        for start in stride(from: 0, to: entries.count, by: entriesAhead) {
            let some = start..<min(start + entriesAhead, entries.count)
            for index in some { detector.anticipate(entries[index]) }
            for index in some {
                milliseconds += 1
                let findings = detector.observe(
                    entries[index], at: Timestamp(milliseconds: milliseconds))
                if findings.weight <= 0 { silent += 1 }
            }
        }
        noted += UInt64(entries.count)
        return silent
    }
}

/// Entries whose memory is asked for together, as the sequencer does.
let entriesAhead = 16
