import Foundation
import Synchronization

/// Ctrl-C, or SIGTERM, ends the traffic, and what there is is reported; a second one, half a second
/// later or more, ends the process. `timeout` sends two within milliseconds: they are one wish.
enum Interruption {
    /// When the first signal came, in nanoseconds of the monotonic clock; 0 before.
    private static let askedAt = Atomic<UInt64>(0)
    private static var oneWishNanoseconds: UInt64 { 500_000_000 }

    /// Watches for signals. From then on a report that nobody reads is an error and not the end:
    /// a gateway that was started for the run is stopped in any case.
    static func watch() {
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in
                var time = timespec()
                // Both calls may be made in a handler (signal-safety(7)).
                _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
                let now = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
                let (wasFirst, first) = Interruption.askedAt.compareExchange(
                    expected: 0, desired: now, ordering: .relaxed)
                if !wasFirst, now >= first + Interruption.oneWishNanoseconds {
                    signal(number, SIG_DFL)
                    raise(number)
                }
            }
        }
    }

    static var isAsked: Bool { askedAt.load(ordering: .relaxed) != 0 }
}
