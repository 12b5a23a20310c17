import Ledger
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("Reads at a rate")
struct ReadBucketTests {
    private let second: UInt64 = 1_000_000_000

    @Test("reads come with time, at the rate, up to the burst")
    func filling() {
        var bucket = ReadBucket()
        #expect(!bucket.hasRead)
        bucket.fill(perSecond: 1_000, burst: 50, at: 7 * second)
        #expect(bucket.reads == 50, "nobody had read before")
        bucket.pay(50)
        #expect(bucket.reads == 0 && !bucket.hasRead)
        bucket.fill(perSecond: 1_000, burst: 50, at: 7 * second + 999_999)
        #expect(!bucket.hasRead)
        bucket.fill(perSecond: 1_000, burst: 50, at: 7 * second + 1_000_000)
        #expect(bucket.reads == 1)
        bucket.fill(perSecond: 1_000, burst: 50, at: 90 * second)
        #expect(bucket.reads == 50)
        // A clock that seems to go back brings nothing, twice.
        bucket.fill(perSecond: 1_000, burst: 60, at: 89 * second)
        bucket.fill(perSecond: 1_000, burst: 60, at: 90 * second)
        #expect(bucket.reads == 50)
    }

    @Test("the lowest pace holds a whole read, and none holds none; the highest overflows nothing")
    func extremes() {
        var bucket = ReadBucket()
        bucket.fill(perSecond: 1, burst: 0, at: 5 * second)
        #expect(bucket.reads == 1)
        bucket.fill(perSecond: 0, burst: 0, at: 6 * second)
        #expect(!bucket.hasRead, "it is suspended: what its pace had left is nothing")
        #expect(bucket.nextRead(perSecond: 0) == nil)
        bucket.fill(perSecond: .max, burst: Int64(UInt32.max), at: .max)
        #expect(bucket.reads > 1_000_000_000)
    }

    @Test("what is owed is paid by time, and is never more than 256 reads")
    func debts() {
        var bucket = ReadBucket()
        bucket.fill(perSecond: 100, burst: 10, at: second)
        bucket.pay(11)
        let next = bucket.nextRead(perSecond: 100) ?? 0
        #expect(next == second + 20_000_000)
        bucket.fill(perSecond: 100, burst: 10, at: next)
        #expect(bucket.reads == 1)
        bucket.pay(1_000_000)
        let last = bucket.nextRead(perSecond: 100) ?? 0
        #expect(last - next <= 2_570_000_001)
    }
}

@Suite("Operations that are held are read at their pace")
struct HeldSharesTests {
    private func held(_ operation: UInt32, pace: UInt32?) -> ReadShare {
        ReadShare(
            of: operation, coverParticipants: 0, state: pace == nil ? .suspended : .smoothed,
            pacePerSecond: pace)
    }

    private func open(_ operation: UInt32) -> ReadShare {
        ReadShare(of: operation, coverParticipants: 0, state: .open)
    }

    /// Reads all that may be read now.
    private func drain(_ queues: Queues) -> [ReadyQueues.Ready] {
        var all: [ReadyQueues.Ready] = []
        while let next = queues.pop() { all.append(next) }
        return all
    }

    @Test("only what is smoothed or suspended is held")
    func states() {
        for state in OperationState.allCases {
            let share = ReadShare(
                of: 0, coverParticipants: 0, state: state, pacePerSecond: 9)
            let isHeld = state == .smoothed || state == .suspended
            #expect((share.pacePerSecond != nil) == isHeld, "\(state)")
        }
        #expect(held(0, pace: nil).pacePerSecond == 0, "a suspended operation has no pace")
    }

    @Test("at first a burst, then the pace and the allowance; what is more waits unread")
    func pace() {
        let queues = Queues(connections: 4_096, shares: 8, allowancePerSecond: 100)
        for slot in 0..<UInt32(4_000) { queues.enqueue(slot, in: held(0, pace: 1_000), since: 0) }
        #expect(drain(queues).count == 50 + 100, "a twentieth of a second's pace, and all refusals")
        #expect(!queues.hasReadable && !queues.isEmpty)
        #expect(queues.withheld.count(of: 0) == 3_850)
        #expect((queues.nextRead ?? 0) > queues.now)
        var read = 0
        for _ in 0..<1_000 {
            queues.now += 1_000_000
            read += drain(queues).count
        }
        #expect((1_098...1_101).contains(read), "\(read)")
        #expect(queues.withheld.count(of: 0) == 3_850 - read)
    }

    @Test("nobody else waits for it, and an operation that is closed is not held")
    func others() {
        let queues = Queues(connections: 512, shares: 8, allowancePerSecond: 10)
        let closed = ReadShare(of: 2, coverParticipants: 0, state: .closed)
        for slot in 0..<UInt32(100) { queues.enqueue(slot, in: held(0, pace: nil), since: 0) }
        for slot in 100..<UInt32(200) { queues.enqueue(slot, in: open(1), since: 0) }
        for slot in 200..<UInt32(300) { queues.enqueue(slot, in: closed, since: 0) }
        let served = drain(queues)
        #expect(served.count { $0.share == 2 } == 100)
        #expect(served.count { $0.share == 3 } == 100)
        #expect(served.count { $0.share == 1 } == 10)
        queues.enqueue(300, in: open(1), since: 0)
        #expect(queues.hasReadable && queues.nextRead == 0)
        #expect(drain(queues).map(\.slot) == [300])
        queues.enqueue(301, in: closed, since: 0)
        #expect(drain(queues).map(\.slot) == [301], "it waits for no held one's time")
    }

    @Test("operations that are held have the allowance in shares, and their paces besides")
    func sharing() {
        let queues = Queues(connections: 4_096, shares: 8, allowancePerSecond: 1_000)
        for slot in 0..<UInt32(1_500) { queues.enqueue(slot, in: held(0, pace: nil), since: 0) }
        for slot in 1_500..<UInt32(3_000) { queues.enqueue(slot, in: held(1, pace: 200), since: 0) }
        _ = drain(queues)
        var served = [0, 0]
        for _ in 0..<1_000 {
            queues.now += 1_000_000
            for next in drain(queues) { served[Int(next.share) - 1] += 1 }
        }
        #expect(abs(served[0] - 500) <= 120 && served[0] + served[1] >= 1_195, "\(served)")
        #expect(served[0] + served[1] <= 1_202)
    }

    @Test("another pace holds at once, and one that is let in again is read at once")
    func changes() {
        let queues = Queues(connections: 4_096, shares: 8, allowancePerSecond: 1_000)
        for slot in 0..<UInt32(3_000) { queues.enqueue(slot, in: held(0, pace: nil), since: 0) }
        #expect(drain(queues).count == 1_000)
        queues.current[1] = held(0, pace: 500)
        queues.now += 2_000_000
        #expect(drain(queues).count == 2 + 1, "what two milliseconds bring")
        queues.current[1] = open(0)
        queues.now += 1_000_000
        #expect(drain(queues).count == 1_997)
        #expect(queues.isEmpty && queues.withheld.count(of: 0) == 0)
    }

    @Test("another allowance holds from then on")
    func otherAllowance() {
        let queues = Queues(connections: 4_096, shares: 8, allowancePerSecond: 1_000)
        for slot in 0..<UInt32(4_000) { queues.enqueue(slot, in: held(0, pace: nil), since: 0) }
        #expect(drain(queues).count == 1_000)
        queues.allowancePerSecond = 100
        queues.now += 500_000_000
        #expect(drain(queues).count == 50)
        queues.allowancePerSecond = 2_000
        queues.now += 500_000_000
        #expect(drain(queues).count == 1_000)
    }

    @Test("refusals take an eighth of what the platform takes")
    func refusals() throws {
        let shared = try Bench([]).shared
        #expect(shared.refusedReadsPerSecond == ReadyQueues.allowancePerSecond)
        for (capacity, each) in [(20_000, 2_500), (100, 500), (1_000_000, 10_000)] {
            shared.capacityPerSecond.store(capacity, ordering: .relaxed)
            #expect(shared.refusedReadsPerSecond == UInt32(each))
        }
    }

    @Test("enough in flight is a batch, a larger one, and a few; no more than a batch can hold")
    func inFlight() throws {
        func enough(after batch: Int, limit: Int) throws -> Int {
            let shared = try Bench([]) { $0.batchEntries = limit }.shared
            shared.lastBatch.store(batch, ordering: .relaxed)
            return shared.enoughInFlight
        }
        #expect(try enough(after: 0, limit: 4_096) == 16)
        #expect(try enough(after: 100, limit: 4_096) == 100 + 108 + 8)
        #expect(try enough(after: 8, limit: 8) == 8 + 8 + 8)
    }

    @Test("a loop that drains reads all of it")
    func draining() {
        let queues = Queues(connections: 512, shares: 8, allowancePerSecond: 1)
        for slot in 0..<UInt32(500) { queues.enqueue(slot, in: held(0, pace: nil), since: 0) }
        #expect(drain(queues).count == 1)
        queues.readAll()
        #expect(queues.hasReadable)
        #expect(drain(queues).count == 499)
        #expect(queues.withheld.count(of: 0) == 0)
    }

    @Test("loops that have connections of an operation divide its pace; one that has none has none")
    func lanes() {
        let queues = Queues(connections: 4_096, shares: 8, allowancePerSecond: 1)
        for slot in 0..<UInt32(4_000) { queues.enqueue(slot, in: held(0, pace: 1_000), since: 0) }
        _ = drain(queues)
        func readInSecond() -> Int {
            var read = 0
            for _ in 0..<1_000 {
                queues.now += 1_000_000
                read += drain(queues).count
            }
            return read
        }
        let alone = readInSecond()
        queues.withheld.set(5, of: 0, lane: 0)
        let withOther = readInSecond()
        queues.withheld.set(0, of: 0, lane: 0)
        let aloneAgain = readInSecond()
        #expect((999...1_002).contains(alone), "\(alone)")
        #expect((499...503).contains(withOther), "\(withOther)")
        #expect((998...1_003).contains(aloneAgain), "\(aloneAgain)")
    }

    @Test("thousands of held operations: a look costs little, and each is read in its turn")
    func many() {
        let queues = Queues(connections: 2_048, shares: 1_025, allowancePerSecond: 10)
        for slot in 0..<UInt32(2_048) {
            queues.enqueue(slot, in: held(slot % 1_024, pace: 1), since: 0)
        }
        var seen: Set<UInt32> = []
        for _ in 0..<100 {
            for next in drain(queues) { seen.insert(next.share) }
            queues.now += 1_000_000
        }
        #expect(seen.count == 1_024, "a read of its own each")
        #expect(queues.count > 1_000)
    }
}

extension HeldSharesTests {
    /// What may be read of shares that are held, as one would write it down: in thousandths of a
    /// read, at times of whole milliseconds.
    private struct Model {
        var paces: [UInt32?]
        var own: [Int]
        var allowance: Int
        let allowancePerSecond: Int

        init(_ paces: [UInt32?], allowancePerSecond: Int) {
            self.paces = paces
            self.allowancePerSecond = allowancePerSecond
            allowance = allowancePerSecond * 1_000
            own = paces.map { Self.burst($0) }
        }

        private static func burst(_ pace: UInt32?) -> Int {
            guard let pace, pace > 0 else { return 0 }
            return max(Int(pace) / 20, 1) * 1_000
        }

        mutating func pass(_ milliseconds: Int) {
            for index in own.indices {
                let gained = milliseconds * Int(paces[index] ?? 0)
                own[index] = min(own[index] + gained, Self.burst(paces[index]))
            }
            allowance = min(
                allowance + milliseconds * allowancePerSecond, allowancePerSecond * 1_000)
        }

        func mayRead(_ index: Int) -> Bool { own[index] >= 1_000 || allowance >= 1_000 }

        mutating func read(_ index: Int) {
            if own[index] >= 1_000 { own[index] -= 1_000 } else { allowance -= 1_000 }
        }
    }

    @Test("whatever comes when: what may be read is read, and nothing else")
    func againstModel() {
        var random = SeededGenerator.printed()
        for _ in 0..<30 {
            let paces: [UInt32?] = [nil, 20, 1_000, UInt32.random(in: 1...5_000, using: &random)]
            let allowance = Int.random(in: 20...2_000, using: &random)
            let queues = Queues(
                connections: 4_096, shares: 8, allowancePerSecond: UInt32(allowance))
            var model = Model(paces, allowancePerSecond: allowance)
            var waiting = paces.map { _ in 0 }
            var free = Array(UInt32(0)..<4_096)
            for _ in 0..<300 {
                let index = Int.random(in: 0..<paces.count, using: &random)
                for _ in 0..<Int.random(in: 0...40, using: &random) {
                    guard let slot = free.popLast() else { break }
                    queues.enqueue(slot, in: held(UInt32(index), pace: paces[index]), since: 0)
                    waiting[index] += 1
                }
                while let next = queues.pop() {
                    let read = Int(next.share) - 1
                    if !model.mayRead(read) { Issue.record("share \(read) may not be read") }
                    model.read(read)
                    waiting[read] -= 1
                    free.append(next.slot)
                }
                let missed = waiting.indices.filter { waiting[$0] > 0 && model.mayRead($0) }
                if !missed.isEmpty { Issue.record("\(missed) may be read") }
                let milliseconds = Int.random(in: 1...30, using: &random)
                queues.now += UInt64(milliseconds) * 1_000_000
                model.pass(milliseconds)
            }
        }
    }
}

extension HeldSharesTests {
    @Test("while the sequencer has enough to decide nothing held is read, and others are")
    func backlog() {
        let queues = Queues(connections: 512, shares: 8)
        for slot in 0..<UInt32(100) { queues.enqueue(slot, in: held(0, pace: 1_000), since: 0) }
        for slot in 100..<UInt32(110) { queues.enqueue(slot, in: open(1), since: 0) }
        queues.setBehind(true)
        #expect(drain(queues).count == 10)
        queues.now += 5_000_000_000
        #expect(!queues.hasReadable && queues.nextRead == nil, "an answer wakes the loop")
        queues.setBehind(false)
        #expect(queues.hasReadable)
        #expect(drain(queues).count == 100)
    }
}
