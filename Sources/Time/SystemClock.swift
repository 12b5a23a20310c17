internal import CLinux
internal import Glibc

/// The machine's own clocks.
package struct SystemClock: Sendable {
    package init() {}

    /// Nanoseconds of the clock that nobody sets: for durations and deadlines. Where it began is
    /// not said.
    package static func monotonicNanoseconds() -> UInt64 {
        nanoseconds(of: CLOCK_MONOTONIC)
    }

    /// The same with the time for which the machine slept (`CLOCK_BOOTTIME`).
    package func elapsedNanoseconds() -> UInt64 {
        Self.nanoseconds(of: CLOCK_BOOTTIME)
    }

    /// Nanoseconds for which the calling thread has had a processor.
    package func threadNanoseconds() -> UInt64 {
        Self.nanoseconds(of: CLOCK_THREAD_CPUTIME_ID)
    }

    /// The date and the time of day, to the millisecond: somebody may set it, in both directions,
    /// to any moment that the kernel takes, before 1970 too.
    package static func wallClock() -> Timestamp {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        let (milliseconds, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000)
        guard !overflow else { return Timestamp(milliseconds: time.tv_sec < 0 ? .min : .max) }
        return Timestamp(milliseconds: milliseconds)
            .advanced(byMilliseconds: Int64(time.tv_nsec / 1_000_000))
    }

    /// Whether the kernel's own record of the clock (adjtimex(2)) says that a time server keeps it
    /// in step. Setting the clock by hand ends that until the server has looked again. A process
    /// that is shown another time than the kernel's (libfaketime) gets false.
    package func isSynchronized() -> Bool {
        let seconds = linux_synchronized_seconds()
        guard seconds > 0 else { return false }
        let difference = Self.wallClock().milliseconds / 1_000 - seconds
        return abs(difference) <= 2
    }

    private static func nanoseconds(of clock: clockid_t) -> UInt64 {
        var time = timespec()
        // It fails for an unknown clock only, and these are known.
        _ = unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
