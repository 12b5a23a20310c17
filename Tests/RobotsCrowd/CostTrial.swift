internal import Robots
internal import TestSupport
internal import Time

/// What noting an entry costs, with tables that a million people have passed.
package struct CostTrial: ~Copyable {
    private var detector = BehaviourDetector(seed: 3)
    private var generator: SeededGenerator
    private var milliseconds: Int64 = 1_795_176_000_000
    private let clock = ContinuousClock()
    /// Entries, and those of them that something spoke against: all of them are people's.
    package private(set) var entries = 0
    package private(set) var suspected = 0

    package init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// Bytes of the detector's tables.
    package var memoryBytes: Int { detector.memoryBytes }

    /// - Returns: nanoseconds an entry, of each thousand, after a million that were not measured.
    package mutating func run(thousands: Int) -> [Double] {
        var costs: [Double] = []
        for round in 0..<(1_000 + thousands) {
            let thousand = nextThousand()
            let began = clock.now
            observe(thousand)
            let elapsed = clock.now - began
            if round >= 1_000 {
                costs.append(Double(elapsed.components.attoseconds) / 1e12)
            }
        }
        return costs
    }

    /// Every one somebody else, from another address of as many; a hundred heads, thousands of
    /// names, sixteen operations.
    private mutating func nextThousand() -> [EntryTraits] {
        var entries: [EntryTraits] = []
        for _ in 0..<1_000 {
            let word = generator.next()
            var entry = EntryTraits(
                operation: UInt32(word & 15), key: UInt32(word & 15), address: generator.next(),
                participant: generator.next())
            entry.session = generator.next()
            entry.network = UInt32(truncatingIfNeeded: word >> 44)
            entry.head = UInt32((word >> 4) % 100) + 1
            entry.fields = UInt32(truncatingIfNeeded: word >> 12)
            entry.fieldsBytes = 48
            entry.formMilliseconds = UInt32(word >> 20 & 0xFFFF)
            entry.shape = Traits.shape(
                Self.word(word >> 30, syllables: 2) + "." + Self.word(word >> 42, syllables: 3)
                    + "@mail.example")
            entries.append(entry)
        }
        return entries
    }

    /// A name of 64 syllables' choice each.
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

    @inline(never)
    private mutating func observe(_ thousand: [EntryTraits]) {
        entries += thousand.count
        // As the sequencer takes them.
        for start in stride(from: 0, to: thousand.count, by: 32) {
            let some = thousand[start..<min(start + 32, thousand.count)]
            for entry in some { detector.anticipate(entry) }
            for entry in some {
                milliseconds += 1
                let findings = detector.observe(entry, at: Timestamp(milliseconds: milliseconds))
                if findings.weight > 0 { suspected += 1 }
            }
        }
    }
}
