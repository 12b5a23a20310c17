import TestSupport
import Testing

@testable import Ledger

@Suite("The participants' table")
struct ParticipantTableTests {
    typealias FirstEntry = ParticipantTable.FirstEntry

    @Test("Every order of inserting a small set finds everything, and ends in the same order")
    func everyOrder() {
        // One page holds 146 slots, 138 of them homes: the sets meet at the front, in the middle,
        // across several homes, and at the last home and in the slack behind it.
        let sets: [[Fingerprint]] = [
            keys([0, 0, 0, 0, 0, 0]), keys([137, 137, 137, 137, 137, 137]),
            keys([50, 50, 51, 51, 52, 52]), keys([50, 51, 50, 52, 50, 53]),
            keys([0, 1, 136, 137, 137, 70]), keys([135, 136, 136, 137, 137, 137]),
        ]
        for set in sets {
            let sorted = set.sorted { ($0.high, $0.low) < ($1.high, $1.low) }
            forEachPermutation(of: set) { order in
                var table = ParticipantTable()
                var isRight = true
                for (index, key) in order.enumerated() {
                    for absent in order[index...] where table.find(absent) != nil {
                        isRight = false
                    }
                    if table.findOrInsert(key, firstEntry(key)) != .inserted { isRight = false }
                    for present in order[...index] where table.find(present) != firstEntry(present)
                    {
                        isRight = false
                    }
                }
                if table.contentsInOrder().map(\.key) != sorted { isRight = false }
                if !isRight { Issue.record("inserted in this order: \(order)") }
            }
        }
    }

    @Test("A key that is there keeps its first entry; another can be put in its place")
    func keepsTheFirst() {
        var table = ParticipantTable()
        let key = Fingerprint.person(1)
        let later = FirstEntry(entry: EntryNumber(rawValue: 9), participant: 9)
        let inserted = table.findOrInsert(key, firstEntry(key))
        let again = table.findOrInsert(key, later)
        #expect(inserted == .inserted)
        #expect(again == .found(firstEntry(key)))
        table.replace(sharingHighOf: key, later)
        let replaced = table.find(key)
        #expect(replaced == later)
        let count = table.count
        #expect(count == 1)
    }

    @Test("Where no two share a high half, a key is found by it and given another low half")
    func byHighHalf() {
        var table = ParticipantTable()
        let keys = (UInt64(0)..<20_000).map { Fingerprint.person($0) }
        for key in keys {
            guard table.reserve(for: key) else {
                Issue.record("memory")
                return
            }
            table.insert(key, firstEntry(key))
        }
        for (number, key) in keys.enumerated() {
            let asked = Fingerprint(high: key.high, low: UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
            let found = table.find(sharingHighOf: asked)
            #expect(found?.low == key.low && found?.firstEntry == firstEntry(key))
            let absent = table.find(sharingHighOf: Fingerprint(high: key.high ^ 2, low: key.low))
            #expect(absent == nil)
            guard number % 3 == 0 else { continue }
            table.replace(sharingHighOf: asked, firstEntry(asked))
            let replaced = table.find(sharingHighOf: key)
            #expect(replaced?.low == asked.low && replaced?.firstEntry == firstEntry(asked))
        }
        let count = table.count
        #expect(count == keys.count)
    }

    @Test("The fingerprint that is zero is one like others")
    func zero() {
        var table = ParticipantTable()
        let absent = table.find(.none)
        #expect(absent == nil)
        let inserted = table.findOrInsert(
            .none, FirstEntry(entry: .init(rawValue: 5), participant: 5))
        let found = table.find(.none)
        #expect(inserted == .inserted)
        #expect(found == FirstEntry(entry: .init(rawValue: 5), participant: 5))
    }

    @Test(
        "A part grows at every size, whatever order its keys come in and however they crowd",
        arguments: Arrival.allCases)
    func growth(_ arrival: Arrival) {
        var table = ParticipantTable()
        var random = SeededGenerator(seed: 11)
        let keys = arrival.keys(1_200, &random)
        var growths = 0
        for (index, key) in keys.enumerated() {
            let before = table.memoryBytes
            let result = table.findOrInsert(key, firstEntry(key))
            if result != .inserted { Issue.record("\(index) of \(arrival) was \(result)") }
            guard table.memoryBytes != before else { continue }
            growths += 1
            for held in keys[...index] where table.find(held) != firstEntry(held) {
                Issue.record("\(arrival): lost a key on growing to \(table.memoryBytes)")
            }
        }
        #expect(growths > 4)
        let order = table.contentsInOrder().map(\.key)
        #expect(order == keys.sorted { ($0.high, $0.low) < ($1.high, $1.low) })
    }

    @Test("It does what a dictionary does", arguments: 1...6)
    func model(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = ParticipantTable()
        var model: [Fingerprint: FirstEntry] = [:]
        let bits = random.element([4, 9, 12, 64] as [UInt64])
        for step in 0..<4_000 {
            // Few different high words, so that whole runs share a home.
            let high = (random.next() >> (64 - bits)) << (64 - bits)
            let key = Fingerprint(high: high, low: random.below(40) + 2)
            let firstEntry = FirstEntry(
                entry: EntryNumber(rawValue: UInt64(step)), participant: UInt32(step))
            let result = table.findOrInsert(key, firstEntry)
            let expected = model[key].map { ParticipantTable.LookupResult.found($0) } ?? .inserted
            if result != expected { Issue.record("seed \(seed), step \(step): \(result)") }
            if model[key] == nil { model[key] = firstEntry }
        }
        let contents = table.contents
        let count = table.count
        #expect(contents == model)
        #expect(count == model.count)
    }

    @Test("From a million participants on, none costs more than 32 bytes, at any number")
    func bytesAParticipant() {
        var table = ParticipantTable()
        var random = SeededGenerator(seed: 3)
        // One of the 256 parts, from its share of a million to its share of two.
        let empty = table.memoryBytes
        var worst = 0.0
        for count in 1...8_000 {
            let key = Fingerprint(high: random.next() >> 8, low: random.next())
            _ = table.findOrInsert(key, firstEntry(key))
            // What is there once for all parts counts as this one's share of it.
            let common = empty + table.spare.bytes
            let share = Double(table.memoryBytes - common) + Double(common) / 256
            if count > 1_000_000 / 256 { worst = max(worst, share / Double(count)) }
        }
        #expect(worst > 28)
        #expect(worst <= 32)
    }

    @Test("Memory that is refused changes nothing, and what is there is still found")
    func refusedMemory() {
        var table = ParticipantTable(memoryLimitBytes: 64 * 1024)
        var inserted: [Fingerprint] = []
        var refused = 0
        for number in UInt64(0)..<500 {
            let memory = table.memoryBytes
            let key = Fingerprint.person(number)
            switch table.findOrInsert(key, firstEntry(key)) {
            case .inserted: inserted.append(key)
            case .found: Issue.record("found what was never put in")
            case .full:
                refused += 1
                let unchanged = table.memoryBytes == memory && table.find(key) == nil
                #expect(unchanged)
            }
        }
        #expect(refused > 0)
        let isWithin = table.memoryBytes <= 64 * 1024
        #expect(isWithin)
        for key in inserted where table.find(key) != firstEntry(key) { Issue.record("lost \(key)") }
    }

    @Test("A table that is drained gives everything back, step by step")
    func drain() {
        var table = ParticipantTable()
        let empty = table.memoryBytes
        for number in UInt64(0)..<2_000 {
            _ = table.findOrInsert(.person(number), firstEntry(.none))
        }
        let full = table.memoryBytes
        for _ in 0..<300 { table.drain() }
        let (memory, count) = (table.memoryBytes, table.count)
        #expect(full > empty)
        #expect(memory == empty)
        #expect(count == 0)
    }

    @Test("The keys of a person's days are spread over the table, and all different")
    func days() {
        let person = Fingerprint.person(1)
        let keys = (Int32(-2_000)..<2_000).map { person.keyed(day: $0) }
        #expect(Set(keys).count == keys.count)
        #expect(!keys.contains(person))
        let parts = Dictionary(grouping: keys) { $0.high >> 56 }
        #expect(parts.count == 256)
        #expect(parts.values.allSatisfy { $0.count < 50 })
    }
}

/// Orders and places in which keys of one part may come.
enum Arrival: CaseIterable, CustomTestStringConvertible {
    case ascending, descending, random, allAtTheFront, allAtTheEnd, twoCrowds

    var testDescription: String { "\(self)" }

    func keys(_ count: Int, _ random: inout SeededGenerator) -> [Fingerprint] {
        let spread = (0..<UInt64(count)).map { _ in
            Fingerprint(high: random.next() >> 8, low: random.next())
        }
        switch self {
        case .random: return spread
        case .ascending: return spread.sorted { $0.high < $1.high }
        case .descending: return spread.sorted { $0.high > $1.high }
        case .allAtTheFront: return spread.map { Fingerprint(high: 0, low: $0.low) }
        case .allAtTheEnd: return spread.map { Fingerprint(high: .max >> 8, low: $0.low) }
        case .twoCrowds:
            return spread.map { Fingerprint(high: ($0.high & 1) << 54, low: $0.low) }
        }
    }
}

private func firstEntry(_ key: Fingerprint) -> ParticipantTable.FirstEntry {
    .init(entry: EntryNumber(rawValue: key.high ^ key.low), participant: UInt32(key.low >> 32))
}

/// Keys of the first part at these of its 138 homes of one page; no two the same.
private func keys(_ homes: [UInt64]) -> [Fingerprint] {
    homes.enumerated().map { index, home in
        let fraction = (UInt64.max / 138) * home + 1_000_000_000
        return Fingerprint(high: fraction >> 8, low: UInt64(index * 37 % 11) + 1)
    }
}

private func forEachPermutation(of keys: [Fingerprint], _ body: ([Fingerprint]) -> Void) {
    func extend(_ order: [Fingerprint], _ rest: [Fingerprint]) {
        if rest.isEmpty { return body(order) }
        for (index, key) in rest.enumerated() {
            var others = rest
            others.remove(at: index)
            extend(order + [key], others)
        }
    }
    extend([], keys)
}
