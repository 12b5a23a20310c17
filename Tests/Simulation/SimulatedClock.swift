import Synchronization
import Time

/// A clock that stands until it is told to go on. Any thread may read it.
final class SimulatedClock: MachineClock {
    private let state: Mutex<State>

    private struct State {
        var nanoseconds: UInt64
        /// Nanoseconds for which the machine has slept.
        var slept: UInt64 = 0
        /// Milliseconds since 1970 when the elapsed-time clock was 0.
        var wallClockOrigin: Int64
        var isSynchronized = false

        var elapsed: UInt64 { nanoseconds + slept }
    }

    /// - Parameter time: what the wall clock shows first. The monotonic clock begins at one second.
    init(_ time: Timestamp) {
        let nanoseconds: UInt64 = 1_000_000_000
        state = Mutex(
            State(nanoseconds: nanoseconds, wallClockOrigin: time.milliseconds - 1_000))
    }

    func monotonicNanoseconds() -> UInt64 { state.withLock { $0.nanoseconds } }

    func elapsedNanoseconds() -> UInt64 { state.withLock { $0.elapsed } }

    /// Work takes no virtual time.
    func threadNanoseconds() -> UInt64 { 0 }

    func isSynchronized() -> Bool { state.withLock { $0.isSynchronized } }

    func wallClock() -> Timestamp {
        state.withLock { state in
            let elapsed = Int64(state.elapsed / 1_000_000)
            return Timestamp(milliseconds: state.wallClockOrigin + elapsed)
        }
    }

    /// Lets time go on, on both clocks.
    func advance(byNanoseconds nanoseconds: UInt64) {
        state.withLock { $0.nanoseconds += nanoseconds }
    }

    /// The machine sleeps: the monotonic clock does not notice.
    func sleep(nanoseconds: UInt64) {
        state.withLock { $0.slept += nanoseconds }
    }

    /// Whether a time server keeps the wall clock in step.
    func setSynchronized(_ isSynchronized: Bool) {
        state.withLock { $0.isSynchronized = isSynchronized }
    }

    /// Sets the wall clock forward, or back where negative: what an administrator or a time server
    /// does. The monotonic clock does not notice.
    func setWallClock(forwardByMilliseconds milliseconds: Int64) {
        state.withLock { $0.wallClockOrigin += milliseconds }
    }
}
