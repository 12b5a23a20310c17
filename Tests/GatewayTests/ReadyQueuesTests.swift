import Ledger
import TestSupport
import Testing

@testable import Gateway

@Suite("Connections that wait to be read, in shares")
struct ReadyQueuesTests {
    /// An operation's share; weights are multiples of what needs no declaration.
    private func share(
        _ operation: UInt32, weight: Int = 1, state: OperationState = .open
    ) -> ReadShare {
        ReadShare(of: operation, coverParticipants: UInt64(weight) * 50_000, state: state)
    }

    @Test("a share's weight is its cover, in multiples of what needs no declaration, bounded")
    func weights() {
        for (cover, weight) in [
            (0, 1), (50_000, 1), (99_999, 1), (100_000, 2), (1_600_000, 32), (4_000_000_000, 32),
        ] as [(UInt64, Int32)] {
            let share = ReadShare(of: 6, coverParticipants: cover, state: .open)
            #expect(share.weight == weight, "\(cover)")
            #expect(share.index == 7, "0 is the newcomers'")
        }
        for state in OperationState.allCases {
            #expect(share(0, state: state).isLast == (state != .open), "\(state)")
        }
        #expect(ReadShare.newcomers.index == 0 && !ReadShare.newcomers.isLast)
    }

    @Test("connections of one share are served in the order in which they came")
    func order() {
        let queues = Queues(connections: 8, shares: 4)
        #expect(queues.pop() == nil)
        for slot in [5, 2, 7, 0] as [UInt32] {
            queues.enqueue(slot, in: .newcomers, since: UInt64(slot) + 100)
        }
        queues.enqueue(2, in: share(0), since: 1)
        #expect(queues.count == 4, "it keeps its place, its share and its time")
        #expect(queues.waitingShares == 1)
        for slot in [5, 2, 7, 0] as [UInt32] {
            let expected = ReadyQueues.Ready(slot: slot, share: 0, since: UInt64(slot) + 100)
            #expect(queues.pop() == expected)
            #expect(!queues.contains(slot))
        }
        #expect(queues.pop() == nil)
        #expect(queues.isEmpty)
        #expect(queues.waitingShares == 0)
    }

    @Test("a lone connection is served within a round, however many of another share wait")
    func lone() {
        let queues = Queues(connections: 10_001, shares: 4)
        for slot in 0..<UInt32(10_000) { queues.enqueue(slot, in: share(0), since: 0) }
        for _ in 0..<100 {
            _ = queues.pop()
            queues.enqueue(10_000, in: share(1), since: 0)
            let served = [queues.pop()?.slot, queues.pop()?.slot]
            #expect(served.contains(10_000))
        }
    }

    @Test("a connection that is closed leaves its queue, and its slot may wait in another one")
    func closed() {
        let queues = Queues(connections: 8, shares: 8)
        for slot in 0..<UInt32(5) { queues.enqueue(slot, in: share(1), since: 0) }
        for slot in [0, 2, 4] as [UInt32] { queues.remove(slot) }
        queues.remove(2)
        queues.remove(77)
        #expect(queues.count == 2)
        queues.enqueue(2, in: share(2), since: 9)
        var left: Set<UInt32> = []
        while let next = queues.pop() {
            #expect(left.insert(next.slot).inserted, "served twice")
            #expect(next.share == (next.slot == 2 ? 3 : 2))
        }
        #expect(left == [1, 2, 3])
    }

    @Test("what a connection costs beyond a unit its share does without, until none waits")
    func debts() {
        let queues = Queues(connections: 64, shares: 4)
        for slot in 0..<UInt32(8) { queues.enqueue(slot, in: share(0), since: 0) }
        for slot in 8..<UInt32(40) { queues.enqueue(slot, in: share(1), since: 0) }
        let first = queues.pop()
        #expect(first?.share == 1)
        queues.charge(10, to: 1)
        for _ in 0..<10 { #expect(queues.pop()?.share == 2) }
        var served: [UInt32] = []
        for _ in 0..<4 { served.append(queues.pop()?.share ?? 0) }
        #expect(served.filter { $0 == 1 }.count == 2, "\(served): it is quits")
        // A share that goes and comes back has not paid by that.
        while let next = queues.pop() {
            if queues.count == 10 { queues.charge(200, to: next.share) }
        }
        queues.enqueue(1, in: share(0), since: 0)
        queues.enqueue(2, in: share(1), since: 0)
        #expect(queues.pop()?.share == 1, "nobody waited, so nobody was kept waiting")
    }

    @Test("a share cannot pay its debt by leaving while others wait")
    func lastingDebt() {
        let queues = Queues(connections: 64, shares: 4)
        for slot in 10..<UInt32(60) { queues.enqueue(slot, in: share(1), since: 0) }
        queues.enqueue(0, in: share(0), since: 0)
        while let next = queues.pop(), next.slot != 0 {}
        queues.charge(15, to: 1)
        queues.enqueue(0, in: share(0), since: 0)
        var between = 0
        while let next = queues.pop(), next.slot != 0 { between += 1 }
        #expect((14...16).contains(between), "\(between)")
    }

    @Test("shares that come last have an eighth while others wait, and all where none does")
    func last() {
        // Two that are open, two that are smoothed.
        let shares = (0..<UInt32(4)).map { share($0, state: $0 < 2 ? .open : .smoothed) }
        let queues = Queues(connections: 64, shares: 8)
        for slot in 0..<16 { queues.enqueue(UInt32(slot), in: shares[slot % 4], since: 0) }
        var served = [0, 0, 0, 0]
        for _ in 0..<800 {
            guard let next = queues.pop() else { break }
            served[Int(next.share) - 1] += 1
            queues.enqueue(next.slot, in: shares[Int(next.slot) % 4], since: 0)
        }
        #expect(served == [350, 350, 50, 50])
        for slot in 0..<UInt32(16) where slot % 4 < 2 { queues.remove(slot) }
        var rest: Set<UInt32> = []
        while let next = queues.pop() { rest.insert(next.slot) }
        #expect(rest == Set((0..<UInt32(16)).filter { $0 % 4 >= 2 }))
    }

    @Test("an operation that comes to be held back while its connections wait loses none of them")
    func heldBack() {
        let queues = Queues(connections: 64, shares: 8)
        for slot in 0..<UInt32(10) { queues.enqueue(slot, in: share(0), since: 0) }
        for slot in 20..<UInt32(40) { queues.enqueue(slot, in: share(1), since: 0) }
        queues.enqueue(10, in: share(0, state: .suspended), since: 0)
        var order: [UInt32] = []
        while let next = queues.pop() { order.append(next.slot) }
        #expect(order.count == 31 && Set(order).count == 31)
        let early = order.prefix(16).filter { $0 < 20 }
        #expect(early.count <= 4, "\(early): it comes last from then on")
        #expect(order.filter { $0 < 20 } == Array(0...10))
    }
}

extension ReadyQueuesTests {
    @Test("of shares that wait all the time none is ahead by more than a round")
    func fairness() {
        var random = SeededGenerator.printed()
        for _ in 0..<20 {
            let weights = (0..<Int.random(in: 2...12, using: &random)).map { _ in
                Int.random(in: 1...32, using: &random)
            }
            let queues = Queues(connections: 100, shares: 16)
            for (index, weight) in weights.enumerated() {
                for place in 0..<3 {
                    queues.enqueue(
                        UInt32(index * 3 + place), in: share(UInt32(index), weight: weight),
                        since: 0)
                }
            }
            var served = weights.map { _ in 0.0 }
            for _ in 0..<3_000 {
                guard let next = queues.pop() else { break }
                let index = Int(next.share) - 1
                served[index] += 1
                queues.enqueue(
                    next.slot, in: share(UInt32(index), weight: weights[index]), since: 0)
                let rounds = zip(served, weights).map { $0 / Double($1) }
                let ahead = (rounds.max() ?? 0) - (rounds.min() ?? 0)
                if ahead > 1.000_001 { Issue.record("\(ahead) rounds ahead, of \(weights)") }
            }
        }
    }

    @Test("shares that ask for less than theirs have all of it; the others divide the rest")
    func maxMin() {
        var random = SeededGenerator.printed()
        for _ in 0..<20 {
            // Two that never have enough, and some that ask for a tenth of a fair share at most.
            let sparse = Int.random(in: 1...6, using: &random)
            let queues = Queues(connections: 64, shares: 16)
            for slot in 0..<UInt32(8) { queues.enqueue(slot, in: share(slot % 2), since: 0) }
            var served = [0, 0]
            for turn in 0..<2_000 {
                let slot = UInt32(8 + turn % (10 * (sparse + 2)))
                if slot < 8 + UInt32(sparse) {
                    queues.enqueue(slot, in: share(slot), since: UInt64(turn))
                }
                guard let next = queues.pop() else { break }
                if next.slot < 8 {
                    served[Int(next.slot % 2)] += 1
                    queues.enqueue(next.slot, in: share(next.slot % 2), since: 0)
                } else if turn - Int(next.since) > sparse + 2 {
                    Issue.record("waited \(turn - Int(next.since)) units beside \(sparse)")
                }
            }
            #expect(abs(served[0] - served[1]) <= 1, "\(served)")
        }
    }

    /// The queues as one would write them down.
    private struct Model {
        /// By share, oldest first.
        var waiting: [UInt32: [(slot: UInt32, since: UInt64)]] = [:]

        var slots: [UInt32] { waiting.values.flatMap { $0.map(\.slot) } }

        mutating func enqueue(_ slot: UInt32, _ share: UInt32, _ since: UInt64) {
            guard !slots.contains(slot) else { return }
            waiting[share, default: []].append((slot, since))
        }

        mutating func remove(_ slot: UInt32) {
            for share in Array(waiting.keys) { waiting[share]?.removeAll { $0.slot == slot } }
        }
    }

    @Test("nothing is lost and nothing doubled, whatever happens in whatever order")
    func againstModel() {
        var random = SeededGenerator.printed()
        for _ in 0..<50 {
            let queues = Queues(connections: 16, shares: 8)
            var model = Model()
            for step in 0..<UInt64(400) {
                let slot = UInt32.random(in: 0..<16, using: &random)
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<5:
                    let state: OperationState = Bool.random(using: &random) ? .open : .smoothed
                    let chosen = share(
                        UInt32.random(in: 0..<4, using: &random),
                        weight: Int.random(in: 1...3, using: &random), state: state)
                    queues.enqueue(slot, in: chosen, since: step)
                    model.enqueue(slot, chosen.index, step)
                case 5:
                    queues.remove(slot)
                    model.remove(slot)
                default:
                    guard let next = queues.pop() else {
                        #expect(model.slots.isEmpty)
                        continue
                    }
                    let expected = model.waiting[next.share]?.first
                    #expect(expected?.slot == next.slot && expected?.since == next.since)
                    model.remove(next.slot)
                    queues.charge(Int.random(in: 0...20, using: &random), to: next.share)
                }
                #expect(queues.count == model.slots.count)
                #expect(queues.waitingShares == model.waiting.values.count { !$0.isEmpty })
                #expect(queues.contains(slot) == model.slots.contains(slot))
            }
        }
    }
}

/// The queues as a test looks at them: an expectation takes nothing that cannot be copied.
final class Queues {
    private var queues: ReadyQueues
    /// What shares are like, as they were told last or as a test has changed them.
    var current: [UInt32: ReadShare] = [:]
    let withheld: WithheldConnections
    /// Nanoseconds of the monotonic clock.
    var now: UInt64 = 1_000_000_000

    init(
        connections: Int, shares: Int,
        allowancePerSecond: UInt32 = ReadyQueues.allowancePerSecond
    ) {
        withheld = WithheldConnections(lanes: 3, operations: shares)
        queues = ReadyQueues(
            connections: connections, shares: shares, allowancePerSecond: allowancePerSecond,
            withheld: withheld, lane: 1)
    }

    var count: Int { queues.count }
    var isEmpty: Bool { queues.isEmpty }
    var waitingShares: Int { queues.waitingShares }

    func contains(_ slot: UInt32) -> Bool { queues.contains(slot) }
    func enqueue(_ slot: UInt32, in share: ReadShare, since nanoseconds: UInt64) {
        if !queues.contains(slot) { current[share.index] = share }
        queues.enqueue(slot, in: share, since: nanoseconds)
    }
    func remove(_ slot: UInt32) { queues.remove(slot) }
    func pop() -> ReadyQueues.Ready? {
        queues.pop(at: now) { [current] index in current[index] ?? .newcomers }
    }
    var hasReadable: Bool { queues.hasReadable(at: now) }
    var nextRead: UInt64? { queues.nextRead }
    func readAll() { queues.readAll() }
    func setBehind(_ isBehind: Bool) { queues.setBehind(isBehind) }
    var allowancePerSecond: UInt32 {
        get { queues.allowancePerSecond }
        set { queues.allowancePerSecond = newValue }
    }
    func chargeAllowance() { queues.chargeAllowance() }
    func charge(_ units: Int, to share: UInt32) { queues.charge(units, to: share) }
}
