import Cluster
import Gateway
import Synchronization

/// Tells the supervisor of a node that follows: it has started, and what it does. The gateway calls
/// it ten times a second from the thread that follows. That it lives, the watchdog says.
final class FollowingNotice: Sendable {
    private let supervisor: Supervisor
    private let told = Mutex<ClusterStatus.State?>(nil)

    init(_ supervisor: Supervisor) {
        self.supervisor = supervisor
    }

    func tell(_ current: ClusterStatus.State) {
        let isNews = told.withLock { told in
            defer { told = current }
            return told != current
        }
        if isNews { supervisor.notifyReady("Cluster: \(current.name)") }
    }
}
