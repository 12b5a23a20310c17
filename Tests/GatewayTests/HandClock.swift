import Synchronization
import Time

/// A clock that stands until a test moves it.
final class HandClock: MachineClock {
    /// Since the start, which is 2026-11-20T12:00:00Z.
    private let milliseconds = Mutex<Int64>(0)

    func advance(milliseconds: Int64) { self.milliseconds.withLock { $0 += milliseconds } }

    func monotonicNanoseconds() -> UInt64 {
        1_000_000_000 + UInt64(milliseconds.withLock { $0 }) * 1_000_000
    }

    func elapsedNanoseconds() -> UInt64 { monotonicNanoseconds() }

    func wallClock() -> Timestamp {
        Timestamp(milliseconds: 1_795_176_000_000 + milliseconds.withLock { $0 })
    }

    /// Work takes no time.
    func threadNanoseconds() -> UInt64 { 0 }

    func isSynchronized() -> Bool { true }
}
