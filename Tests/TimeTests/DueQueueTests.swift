import TestSupport
import Testing

@testable import Time

@Suite("What comes due, the earliest first")
struct DueQueueTests {
    @Test("it agrees with a list that is sorted each time, whatever is set, moved and removed")
    func model() {
        let seed = UInt64.random(in: 0..<1 << 32)
        print("DueQueueTests: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var queue = DueQueue()
        var times: [UInt32: Int64] = [:]
        for _ in 0..<20_000 {
            let member = UInt32(random.next() % 200)
            // Few times, so that many are due together; and the end of the range means: not at all.
            let time: Int64? =
                switch random.next() % 4 {
                case 0: nil
                case 1 where random.next() % 8 == 0: .max
                default: Int64(random.next() % 50) - 25
                }
            queue.set(member, to: time)
            times[member] = time == .max ? nil : time
            let first = times.min { ($0.value, $0.key) < ($1.value, $1.key) }
            #expect(queue.first == first?.key, "seed \(seed)")
            #expect(queue.next == first?.value ?? .max, "seed \(seed)")
            #expect(queue.count == times.count, "seed \(seed)")
            #expect(queue.time(of: member) == times[member], "seed \(seed)")
        }
    }

    @Test("a change among ten thousand looks at a few of them")
    func work() {
        var queue = DueQueue()
        for member in 0..<10_000 as Range<UInt32> { queue.set(member, to: 1_000) }
        let before = queue.comparisons
        for member in 0..<1_000 as Range<UInt32> {
            #expect(queue.first == member, "in the order of their indices")
            queue.set(member, to: nil)
        }
        // At each of fourteen levels one comparison upwards, two downwards.
        #expect(queue.comparisons - before <= 1_000 * 3 * 14)
    }
}
