import CLinux
import Foundation
import Glibc
import Logging

/// The signals that end the process, blocked in all threads and read by one.
struct StopSignals: Sendable {
    private let descriptor: Int32

    /// Blocks the signals. Call it before the first thread starts: threads inherit the mask.
    static func claim() throws(CommandFailure) -> StopSignals {
        guard linux_ignore_broken_pipes() == 0 else { throw unavailable() }
        let descriptor = linux_signal_descriptor()
        guard descriptor >= 0 else { throw unavailable() }
        return StopSignals(descriptor: descriptor)
    }

    /// Waits for the first signal to stop. From then on a second one ends the process at once.
    /// - Parameter reload: called for each SIGHUP.
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
                logger.critical("cannot read signals; draining")
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
                        "stopped at once; entries without an answer may not be stored",
                        metadata: ["signal": "\(Self.name(signal))"])
                    // The status that a shell reports for a process ended by a signal.
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
        return CommandFailure(.inputOutput, "cannot receive signals (\(reason))")
    }
}
