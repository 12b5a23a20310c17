import CLinux
import Foundation
import Glibc
import Logging

/// The signals of a process that serves: blocked in every thread, and read by a thread of their own
/// from the start on, so that no start, no reload and no full pipe keeps one from being heard.
///
///     starting ──SIGTERM──► the process ends at once
///        │ acceptsEntries()
///     serving ──SIGTERM──► draining ──SIGTERM, half a second later or more──► ends at once
final class StopSignals: @unchecked Sendable {
    // `@unchecked Sendable`: what changes is touched under `condition` only.
    private let condition = NSCondition()
    private var phase = Phase.starting
    private var isReloadWanted = false
    private var hasSteppedDown = false
    private var log: ServiceLog?
    private var cleanUp: (@Sendable () -> Void)?
    /// Signals that were ignored and are in the log already.
    private var ignored: Set<Int32> = []
    private let descriptor: Int32
    private let hangupStops: Bool

    private enum Phase {
        case starting
        case serving
        /// Since when, in nanoseconds of the monotonic clock.
        case draining(signal: Int32, since: UInt64)
    }

    /// `timeout` signals the process and then its group, a shell and a supervisor may both pass on
    /// Ctrl-C: signals so close together are one wish.
    private static var oneWishNanoseconds: UInt64 { 500_000_000 }

    /// Blocks the signals and starts to read them. Call it before the first thread starts: threads
    /// inherit the mask.
    /// - Parameter hangupStops: whether SIGHUP is a wish to stop, and not to reload.
    static func claim(hangupStops: Bool = false) throws(CommandFailure) -> StopSignals {
        guard linux_ignore_broken_pipes() == 0, linux_ignore_terminal_stops() == 0 else {
            throw unavailable()
        }
        let descriptor = linux_signal_descriptor()
        guard descriptor >= 0 else { throw unavailable() }
        let signals = StopSignals(descriptor, hangupStops: hangupStops)
        let thread = Thread { signals.run() }
        thread.name = "signals"
        thread.start()
        return signals
    }

    private init(_ descriptor: Int32, hangupStops: Bool) {
        self.descriptor = descriptor
        self.hangupStops = hangupStops
    }

    /// Where the thread reports what it hears; without a log it says nothing.
    func report(to log: ServiceLog) {
        condition.withLock { self.log = log }
    }

    /// What to do before a signal ends the process at once.
    func beforeEnd(_ cleanUp: @escaping @Sendable () -> Void) {
        condition.withLock { self.cleanUp = cleanUp }
    }

    /// From here on a signal to stop means a drain: an entry may be in flight.
    func acceptsEntries() {
        condition.withLock { if case .starting = phase { phase = .serving } }
    }

    /// Whether a signal to stop has come.
    var isStopWanted: Bool {
        condition.withLock { if case .draining = phase { true } else { false } }
    }

    /// Stops as for SIGTERM: another node leads in place of this one, as an operator wished.
    func endAfterStepDown() {
        condition.withLock { hasSteppedDown = true }
        stop(SIGTERM)
    }

    /// Whether this process ends because another node leads in its place.
    var isAfterStepDown: Bool { condition.withLock { hasSteppedDown } }

    /// Waits for a signal to stop.
    /// - Parameter reload: called for a SIGHUP, also one that came during the start.
    func wait(reload: () -> Void) {
        while true {
            switch next() {
            case .stop: return
            case .reload: reload()
            }
        }
    }

    private enum Wish { case stop, reload }

    private func next() -> Wish {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if case .draining = phase { return .stop }
            if isReloadWanted {
                isReloadWanted = false
                return .reload
            }
            condition.wait()
        }
    }

    // MARK: The thread

    private func run() {
        while true {
            let number = linux_next_signal(descriptor)
            if number > 0 {
                handle(number)
            } else if errno != EINTR {
                condition.withLock { log }?.logger.critical("cannot read signals; draining")
                stop(SIGTERM)
                return
            }
        }
    }

    private func handle(_ number: Int32) {
        switch number {
        case SIGTERM, SIGINT, SIGQUIT, SIGPWR, SIGXCPU, linux_first_realtime_signal() + 3:
            stop(number)
        case SIGHUP where hangupStops: stop(number)
        case SIGHUP:
            condition.withLock {
                isReloadWanted = true
                condition.broadcast()
            }
        default:
            let logger = condition.withLock {
                ignored.insert(number).inserted ? log?.logger : nil
            }
            logger?.notice(
                "signal ignored; SIGHUP reloads, SIGTERM stops",
                metadata: ["signal": "\(Self.name(number))"])
        }
    }

    private func stop(_ number: Int32) {
        let now = Self.monotonicNanoseconds()
        condition.lock()
        let before = phase
        let log = self.log
        let cleanUp = self.cleanUp
        if case .serving = before {
            phase = .draining(signal: number, since: now)
            condition.broadcast()
        }
        condition.unlock()
        switch before {
        case .starting:
            log?.logger.notice(
                "stopped before the start was complete",
                metadata: ["signal": "\(Self.name(number))"])
            log?.queue.flush(withinMilliseconds: 500)
            cleanUp?()
            linux_end_by_signal(number == SIGINT ? SIGINT : SIGTERM)
        case .serving:
            log?.logger.info("draining", metadata: ["signal": "\(Self.name(number))"])
        case .draining(_, let since):
            // The kernel repeats this one each second beyond the limit.
            guard number != SIGXCPU, now >= since + Self.oneWishNanoseconds else { return }
            log?.logger.warning(
                "stopped at once; entries without an answer may not be stored",
                metadata: ["signal": "\(Self.name(number))"])
            log?.queue.flush(withinMilliseconds: 200)
            cleanUp?()
            // The status that a shell reports for a process ended by a signal.
            _exit(128 + number)
        }
    }

    private static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        // The call fails only for an unknown clock.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func name(_ number: Int32) -> String {
        let names: [Int32: String] = [
            SIGTERM: "SIGTERM", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGHUP: "SIGHUP",
            SIGPWR: "SIGPWR", SIGXCPU: "SIGXCPU", SIGUSR1: "SIGUSR1", SIGUSR2: "SIGUSR2",
            SIGALRM: "SIGALRM", SIGVTALRM: "SIGVTALRM", SIGPROF: "SIGPROF", SIGIO: "SIGIO",
            SIGPIPE: "SIGPIPE", SIGXFSZ: "SIGXFSZ",
        ]
        return names[number] ?? "signal \(number)"
    }

    private static func unavailable() -> CommandFailure {
        let reason = systemMessage(errno)
        return CommandFailure(.inputOutput, "cannot receive signals (\(reason))")
    }
}
