import Synchronization
import Time

/// A clock that goes on when a test says so: a machine that stands still does not move it.
final class SteppedClock: MachineClock {
    private let nanoseconds = Atomic<UInt64>(10_000_000_000)
    private let setBy = Atomic<Int64>(0)

    func advance(milliseconds: UInt64) {
        nanoseconds.add(milliseconds * 1_000_000, ordering: .relaxed)
    }

    /// Sets the wall clock forward.
    func set(forwardByMilliseconds milliseconds: Int64) {
        setBy.add(milliseconds, ordering: .relaxed)
    }

    func monotonicNanoseconds() -> UInt64 { nanoseconds.load(ordering: .relaxed) }
    func elapsedNanoseconds() -> UInt64 { monotonicNanoseconds() }
    func threadNanoseconds() -> UInt64 { 0 }
    func wallClock() -> Timestamp {
        Timestamp(
            milliseconds: Int64(monotonicNanoseconds() / 1_000_000)
                + setBy.load(ordering: .relaxed))
    }
    func isSynchronized() -> Bool { true }
}
