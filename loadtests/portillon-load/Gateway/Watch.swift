import AdminClient
import Foundation
import Synchronization

/// Beside the traffic, on a thread of its own: looks at the admin listener now and then, and does
/// to the gateway what the scenario says.
final class Watch: Sendable {
    private struct State {
        var samples: [GatewaySample] = []
        var marks: [TimelineMark] = []
        var isStopped = false
        var isDone = false
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
        Thread.detachNewThread { self.run(work) }
    }

    /// Ends the thread after a last look.
    func stop() {
        state.withLock { $0.isStopped = true }
        while !state.withLock({ $0.isDone }) { Thread.sleep(forTimeInterval: 0.01) }
    }

    private func run(_ work: Work) {
        var actions = work.actions[...]
        var nextSample = 0.0
        while !state.withLock({ $0.isStopped }) {
            let now = seconds(since: work.start)
            if let action = actions.first, action.atSeconds <= now {
                actions.removeFirst()
                perform(action, work)
            } else if now >= nextSample {
                look(work)
                nextSample = work.sampleSeconds > 0 ? now + work.sampleSeconds : .infinity
            } else {
                let next = min(actions.first?.atSeconds ?? .infinity, nextSample)
                Thread.sleep(forTimeInterval: min(0.05, max(next - now, 0.001)))
            }
        }
        look(work)
        state.withLock { $0.isDone = true }
    }

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
