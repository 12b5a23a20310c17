import RobotsCrowd
import Testing
import Time

@testable import Robots

@Suite("Cohorts are counted in bounded memory")
struct CohortTableTests {
    @Test("a sketch never counts too little, and halves with each epoch")
    func sketch() {
        var sketch = CountSketch(counters: 1 << 12)
        var draw = Draw(seed: 9)
        let keys = (0..<200).map { _ in draw.word() }
        for round in 0..<8 {
            for key in keys {
                let count = sketch.count(key, epoch: 3)
                #expect(count >= Double(round))
            }
        }
        var exact = 0
        for key in keys where sketch.count(key, epoch: 3, isCounted: false) == 8 { exact += 1 }
        #expect(exact > 150)
        let halved = sketch.count(keys[0], epoch: 4, isCounted: false)
        #expect(halved >= 4 && halved <= 5)
        let forgotten = sketch.count(keys[0], epoch: 30)
        #expect(forgotten == 0)
        // Epochs are compared modulo 2¹⁶.
        _ = sketch.count(keys[1], epoch: 0xFFFF)
        let wrapped = sketch.count(keys[1], epoch: 0x1_0000)
        #expect(wrapped >= 0.5)
    }

    @Test("as often as a full sketch takes a new key for a known one, so it does for another")
    func collisions() {
        var sketch = CountSketch(counters: 1 << 10)
        var draw = Draw(seed: 28)
        var seen = 0.0
        var chance = 0.0
        for _ in 0..<4_000 {
            let key = draw.word()
            let other = key ^ CountSketch.places(of: draw.word())
            chance += sketch.count(other, epoch: 1, isCounted: false)
            seen += sketch.count(key, epoch: 1)
        }
        #expect(seen > 1_000)
        #expect(abs(chance / seen - 1) < 0.1)
    }

    @Test("where a sketch is full, people's names are no list")
    func fullSketch() {
        var capacity = BehaviourCapacity()
        capacity.rhythmSlots = 1 << 16
        capacity.cells = 1 << 12
        capacity.counters = 1 << 14
        var detector = BehaviourDetector(capacity: capacity, seed: 29)
        var crowd = SimulatedCrowd(.first, seed: 30)
        crowd.addPeople(6_000, seconds: 900)
        var listed = 0
        for entry in crowd.entries.sorted(by: { $0.milliseconds < $1.milliseconds }) {
            let time = Timestamp(milliseconds: 1_795_176_000_000 + entry.milliseconds)
            let findings = detector.observe(entry.traits, at: time)
            for index in 0..<findings.count where findings[index].rule == .names { listed += 1 }
        }
        #expect(listed * 100 <= crowd.entries.count)
    }

    @Test("a sketch's counter does not overflow")
    func saturation() {
        var sketch = CountSketch(counters: 16)
        for _ in 0..<20_000 { _ = sketch.count(7, epoch: 1) }
        let most = sketch.count(7, epoch: 1)
        #expect(most > 16_000)
    }

    @Test("what many share stays, what one had makes room")
    func heavyStay() {
        var table = CohortTable(cells: 64)
        var draw = Draw(seed: 10)
        let heavy = draw.word()
        func add(_ key: UInt64) -> Float {
            table.update(key, epoch: 1, at: 1_000) { cell in
                cell.noteParticipant(place: 0, at: 1_000)
                return cell.count
            }
        }
        for _ in 0..<20 { _ = add(heavy) }
        for _ in 0..<2_000 { _ = add(draw.word()) }
        let count = add(heavy)
        #expect(count == 21)
    }

    @Test("a cell's figures halve with each epoch")
    func ageing() {
        var table = CohortTable(cells: 64)
        for place in 0..<32 {
            table.update(5, epoch: 1, at: 1_000) {
                $0.noteParticipant(place: UInt64(place), at: 1_000)
            }
        }
        let (count, places) = table.update(5, epoch: 3, at: 1_000) { ($0.count, $0.placeCount) }
        #expect(count == 8 && places <= 16)
    }

    @Test("all tables together take at most 64 MiB, with room for a million addresses and people")
    func memory() {
        let capacity = BehaviourCapacity()
        let detector = BehaviourDetector(capacity: capacity, seed: 1)
        let bytes = detector.memoryBytes
        #expect(bytes <= 64 << 20)
        #expect(capacity.rhythmSlots >= 2_000_000)
        #expect(MemoryLayout<CohortCell>.stride == 64)
        #expect(MemoryLayout<OperationWindow>.stride == 64)
    }

    @Test("asking for an entry's memory ahead changes nothing of what is found")
    func ahead() {
        var plain = BehaviourDetector(seed: 31)
        var asked = BehaviourDetector(seed: 31)
        var crowd = SimulatedCrowd(.first, seed: 32)
        crowd.addPeople(2_000, seconds: 900)
        let entries = crowd.entries.sorted { $0.milliseconds < $1.milliseconds }
        for (index, entry) in entries.enumerated() {
            for next in entries[index..<min(index + 4, entries.count)] {
                asked.anticipate(next.traits)
            }
            let time = Timestamp(milliseconds: 1_795_176_000_000 + entry.milliseconds)
            let found = plain.observe(entry.traits, at: time)
            let foundAhead = asked.observe(entry.traits, at: time)
            #expect(found.weight == foundAhead.weight && found.count == foundAhead.count)
        }
    }
}
