import Benchmark
import Ledger

/// The table of who has entered, from one that fits the cache to one that does not.
func participants() -> [String] {
    let sizes = [("1,000", 1_000), ("1,000,000", 1_000_000), ("10,000,000", 10_000_000)]
    return sizes.flatMap { size, count in
        [
            measure("participants: insert a new one, at \(size)", .kilo, samples: 200) {
                let crowd = Crowd(of: count)
                return { benchmark in
                    // A thousand more change a million little, and a thousand much.
                    if count == 1_000 { crowd.restart() }
                    let keys = crowd.nextThousand()
                    benchmark.startMeasurement()
                    let inserted = Crowd.insert(keys, into: &crowd.table)
                    benchmark.stopMeasurement()
                    try Wrong.unless(inserted, is: 1_000, "participants inserted")
                }
            },
            measure("participants: find a repeated one, at \(size)", .kilo) {
                let crowd = Crowd(of: count)
                var generator = SeededGenerator(seed: 2)
                return { benchmark in
                    let keys = (0..<1_000).map { _ in
                        Fingerprint.numbered(.random(in: 0..<UInt64(count), using: &generator))
                    }
                    benchmark.startMeasurement()
                    let found = Crowd.find(keys, in: crowd.table)
                    benchmark.stopMeasurement()
                    try Wrong.unless(found, is: 1_000, "participants found")
                }
            },
        ]
    }
}

/// A table with so many participants, and who comes next.
///
/// The table is lent out for a whole sample: in the gateway it is part of a structure of one owner,
/// where no access is checked for being exclusive.
private final class Crowd {
    var table = ParticipantTable()
    private let size: Int
    private var next: UInt64 = 0

    init(of size: Int) {
        self.size = size
        restart()
    }

    /// Back to as many as at first.
    func restart() {
        table = ParticipantTable()
        next = 0
        while next < UInt64(size) { _ = Self.insert(nextThousand(), into: &table) }
    }

    func nextThousand() -> [Fingerprint] {
        defer { next += 1_000 }
        return (next..<(next + 1_000)).map(Fingerprint.numbered)
    }

    @inline(never)
    static func insert(_ keys: [Fingerprint], into table: inout ParticipantTable) -> UInt64 {
        var inserted: UInt64 = 0
        let firstEntry = ParticipantTable.FirstEntry(
            entry: EntryNumber(rawValue: 1), participant: 1)
        for key in keys where table.findOrInsert(key, firstEntry) == .inserted { inserted += 1 }
        return inserted
    }

    @inline(never)
    static func find(_ keys: [Fingerprint], in table: borrowing ParticipantTable) -> UInt64 {
        var found: UInt64 = 0
        for key in keys {
            if let firstEntry = table.find(key) { found += UInt64(firstEntry.participant) }
        }
        return found
    }
}

extension Fingerprint {
    /// Spread over the table like a hash; the same for the same number.
    static func numbered(_ number: UInt64) -> Fingerprint {
        var generator = SeededGenerator(seed: number)
        return Fingerprint(high: generator.next(), low: generator.next())
    }
}
