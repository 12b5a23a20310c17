import Bytes
import ClusterTesting
import Log
import Synchronization
import Testing
import Time

@testable import Cluster

@Suite("A leader's store: the shared log first, then its own segments")
struct ClusterStoreTests {
    private let memory: MemoryStore
    private let status = ClusterStatus(node: "a")
    private let me: LogOwner
    private let successor: LogOwner

    init() throws {
        memory = try MemoryStore()
        // Nobody listens there: its process has ended.
        me = try #require(LogOwner(node: "a", term: 1, address: "127.0.0.1:1"))
        successor = try LogContract.owner("b", 2)
    }

    private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    /// A log of the node that owns the engine's.
    private func leadingLog(
        _ engine: SeededEngine, _ memory: MemoryStore? = nil, _ status: ClusterStatus? = nil
    ) throws -> Log {
        var own = SeededLog(engine)
        while true {
            do {
                guard try own.begin(LogBeginning(.beginning), as: me) else {
                    Issue.record("nobody else claims")
                    break
                }
                break
            } catch {
                // Lost or late: again.
                continue
            }
        }
        var log = try Log.open(memory ?? self.memory, at: time(1)) { _ in }
        log.wrapStore { ClusterStore($0, SeededLog(engine), as: me, status ?? self.status) }
        return log
    }

    private func commit(_ text: String, to log: inout Log) throws(LogError) {
        log.append(kind: 1) { buffer in text.withBytes { buffer.append($0) } }
        try log.commit(at: time(5))
    }

    /// The batches of the own segments.
    private func ownBatches() throws -> [[UInt8]] {
        var batches: [[UInt8]] = []
        _ = try Log.open(memory, at: time(9)) { batches.append($0.bytes.array) }
        return batches
    }

    @Test("a batch is in both, in the same bytes")
    func storesInBoth() throws {
        let engine = SeededEngine(seed: 1)
        var log = try leadingLog(engine)
        // A proof is as old as its call's beginning: asked about a moment before that, the answer
        // does not depend on how quick the machine is.
        let before = SystemClock().elapsedNanoseconds()
        #expect(!status.isProven(at: before))
        for text in ["one", "two", "three"] { try commit(text, to: &log) }
        #expect(engine.history.map(\.first) == [1, 2, 3])
        #expect(try engine.history.map(\.batch) == ownBatches())
        #expect(status.position == 4)
        #expect(status.isProven(at: before))
    }

    @Test("lost, late and unanswered calls are repeated until a batch is known to be stored once")
    func repeats() throws {
        var unknown: UInt64 = 0
        for seed in 0..<200 {
            let memory = try MemoryStore()
            let status = ClusterStatus(node: "a")
            let engine = SeededEngine(seed: UInt64(seed), faults: .many)
            var log = try leadingLog(engine, memory, status)
            for number in 0..<20 { try commit("entry \(number)", to: &log) }
            engine.settle()
            #expect(engine.history.map(\.first) == Array(1...20), "seed \(seed)")
            unknown += status.unknownCalls
        }
        #expect(unknown > 500, "the faults were there")
    }

    @Test("a leader that is killed between the engine and its own segments has it all afterwards")
    func isKilledBetween() throws {
        for fault: MemoryStore.Fault in [
            .crashBefore, .torn(bytes: 512), .tornSectors(missing: 2), .crashAfter,
        ] {
            let memory = try MemoryStore()
            let engine = SeededEngine(seed: 1)
            var log = try leadingLog(engine, memory, status)
            for text in ["one", "two"] { try commit(text, to: &log) }
            memory.faults = [3: fault]
            let long = String(repeating: "three ", count: 300)
            #expect(throws: LogError.self) { try commit(long, to: &log) }
            #expect(engine.history.count == 3, "\(fault)")
            var again = try Log.open(memory, at: time(9)) { _ in }
            // Its own office is the last one: nobody else has led meanwhile.
            var follower = Follower(
                SeededLog(engine), ClusterStatus(node: "a"), after: again.recovery,
                address: "127.0.0.1:1", over: LinkClient(.none, meanwhile: {}),
                report: { _ in }, beat: {})
            let office = try follower.takeOffice { bytes throws(LogError) in
                try again.follow(bytes) { _ in }
                return again.durableEnd
            }
            #expect(office.term == 2, "\(fault)")
            #expect(again.nextSequence == 4, "\(fault)")
            again.wrapStore {
                ClusterStore($0, SeededLog(engine), as: office, ClusterStatus(node: "a"))
            }
            try commit("four", to: &again)
            #expect(engine.history.map(\.first) == [1, 2, 3, 4], "\(fault)")
        }
    }

    @Test("a deposed leader's batch is in neither, and the log takes nothing more")
    func isFenced() throws {
        let engine = SeededEngine(seed: 1)
        var log = try leadingLog(engine)
        try commit("one", to: &log)
        var other = SeededLog(engine)
        let isTaken = try other.claim(successor, after: me)
        #expect(isTaken)
        var failure: LogError?
        do throws(LogError) { try commit("two", to: &log) } catch { failure = error }
        #expect(failure == .fenced(by: "node b (term 2)"))
        do throws(LogError) { try commit("three", to: &log) } catch { failure = error }
        #expect(failure == .fenced(by: "node b (term 2)"))
        #expect(engine.history.count == 1)
        #expect(try ownBatches().count == 1)
    }

    @Test(
        "without the owner's compare a deposed leader's batch is stored: what the test would miss")
    func findsMissingCompare() throws {
        let engine = SeededEngine(seed: 1, flaws: .noOwnerCompare)
        var log = try leadingLog(engine)
        var other = SeededLog(engine)
        _ = try other.claim(successor, after: me)
        try commit("two", to: &log)
        #expect(engine.history.count == 1)
    }

    @Test("an answer that rests on no append waits for a proof of the office")
    func confirms() throws {
        let engine = SeededEngine(seed: 1)
        var log = try leadingLog(engine)
        let before = SystemClock().elapsedNanoseconds()
        #expect(!status.isProven(at: before))
        try log.confirm()
        let now = SystemClock().elapsedNanoseconds()
        #expect(status.isProven(at: before))
        #expect(!status.isProven(at: now + ClusterStatus.proofNanoseconds))
    }

    @Test("a deposed leader is not confirmed")
    func isNotConfirmed() throws {
        let engine = SeededEngine(seed: 1)
        var log = try leadingLog(engine)
        var other = SeededLog(engine)
        _ = try other.claim(successor, after: me)
        var failure: LogError?
        do throws(LogError) { try log.confirm() } catch { failure = error }
        #expect(failure == .fenced(by: "node b (term 2)"))
        do throws(LogError) { try commit("two", to: &log) } catch { failure = error }
        #expect(failure == .fenced(by: "node b (term 2)"))
    }

    /// A machine that can sleep.
    private final class SleepyClock: MachineClock {
        let slept = Atomic<UInt64>(0)
        private let machine = SystemClock()

        func monotonicNanoseconds() -> UInt64 { machine.monotonicNanoseconds() }
        func elapsedNanoseconds() -> UInt64 {
            machine.elapsedNanoseconds() + slept.load(ordering: .relaxed)
        }
        func threadNanoseconds() -> UInt64 { machine.threadNanoseconds() }
        func wallClock() -> Timestamp { machine.wallClock() }
        func isSynchronized() -> Bool { true }
    }

    @Test("a leader whose machine slept asks whether it still leads")
    func slept() throws {
        let engine = SeededEngine(seed: 1)
        let clock = SleepyClock()
        var log = try leadingLog(engine, nil, ClusterStatus(node: "a", clock: clock))
        try log.confirm()
        var other = SeededLog(engine)
        _ = try other.claim(successor, after: me)
        clock.slept.add(600_000_000_000, ordering: .relaxed)
        var failure: LogError?
        do throws(LogError) { try log.confirm() } catch { failure = error }
        #expect(failure == .fenced(by: "node b (term 2)"))
    }

    @Test("a clock that was off and was set since is off no more; one that was right stays right")
    func clockIsSet() {
        let clock = SteppedClock()
        let (wrong, right) = (ClockVerdict(-3_000, at: clock), ClockVerdict(10, at: clock))
        let before = wrong.error(at: clock)
        clock.set(forwardByMilliseconds: 3_000)
        #expect(wrong.error(at: clock) - before == 3_000)
        #expect([ClusterMember].isRight(clockError: wrong.error(at: clock)))
        #expect(right.error(at: clock) == 10)
        #expect(ClockVerdict(.min, at: clock).error(at: clock) < -1_000_000)
    }

    @Test("near the engine's quota nothing more is folded, until a trim has made room")
    func isNearTheQuota() throws {
        var log = try leadingLog(SeededEngine(seed: 1))
        for (bytes, isThere) in [(0, true), (799, true), (800, false), (2_000, false), (1, true)] {
            status.engineQuota = 1_000
            status.engineBytes = UInt64(bytes)
            let hasSpace = log.ensureSpace()
            #expect(hasSpace == isThere, "\(bytes) of 1,000")
            #expect((log.spaceFailure == nil) == isThere, "\(bytes) of 1,000")
        }
    }

    @Test("own segments without room end the process: the batch is in the log and cannot wait")
    func hasNoRoom() throws {
        let engine = SeededEngine(seed: 1)
        var log = try leadingLog(engine)
        memory.isFull = true
        var failure: LogError?
        do throws(LogError) { try commit("one", to: &log) } catch { failure = error }
        #expect(failure == .unusable("memory has no room for record 1, which is in it"))
        #expect(engine.history.count == 1)
    }
}
