import CLinux
import Foundation
import Glibc
import Logging

/// The signals that end the process, taken from all threads and waited for by one.
struct StopSignals: Sendable {
    private let descriptor: Int32

    /// Must come before the first thread starts: threads inherit what is blocked.
    static func claim() throws(CommandFailure) -> StopSignals {
        guard linux_ignore_broken_pipes() == 0 else { throw unavailable() }
        let descriptor = linux_signal_descriptor()
        guard descriptor >= 0 else { throw unavailable() }
        return StopSignals(descriptor: descriptor)
    }

    /// Comes back when the process is to end. From then on a second signal ends it at once.
    /// - Parameter reload: is called for each SIGHUP.
    func wait(_ logger: Logger, reload: () -> Void) {
        while true {
            let signal = linux_next_signal(descriptor)
            if signal == SIGTERM || signal == SIGINT {
                logger.info("draining", metadata: ["signal": "\(Self.name(signal))"])
                endAtOnceOnNext(logger)
                return
            } else if signal == SIGHUP {
                reload()
            } else if errno != EINTR {
                logger.critical("signals cannot be read; draining")
                return
            }
        }
    }

    private func endAtOnceOnNext(_ logger: Logger) {
        let descriptor = descriptor
        Thread.detachNewThread {
            while true {
                let signal = linux_next_signal(descriptor)
                if signal == SIGTERM || signal == SIGINT {
                    logger.warning(
                        "stopped at once; what was not answered yet may not be stored",
                        metadata: ["signal": "\(Self.name(signal))"])
                    // As a shell reports a process that a signal ended.
                    _exit(128 + signal)
                }
                if signal < 0, errno != EINTR { return }
            }
        }
    }

    private static func name(_ signal: Int32) -> String {
        signal == SIGINT ? "SIGINT" : "SIGTERM"
    }

    private static func unavailable() -> CommandFailure {
        let reason = systemMessage(errno)
        return CommandFailure(.inputOutput, "signals cannot be received (\(reason))")
    }
}
