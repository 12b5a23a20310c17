import CLinux
import Foundation
import Gateway
import Glibc
import Logging

/// Notifies the supervisor twice in each of its intervals while every thread of the gateway makes
/// progress. If a thread hangs, it withholds the notification, and the supervisor ends the process:
/// recovery decides what is true.
struct Watchdog: Sendable {
    let supervisor: Supervisor
    let gateway: RunningGateway
    let logger: Logger

    /// Starts the watchdog thread, if the supervisor asks for it; it runs until the process ends.
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
                        "thread is hung; withholding the watchdog notification",
                        metadata: ["thread": "\(silent)"])
                }
            } else {
                supervisor.notifyAlive()
            }
            hanging = silent
            // A signal that ends the pause early only adds a notification.
            _ = unsafe nanosleep(&pause, nil)
        }
    }
}
