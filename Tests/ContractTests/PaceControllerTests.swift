import Bytes
import Testing
import Time

@testable import Contract

@Suite("The rate that holds the wait at its target")
struct PaceControllerTests {
    private static let start = Timestamp(milliseconds: 1_795_176_000_000)

    /// A controller, and a machine of which the wait follows from the rate.
    private struct Loop {
        var controller: PaceController
        var now = PaceControllerTests.start
        let policy = Policy()
        var capacity = 10_000

        init(capacity: Int = 10_000) {
            self.capacity = capacity
            controller = PaceController(
                capacityPerSecond: capacity, Policy(), at: PaceControllerTests.start)
        }

        mutating func step(wait: Int, accepted: Int? = nil) {
            now = now.advanced(byMilliseconds: 500)
            controller.update(
                wait: wait, acceptedPerSecond: accepted ?? controller.perSecond,
                capacityPerSecond: capacity, policy, at: now)
        }
    }

    @Test("it begins at the policy's share and grows to what fits within seconds")
    func growth() {
        var loop = Loop()
        #expect(loop.controller.perSecond == 6_000)
        var reached = 0
        while loop.controller.perSecond < 8_000, reached < 100 {
            loop.step(wait: 500)
            reached += 1
        }
        #expect(reached <= 12, "six seconds")
        for _ in 0..<200 { loop.step(wait: 0) }
        #expect(loop.controller.perSecond == 15_000, "and not for ever")
    }

    @Test("it begins higher where fair shares alone are held, and only at the beginning")
    func higherBeginning() {
        var loop = Loop()
        #expect(loop.controller.isBeginning)
        loop.controller.begin(atLeast: 5_000)
        #expect(loop.controller.perSecond == 6_000)
        loop.controller.begin(atLeast: 8_000)
        #expect(loop.controller.perSecond == 8_000)
        loop.step(wait: 0, accepted: 0)
        #expect(!loop.controller.isBeginning)
        loop.controller.begin(atLeast: 9_000)
        #expect(loop.controller.perSecond == 8_000)
    }

    @Test("a queue's wait settles at the target, and the rate near what the machine takes")
    func settling() {
        var loop = Loop()
        var rates: [Int] = []
        for step in 0..<240 {
            // As of a single server: 0.1 ms of work each, and a queue that grows with the load.
            let load = min(Double(loop.controller.perSecond) / 10_000, 0.999)
            let wait = Int(100 * load / (1 - load))
            loop.step(wait: wait)
            if step > 30 { rates.append(loop.controller.perSecond) }
        }
        #expect(rates.allSatisfy { $0 > 8_000 && $0 < 10_500 }, "\(rates)")
        #expect(loop.controller.exhaustedSince == nil)
    }

    @Test("while waits are under their bound it does not fall below four fifths of the capacity")
    func sparing() {
        var loop = Loop()
        for _ in 0..<20 { loop.step(wait: 0) }
        for _ in 0..<500 { loop.step(wait: 24_000) }
        #expect(loop.controller.perSecond >= 8_000 - 1)
        #expect(loop.controller.exhaustedSince == nil)
    }

    @Test("beyond the bound it falls every two seconds, to a tenth, and then says so")
    func falling() {
        var loop = Loop()
        for _ in 0..<3 {
            loop.step(wait: 300_000)
            #expect(loop.controller.perSecond == 6_000, "what waits must be decided first")
        }
        for _ in 0..<4 {
            loop.step(wait: 300_000)
            #expect(loop.controller.perSecond == 4_200)
        }
        for _ in 0..<20 { loop.step(wait: 300_000) }
        #expect(loop.controller.perSecond == 1_000)
        #expect(loop.controller.exhaustedSince != nil)
        loop.step(wait: 20_000)
        #expect(loop.controller.exhaustedSince == nil)
        #expect(loop.controller.perSecond > 1_000, "it comes back under the bound")
    }

    @Test("one long wait under the bound is no trend; two are")
    func hiccup() {
        var loop = Loop()
        for _ in 0..<15 { loop.step(wait: 500) }
        let rate = loop.controller.perSecond
        loop.step(wait: 20_000)
        #expect(loop.controller.perSecond == rate)
        loop.step(wait: 20_000)
        #expect(loop.controller.perSecond < rate)
        #expect(loop.controller.perSecond >= rate * 94 / 100)
    }

    @Test(
        "however wrong the known capacity is, the rate comes near the true one, and stays there",
        arguments: [7_500, 10_000, 13_000, 20_000])
    func wrongCapacity(known: Int) {
        // What it takes is 10,000 a second; what comes beyond that waits.
        var loop = Loop(capacity: known)
        var queue = 0.0
        var (accepted, strained) = (0.0, 0)
        for step in 0..<120 {
            let come = queue + Double(loop.controller.perSecond) / 2
            let done = min(come, 5_000)
            queue = come - done
            let wait = Int(queue * 100)
            loop.step(wait: wait, accepted: Int(done * 2))
            if step >= 20 {
                accepted += done
                strained += wait > 25_000 ? 1 : 0
            }
        }
        #expect(accepted / 50 >= 8_500, "\(accepted / 50) a second")
        #expect(strained <= 5, "of a hundred half seconds")
    }

    @Test("what was too much once is approached slowly, and forgotten where it no longer is")
    func approach() {
        var loop = Loop()
        for _ in 0..<8 { loop.step(wait: 500) }
        for _ in 0..<2 { loop.step(wait: 40_000, accepted: 7_500) }
        let rate = loop.controller.perSecond
        for _ in 0..<6 { loop.step(wait: 500) }
        #expect(loop.controller.perSecond < rate * 6 / 5, "a fiftieth a second")
        for _ in 0..<100 { loop.step(wait: 500) }
        #expect(loop.controller.perSecond > 10_000)
    }

    @Test("a rate that has fallen far comes back within seconds")
    func recovery() {
        var loop = Loop()
        for _ in 0..<40 { loop.step(wait: 300_000) }
        #expect(loop.controller.perSecond == 1_000)
        for _ in 0..<12 { loop.step(wait: 500) }
        #expect(loop.controller.perSecond > 3_000, "\(loop.controller.perSecond)")
    }

    @Test("a rate that nobody uses does not grow")
    func unused() {
        var loop = Loop()
        for _ in 0..<100 { loop.step(wait: 0, accepted: 1_000) }
        #expect(loop.controller.perSecond == 6_000)
    }

    @Test("extremes do not overflow")
    func extremes() {
        let huge = 1_000_000_000_000
        var loop = Loop(capacity: huge)
        for _ in 0..<50 { loop.step(wait: 0, accepted: huge) }
        for _ in 0..<50 { loop.step(wait: huge) }
        loop.now = Timestamp(milliseconds: .max - 1_000)
        loop.step(wait: 0)
        loop.now = Timestamp(milliseconds: .min + 1_000)
        loop.step(wait: huge)
        var nothing = Loop(capacity: 0)
        for _ in 0..<50 { nothing.step(wait: 0) }
        for _ in 0..<50 { nothing.step(wait: huge) }
        #expect(nothing.controller.perSecond >= 0)
    }
}
