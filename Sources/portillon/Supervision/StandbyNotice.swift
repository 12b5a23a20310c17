import Cluster
import Gateway
import Synchronization
import Time

/// Tells the supervisor of a node that follows: it has started, and it lives. The gateway calls it
/// ten times a second from the thread that follows.
final class StandbyNotice: Sendable {
    private let supervisor: Supervisor
    private let state = Mutex<(told: ClusterStatus.State?, aliveAt: UInt64)>((nil, 0))

    init(_ supervisor: Supervisor) {
        self.supervisor = supervisor
    }

    func tell(_ current: ClusterStatus.State) {
        let now = SystemClock.monotonicNanoseconds()
        let interval = (supervisor.watchdogNanoseconds ?? .max) / 2
        let (isNews, isDue) = state.withLock { state in
            let isNews = state.told != current
            let isDue = now - state.aliveAt >= interval
            state.told = current
            if isDue { state.aliveAt = now }
            return (isNews, isDue)
        }
        if isNews { supervisor.notifyReady("Cluster: \(current.name)") }
        if isDue { supervisor.notifyAlive() }
    }
}
