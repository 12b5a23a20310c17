import AdminClient
import Availability
import Foundation
import Time

/// Sends an entry each interval, as a front end does: over a kept connection, one at a time.
///
/// A connection that is kept for ever sees neither a certificate that has expired nor that
/// newcomers are refused. So a new one is made for every tenth attempt: where none can be had, each
/// attempt fails from then on; and where each fails once, 10 % of a minute's do, more than
/// ``MinuteRule`` allows.
struct ProbeLoop: ~Copyable {
    private let reporter: ProbeReporter
    private let interval: Duration
    /// Reads the target again where it comes from a file; nil: it stays.
    private let reload: (() throws(CommandFailure) -> ProbeTarget)?
    private var target: ProbeTarget
    private var session: HTTPSession
    private var counter = MinuteCounter()
    /// Attempts over one connection.
    static var attemptsOfConnection: Int { 10 }

    /// What is wrong with the probe's own entries, as it was said last.
    private var shownFault: String?

    init(
        _ client: HTTPClient, _ target: ProbeTarget, _ reporter: ProbeReporter,
        intervalMilliseconds: Int, reload: (() throws(CommandFailure) -> ProbeTarget)?
    ) {
        self.target = target
        self.reporter = reporter
        self.reload = reload
        interval = .milliseconds(intervalMilliseconds)
        session = HTTPSession(client, maximumRequests: Self.attemptsOfConnection)
    }

    /// Runs until the process ends.
    mutating func run() throws {
        var next = ContinuousClock.now
        while true {
            let began = SystemClock.wallClock()
            let outcome = attempt()
            try show(outcome)
            if let complete = counter.add(outcome, began: began) { try end(complete) }
            // What took longer than the interval is not made up for.
            next = max(next + interval, .now)
            let left = ContinuousClock.now.duration(to: next) / .seconds(1)
            if left > 0 { Thread.sleep(forTimeInterval: left) }
        }
    }

    private mutating func attempt() -> ProbeOutcome {
        let limit = reporter.limitSeconds
        let began = ContinuousClock.now
        func isOver() -> Bool { began.duration(to: .now) >= .seconds(limit) }
        do throws(HTTPClientError) {
            let answer = try session.send(target.request, by: Deadline(seconds: limit))
            return isOver() ? .slow : ProbeOutcome(status: answer.status, body: answer.body)
        } catch {
            return isOver() ? .slow : .failed("\(error)")
        }
    }

    /// Says once why the gateway does not take the probe's own entries: its minutes are not
    /// measured.
    private mutating func show(_ outcome: ProbeOutcome) throws {
        var fault: String?
        if case .void(let reason) = outcome { fault = reason }
        guard fault != shownFault else { return }
        shownFault = fault
        let text =
            fault.map {
                "the gateway refuses this probe's own entries (\($0)): nothing is measured; run "
                    + "\"portillon probe setup\" again"
            } ?? "the gateway takes this probe's entries again"
        try Output.error.write("portillon probe: \(printable(text))\n")
    }

    private mutating func end(_ count: MinuteCount) throws {
        reporter.add(count)
        if Output.standard.isTerminal {
            let waiting = reporter.waiting
            try Output.standard.write(
                "\(count.minute.starts.rfc3339.prefix(16))Z  "
                    + counted(Int(count.attempts), "attempt", "attempts") + ", "
                    + "\(count.failed) failed, \(count.slow) slow"
                    + (waiting > 1 ? "; \(waiting) minutes wait to be reported" : "") + "\n")
        }
        guard let reload else { return }
        do throws(CommandFailure) {
            target = try reload()
        } catch {
            // The one before is as good as it was.
            try Output.error.write(error.text)
        }
    }
}
