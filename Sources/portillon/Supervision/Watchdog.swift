import CLinux
import Foundation
import Gateway
import Glibc
import Logging

/// Tells the supervisor twice in each of its intervals that the process is alive, as long as every
/// thread of the gateway turns over. Where one hangs nothing is told, and the supervisor ends the
/// process: recovery decides what is true.
struct Watchdog: Sendable {
    let supervisor: Supervisor
    let gateway: RunningGateway
    let logger: Logger

    /// Starts to watch, where somebody waits for it; until the process ends.
    func start() {
        guard let interval = supervisor.watchdogNanoseconds else { return }
        Thread.detachNewThread { watch(every: interval / 2) }
    }

    private func watch(every nanoseconds: UInt64) {
        var pause = timespec(
            tv_sec: Int(clamping: nanoseconds / 1_000_000_000),
            tv_nsec: Int(nanoseconds % 1_000_000_000))
        var hanging: String?
        while true {
            let silent = gateway.thread(silentFor: nanoseconds)
            if let silent {
                if silent != hanging {
                    logger.critical(
                        "a thread hangs; the supervisor is not told that the process lives",
                        metadata: ["thread": "\(silent)"])
                }
            } else {
                supervisor.notifyAlive()
            }
            hanging = silent
            // A signal that ends the pause early is a sign of life more.
            _ = unsafe nanosleep(&pause, nil)
        }
    }
}
