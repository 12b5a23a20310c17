import Cluster
import ClusterTesting
import Log
import Synchronization
import Testing
import Time

@Suite("A proof of office that is heard late")
struct LateProofTests {
    /// A clock that leaps once, when it is read for the so many-th time, as it does for a process
    /// that stands still.
    private final class LeapingClock: MachineClock {
        private let reads = Atomic<Int>(0)
        private let leap: Int
        private let meanwhile: @Sendable () -> Void

        init(at leap: Int, _ meanwhile: @escaping @Sendable () -> Void) {
            self.leap = leap
            self.meanwhile = meanwhile
        }

        func monotonicNanoseconds() -> UInt64 {
            let number = reads.add(1, ordering: .relaxed).newValue
            if number == leap { meanwhile() }
            return number < leap ? 10_000_000_000 : 13_000_000_000
        }

        /// The machine slept for an hour before all this.
        func elapsedNanoseconds() -> UInt64 { monotonicNanoseconds() + 3_600_000_000_000 }
        func threadNanoseconds() -> UInt64 { 0 }
        func wallClock() -> Timestamp { Timestamp(milliseconds: 1) }
        func isSynchronized() -> Bool { true }
    }

    @Test("a node that stood still behind its question asks again, and answers nothing")
    func asksAgain() throws {
        let (me, other) = (try LogContract.owner("a", 1), try LogContract.owner("b", 2))
        let engine = SeededEngine(seed: 1)
        var way = SeededLog(engine)
        let isMine = try way.begin(LogBeginning(.beginning), as: me)
        try #require(isMine)
        // It is read twice before the question, for the question, and behind the answer.
        let clock = LeapingClock(at: 4) {
            var way = SeededLog(engine)
            // An engine without faults answers; nothing is expected of it otherwise.
            let isTaken = try? way.claim(other, after: me)
            #expect(isTaken == true)
        }
        let store = ClusterStore(
            try MemoryStore(), SeededLog(engine), as: me, ClusterStatus(node: "a", clock: clock))
        do {
            try store.confirm()
            Issue.record("a deposed leader's answers leave three seconds late")
        } catch {
            guard case .fenced = error else { throw error }
        }
    }
}
