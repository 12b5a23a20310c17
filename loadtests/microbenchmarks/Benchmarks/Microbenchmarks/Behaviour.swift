import Benchmark
import Bytes
import Robots
import Time

/// Layers 3 and 4 of the robots: what a worker reads of a participant, and what the sequencer's
/// thread notes.
func behaviour() -> [String] {
    [
        measure("behaviour: shape of a participant", .kilo) {
            { benchmark in
                let participant = ByteBuffer.of(EntryText.participant)
                var sum: UInt64 = 0
                let one = UInt64(ParticipantShape(participant.bytes).stem)
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations {
                    sum &+= UInt64(ParticipantShape(participant.bytes).stem)
                }
                benchmark.stopMeasurement()
                try Wrong.unless(sum, is: one &* 1_000, "the stems")
            }
        },
        measure("behaviour: hash of a head of 17 fields", .kilo) {
            { benchmark in
                var sum: UInt64 = 0
                let one = headHash()
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations { sum &+= headHash() }
                benchmark.stopMeasurement()
                try Wrong.unless(sum, is: one &* 1_000, "the hashes")
            }
        },
        // Tables that do not fit the cache: the cost in a gateway that is busy with everybody.
        measure("behaviour: note an entry of a million people", .kilo, samples: 1_000) {
            let watched = Watched()
            return { benchmark in
                let entries = watched.nextThousand()
                benchmark.startMeasurement()
                let silent = watched.observe(entries)
                benchmark.stopMeasurement()
                try Wrong.unless(silent <= 1_000 ? 1 : 0, is: 1, "entries noted")
            }
        },
    ]
}

/// What Chromium sends with a `fetch()`, name by name.
private let chromiumFields: [(name: [UInt8], value: [UInt8])] = [
    ("Host", "jeu.example"), ("Connection", "keep-alive"), ("Content-Length", "182"),
    ("sec-ch-ua-platform", "\"Windows\""), ("Authorization", "Bearer pk_3Jx8QmV5tYw2Zr7NcB4k"),
    (
        "User-Agent",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Chrome/150.0.0.0 Safari/537.36"
    ),
    (
        "sec-ch-ua",
        #""Chromium";v="150", "Google Chrome";v="150", "Not)A;Brand";v="8""#
    ),
    ("Content-Type", "application/json"), ("sec-ch-ua-mobile", "?0"), ("Accept", "*/*"),
    ("Origin", "https://jeu.example"), ("Sec-Fetch-Site", "same-site"),
    ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty"),
    ("Referer", "https://jeu.example/"), ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Accept-Language", "fr-FR,fr;q=0.9,en-US;q=0.8,en;q=0.7"),
].map { (Array($0.utf8), Array($1.utf8)) }

@inline(never)
private func headHash() -> UInt64 {
    var hash = HeadHash(isDirect: true)
    for field in chromiumFields {
        field.name.withBytes { name in
            field.value.withBytes { value in hash.add(name: name, value: value) }
        }
    }
    return UInt64(hash.folded)
}

/// A detector that a million people have passed, and who comes next.
private final class Watched {
    private var detector = BehaviourDetector(seed: 3)
    private var generator = SeededGenerator(seed: 4)
    private var milliseconds: Int64 = 1_795_176_000_000

    init() {
        for _ in 0..<1_000 { _ = observe(nextThousand()) }
    }

    /// Every one somebody else, from another address of as many; a hundred heads, thousands of
    /// names, sixteen operations.
    func nextThousand() -> [EntryTraits] {
        (0..<1_000).map { _ in
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
            let first = Self.word(word >> 30, syllables: 2)
            let name = "\(first).\(Self.word(word >> 42, syllables: 3))@mail.example"
            entry.shape = name.withBytes { ParticipantShape($0) }
            return entry
        }
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

    /// - Returns: of how many nothing spoke for a program.
    @inline(never)
    func observe(_ entries: [EntryTraits]) -> UInt64 {
        var silent: UInt64 = 0
        for entry in entries {
            milliseconds += 1
            let findings = detector.observe(entry, at: Timestamp(milliseconds: milliseconds))
            if findings.weight <= 0 { silent += 1 }
        }
        return silent
    }
}
