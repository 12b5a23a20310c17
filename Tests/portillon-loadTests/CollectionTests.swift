import Testing

@testable import portillon_load

@Suite("What the engine keeps its work in")
struct CollectionTests {
    @Test("an agenda gives back what is due, earliest first, and nothing before its time")
    func agenda() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        var agenda = Agenda<UInt64>()
        var waiting: [UInt64] = []
        for now in 0..<3_000 as Range<UInt64> {
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let due = now + UInt64.random(in: 0...200, using: &random)
                agenda.add(due, at: due)
                waiting.append(due)
            }
            waiting.sort()
            #expect(agenda.nextDue == waiting.first)
            while let (due, item) = agenda.popDue(now: now) {
                let earliest = waiting.removeFirst()
                #expect(due == item && due == earliest && due <= now)
            }
            #expect(waiting.first.map { $0 > now } ?? true)
        }
    }

    @Test("a queue gives back in order what was put in")
    func queue() {
        var queue = Queue<Int>()
        var next = 0
        for number in 0..<20_000 {
            queue.append(number)
            if number % 3 != 0 {
                let number = queue.popFirst()
                #expect(number == next)
                next += 1
            }
        }
        #expect(queue.count == 20_000 - next)
        while let number = queue.popFirst() {
            #expect(number == next)
            next += 1
        }
        #expect(next == 20_000 && queue.isEmpty)
    }

    @Test("a set of bits knows what it has seen")
    func bitSet() {
        var set = BitSet()
        for number in [0, 63, 64, 1_000_000, 5] {
            let isNew = (set.insert(number), set.insert(number))
            #expect(isNew == (true, false))
        }
        #expect(set.count == 5)
        let isKept = (set.insert(-1), set.insert(BitSet.limit))
        #expect(isKept == (false, false))
        #expect(set.count == 5)
    }
}
