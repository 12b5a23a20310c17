import Synchronization
import Time

/// The machine's clocks, which a test sets forward as if the machine had slept for so long: the
/// monotonic clock goes on as it is.
final class FastForwardClock: MachineClock {
    private let machine = SystemClock()
    private let began: UInt64
    private let skippedMilliseconds = Mutex<Int64>(0)

    init() { began = machine.elapsedNanoseconds() }

    /// Sets the clocks forward to so many milliseconds behind the start; does nothing where they
    /// are there.
    func advance(toMilliseconds moment: Int64) {
        let passed = Int64((machine.elapsedNanoseconds() - began) / 1_000_000)
        skippedMilliseconds.withLock { $0 = max($0, moment - passed) }
    }

    private var skipped: Int64 { skippedMilliseconds.withLock { $0 } }

    func monotonicNanoseconds() -> UInt64 { machine.monotonicNanoseconds() }

    func elapsedNanoseconds() -> UInt64 {
        machine.elapsedNanoseconds() + UInt64(skipped) * 1_000_000
    }

    func wallClock() -> Timestamp { machine.wallClock().advanced(byMilliseconds: skipped) }

    func threadNanoseconds() -> UInt64 { machine.threadNanoseconds() }

    func isSynchronized() -> Bool { true }
}
