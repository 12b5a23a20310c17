import AdminClient
import Availability
import Foundation
import Synchronization
import Time
import Wire

/// Reports complete minutes to the admin listener, on a thread of its own: an attempt never waits
/// for it. What cannot be reported stays in the queue until the gateway is back.
final class ProbeReporter: Sendable {
    private let api: AdminAPI
    private let probe: String
    private let queue: Mutex<ProbeQueue>
    /// Milliseconds above which an answer is slow, by the gateway's rule.
    private let slow = Atomic<Int>(2_000)
    private let shownFailure = Mutex<String?>(nil)

    /// Seconds between two attempts to report, at first and at most.
    private static let pauses = (first: 1.0, longest: 30.0)
    private static let answerSeconds = 10.0
    private static let idleSeconds = 0.1

    init(_ api: AdminAPI, probe: String, queue: ProbeQueue) {
        self.api = api
        self.probe = probe
        self.queue = Mutex(queue)
    }

    /// Seconds that an attempt may take.
    var limitSeconds: Double { Double(slow.load(ordering: .relaxed)) / 1_000 }

    /// Minutes that wait to be reported.
    var waiting: Int { queue.withLock { $0.minutes.count } }

    func add(_ count: MinuteCount) {
        change { queue throws(CommandFailure) in try queue.append(count) }
    }

    /// Runs until the process ends.
    func start() {
        let thread = Thread { self.run() }
        thread.name = "reports"
        thread.start()
    }

    private func run() {
        var pause = Self.pauses.first
        while true {
            guard let count = queue.withLock({ $0.minutes.first }) else {
                Thread.sleep(forTimeInterval: Self.idleSeconds)
                continue
            }
            switch report(count) {
            case .done:
                pause = Self.pauses.first
                change { queue throws(CommandFailure) in try queue.remove(count) }
            case .later:
                Thread.sleep(forTimeInterval: pause)
                pause = min(2 * pause, Self.pauses.longest)
            }
        }
    }

    private enum Outcome { case done, later }

    private func report(_ count: MinuteCount) -> Outcome {
        // Nothing was tried: the minute stays unmeasured.
        if count.attempts == 0 { return .done }
        do throws(AdminAPIError) {
            let answer = try api.json(
                "POST", ["v1", "probes", probe, "minutes"], .object(count.json),
                withinSeconds: Self.answerSeconds)
            if let limit = answer["rule"]?["slow_milliseconds"]?.integer, limit > 0 {
                slow.store(limit, ordering: .relaxed)
            }
            show(nil)
            return .done
        } catch {
            return outcome(of: error, count)
        }
    }

    private func outcome(of error: AdminAPIError, _ count: MinuteCount) -> Outcome {
        guard case .refused(let status, let problem) = error.reason else {
            show("cannot report (\(error)); the minutes are kept, and reported later")
            return .later
        }
        switch problem["code"]?.string {
        // The gateway's clock is behind this machine's.
        case "minute_not_over"?: return .later
        case "minute_too_late"?, "minute_reported"?, "wrong_shape"?, "invalid"?,
            "invalid_identifier"?:
            show("the gateway does not record \(count.minute.starts.rfc3339): \(error)")
            return .done
        default:
            show("the gateway refuses reports with status \(status): \(error)")
            return .later
        }
    }

    /// Says what is wrong, once, and that it is over.
    private func show(_ failure: String?) {
        let isNews = shownFailure.withLock { shown in
            defer { shown = failure }
            return shown != failure
        }
        guard isNews else { return }
        let text = failure ?? "reports are taken again"
        // Standard error is all there is to say it on.
        try? Output.error.write("portillon probe: \(printable(text))\n")
    }

    private func change(_ body: (inout ProbeQueue) throws(CommandFailure) -> Void) {
        do throws(CommandFailure) {
            try queue.withLock { queue throws(CommandFailure) in try body(&queue) }
        } catch {
            // It is kept in memory; a probe that measures is worth more than one that ended.
            show(error.lines.joined(separator: "; "))
        }
    }
}
