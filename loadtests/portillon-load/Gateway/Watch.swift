import AdminClient
import Foundation
import Synchronization

/// Beside the traffic, on threads of their own: looks at the admin listener now and then, and does
/// to the gateway what the scenario says.
final class Watch: Sendable {
    private struct State {
        var samples: [GatewaySample] = []
        var marks: [TimelineMark] = []
        var isStopped = false
        /// Threads that have not ended.
        var running = 0
    }

    private let state = Mutex(State())

    /// What was seen and done.
    var samples: [GatewaySample] { state.withLock { $0.samples } }
    var marks: [TimelineMark] { state.withLock { $0.marks } }

    /// What the thread works with.
    struct Work: Sendable {
        /// Nil looks at nothing.
        var api: AdminAPI?
        var sampleSeconds: Double
        /// Names in the scenario, by identifier at the gateway.
        var names: [String: String]
        var actions: [ScenarioAction]
        var process: GatewayProcess?
        /// Nanoseconds of the monotonic clock.
        var start: UInt64
    }

    func start(_ work: Work) {
        state.withLock { $0.running = 2 }
        Thread.detachNewThread { self.act(work) }
        Thread.detachNewThread { self.observe(work) }
    }

    /// Ends the threads after a last look.
    func stop() {
        state.withLock { $0.isStopped = true }
        while state.withLock({ $0.running > 0 }) { Thread.sleep(forTimeInterval: 0.01) }
    }

    /// Does what the scenario says, when it says so.
    private func act(_ work: Work) {
        for action in work.actions {
            while seconds(since: work.start) < action.atSeconds {
                guard pause(until: action.atSeconds, work) else { break }
            }
            if state.withLock({ $0.isStopped }) { break }
            perform(action, work)
        }
        state.withLock { $0.running -= 1 }
    }

    /// Looks at the metrics once a sample.
    private func observe(_ work: Work) {
        // The traffic has the same core. What is looked at may come later; what is sent may not. It
        // is this thread's alone: the gateway that ``act(_:)`` starts would inherit it.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
        var next = 0.0
        while work.sampleSeconds > 0, !state.withLock({ $0.isStopped }) {
            let now = seconds(since: work.start)
            if now >= next {
                look(work)
                next = now + work.sampleSeconds
            } else {
                _ = pause(until: next, work)
            }
        }
        look(work)
        state.withLock { $0.running -= 1 }
    }

    /// Sleeps for a moment, at most until then.
    /// - Returns: whether to go on.
    private func pause(until time: Double, _ work: Work) -> Bool {
        let left = time - seconds(since: work.start)
        Thread.sleep(forTimeInterval: min(0.05, max(left, 0.001)))
        return !state.withLock { $0.isStopped }
    }

    /// Of the thread that looks: a tenth of the weight that the traffic's has.
    private static let niceness: Int32 = 10

    /// Seconds that the metrics may take to come.
    private static var sampleSeconds: Double { 10 }

    private func seconds(since start: UInt64) -> Double {
        Double(MonotonicClock.nanoseconds &- start) / 1e9
    }

    private func perform(_ action: ScenarioAction, _ work: Work) {
        let mark = TimelineMark(at: seconds(since: work.start), label: action.label)
        state.withLock { $0.marks.append(mark) }
        switch action.kind {
        case .restart(let gracefully):
            do {
                try work.process?.restart(gracefully: gracefully)
            } catch {
                let failure = TimelineMark(at: mark.at, label: "restart failed: \(error)")
                state.withLock { $0.marks.append(failure) }
            }
        case .stall(let seconds): work.process?.stall(seconds: seconds)
        }
    }

    /// One look at the metrics.
    private func look(_ work: Work) {
        guard work.sampleSeconds > 0, let api = work.api else { return }
        let at = seconds(since: work.start)
        // A gateway that does not answer, as one that restarts, is a sample too: an empty one.
        let text = try? api.bytes(["metrics"], withinSeconds: Self.sampleSeconds)
        let found = MetricsText(String(decoding: text ?? [], as: UTF8.self))
        var sample = GatewaySample(
            at: at, pressure: found.pressure, states: [:], participants: [:],
            residentBytes: found.residentBytes, openDescriptors: found.openDescriptors,
            cpuSeconds: found.cpuSeconds, waits: found.waits)
        for (id, name) in work.names {
            sample.states[name] = found.states[id]
            sample.participants[name] = found.participants[id]
        }
        state.withLock { $0.samples.append(sample) }
    }
}
