import TestSupport
import Testing

@testable import Sockets

@Suite("Deadlines")
struct DeadlineQueuesTests {
    @Test("they fall due in the order of their times, and not before")
    func order() {
        var queues = DeadlineQueues(durationsMilliseconds: [100, 10], capacity: 8)
        #expect(queues.untilNext(now: 0) == nil)
        queues.arm(0, kind: 0, now: 0)
        queues.arm(1, kind: 0, now: 5)
        queues.arm(2, kind: 1, now: 50)
        #expect(queues.untilNext(now: 50) == 10)
        #expect(queues.popExpired(now: 59) == nil)
        #expect(queues.popExpired(now: 60).map { [Int($0.place), $0.kind] } == [2, 1])
        #expect(queues.popExpired(now: 99) == nil)
        #expect(queues.untilNext(now: 99) == 1)
        #expect(queues.untilNext(now: 1_000) == 0)
        #expect(queues.popExpired(now: 1_000)?.place == 0)
        #expect(queues.popExpired(now: 1_000)?.place == 1)
        #expect(queues.popExpired(now: 1_000) == nil)
        #expect(queues.untilNext(now: 1_000) == nil)
    }

    @Test("other durations bound what runs already, and leave the order as it is")
    func change() {
        var queues = DeadlineQueues(durationsMilliseconds: [100, 10], capacity: 8)
        queues.arm(0, kind: 0, now: 0)
        queues.arm(1, kind: 0, now: 90)
        queues.change(durationsMilliseconds: [20, 500], now: 95)
        queues.arm(2, kind: 0, now: 95)
        queues.arm(3, kind: 1, now: 95)
        #expect(queues.popExpired(now: 99) == nil)
        #expect(queues.popExpired(now: 100)?.place == 0, "none is moved back")
        #expect(queues.popExpired(now: 114) == nil)
        #expect(queues.popExpired(now: 115)?.place == 1)
        #expect(queues.popExpired(now: 115)?.place == 2)
        #expect(queues.popExpired(now: 594) == nil)
        #expect(queues.popExpired(now: 595)?.place == 3)
    }

    @Test("arming again forgets the former deadline, of whatever kind")
    func rearm() {
        var queues = DeadlineQueues(durationsMilliseconds: [100, 10], capacity: 2)
        queues.arm(0, kind: 1, now: 0)
        queues.arm(0, kind: 0, now: 0)
        #expect(queues.kind(of: 0) == 0)
        #expect(queues.popExpired(now: 99) == nil)
        queues.arm(0, kind: 0, now: 50)
        #expect(queues.popExpired(now: 149) == nil)
        queues.disarm(0)
        queues.disarm(0)
        #expect(queues.kind(of: 0) == nil)
        #expect(queues.popExpired(now: .max) == nil)
    }

    /// Deadlines as one would write them down: a list, searched.
    private struct Model {
        let durations: [UInt64]
        /// In the order in which they were armed.
        var armed: [(place: UInt32, kind: Int, due: UInt64)] = []

        mutating func arm(_ place: UInt32, kind: Int, now: UInt64) {
            disarm(place)
            armed.append((place, kind, now + durations[kind]))
        }

        mutating func disarm(_ place: UInt32) { armed.removeAll { $0.place == place } }

        mutating func expired(now: UInt64) -> Set<UInt32> {
            let due = armed.filter { $0.due <= now }
            armed.removeAll { $0.due <= now }
            return Set(due.map(\.place))
        }

        func untilNext(now: UInt64) -> UInt64? {
            armed.map { $0.due > now ? $0.due - now : 0 }.min()
        }
    }

    @Test("whatever is armed, disarmed and expired, they agree with a plain list")
    func model() {
        var random = SeededGenerator.printed()
        for durations in [[10], [5, 0, 1_000], [20, 20, 60, 10, 2]] as [[UInt64]] {
            var queues = DeadlineQueues(durationsMilliseconds: durations, capacity: 16)
            var model = Model(durations: durations)
            var now: UInt64 = 1_000
            for _ in 0..<5_000 {
                let place = UInt32.random(in: 0..<16, using: &random)
                switch Int.random(in: 0..<8, using: &random) {
                case 0...3:
                    let kind = Int.random(in: 0..<durations.count, using: &random)
                    queues.arm(place, kind: kind, now: now)
                    model.arm(place, kind: kind, now: now)
                case 4:
                    queues.disarm(place)
                    model.disarm(place)
                case 5:
                    checkExpired(&queues, &model, now)
                default: now += UInt64.random(in: 0...4, using: &random)
                }
                #expect(queues.untilNext(now: now) == model.untilNext(now: now))
                let kind = model.armed.first { $0.place == place }?.kind
                #expect(queues.kind(of: place) == kind)
            }
        }
    }

    private func checkExpired(
        _ queues: inout DeadlineQueues, _ model: inout Model, _ now: UInt64
    ) {
        let before = model.armed
        var taken: [UInt32] = []
        while let (place, kind) = queues.popExpired(now: now) {
            #expect(before.contains { $0.place == place && $0.kind == kind })
            taken.append(place)
        }
        #expect(Set(taken) == model.expired(now: now))
        #expect(Set(taken).count == taken.count)
        // Of one kind, the one armed first comes first.
        for kind in 0..<5 {
            let wanted = before.filter { $0.kind == kind && taken.contains($0.place) }.map(\.place)
            let order = taken.filter { place in wanted.contains(place) }
            #expect(order == wanted)
        }
    }
}
