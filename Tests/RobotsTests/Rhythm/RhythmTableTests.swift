import Testing

@testable import Robots

@Suite("The table of rhythms forgets by itself")
struct RhythmTableTests {
    private static let key: UInt64 = 0x1234_5678_9ABC_DEF0

    @Test("intervals are between different participants; a reload is none")
    func intervals() {
        var table = RhythmTable(slots: 64)
        let first = table.note(Self.key, participant: 1 << 60, at: 1_000)
        #expect(!first.isKnown && first.intervals.count == 0)
        let reload = table.note(Self.key, participant: 1 << 60, at: 1_200)
        #expect(reload.isKnown && reload.intervals.count == 0)
        let second = table.note(Self.key, participant: 2 << 60, at: 4_000)
        #expect(second.isKnown && second.intervals.count == 1 && second.intervals.sum == 3_000)
    }

    @Test("without a participant every entry counts")
    func everyEntry() {
        var table = RhythmTable(slots: 64)
        for index in 0..<5 { _ = table.note(Self.key, participant: nil, at: UInt32(index) * 500) }
        let last = table.note(Self.key, participant: nil, at: 2_500)
        #expect(last.intervals.count == 5 && last.intervals.mean == 500)
    }

    @Test("after half an hour intervals begin anew; the key stays known")
    func silence() {
        var table = RhythmTable(slots: 64)
        for index in 0..<5 { _ = table.note(Self.key, participant: nil, at: UInt32(index) * 500) }
        let later = table.note(Self.key, participant: nil, at: 2_000 + 1_800_001)
        #expect(later.isKnown && later.intervals.count == 0)
    }

    @Test("time that goes back, and time that wraps, do no harm")
    func oddTimes() {
        var table = RhythmTable(slots: 64)
        _ = table.note(Self.key, participant: nil, at: 1_000_000)
        let disorder = table.note(Self.key, participant: nil, at: 999_999)
        #expect(disorder.intervals.count == 1 && disorder.intervals.sum == 1)
        let leap = table.note(Self.key, participant: nil, at: .max - 99)
        #expect(leap.intervals.count == 0)
        let wrapped = table.note(Self.key, participant: nil, at: 900)
        #expect(wrapped.intervals.sum == 1_000)
    }

    @Test("the key that has been idle longest makes room in its bucket")
    func eviction() {
        var table = RhythmTable(slots: 4)
        func key(_ number: UInt64) -> UInt64 { number << 50 }
        for number in 1...4 {
            _ = table.note(key(UInt64(number)), participant: nil, at: UInt32(number))
        }
        _ = table.note(key(1), participant: nil, at: 10)
        _ = table.note(key(5), participant: nil, at: 11)
        let kept = table.find(key(1))
        #expect(kept.count == 1)
        let known = [1, 2, 5].map {
            table.note(key($0), participant: nil, at: 10 + UInt32($0)).isKnown
        }
        #expect(known == [true, false, true])
    }

    @Test("as many people and addresses as half the slots each: four in five are still known")
    func load() {
        let people = 4_000
        var table = RhythmTable(slots: 8_192)
        let mixer = KeyMixer(seed: 12)
        let keys = (0..<2 * people).map { mixer.key(1, 2, UInt64($0)) }
        for (index, key) in keys.enumerated() {
            for _ in 0..<2 { _ = table.note(key, participant: nil, at: UInt32(index)) }
        }
        var known = 0
        for key in keys where table.find(key).count == 1 { known += 1 }
        #expect(known * 5 >= keys.count * 4)
    }

    @Test("16 bytes a key")
    func size() {
        let small = RhythmTable(slots: 64).memoryBytes
        #expect(RhythmTable(slots: 128).memoryBytes - small == 64 * 16)
    }
}
