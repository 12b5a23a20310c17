internal import Cluster
internal import Logging
internal import Threads
internal import Time

/// Looks four times a second whether the node that leads can store what it decides, and has another
/// one lead where it cannot and that one may. Learns what the engine's store may hold, and how many
/// members it has.
final class OfficeWatch: Sendable {
    private let thread = StoppableThread()

    private static var lookSeconds: Double { 0.25 }
    /// A quota, or the members, are changed by a person, seldom.
    private static var quotaNanoseconds: UInt64 { 60_000_000_000 }

    /// - Parameter node: has the office.
    func start(_ node: ClusterNode) throws(StartError) {
        try thread.start(as: "office-watch") { [self] in
            var disk = LeaderDisk()
            var askedAt: UInt64?
            while !thread.isStopping {
                let now = SystemClock.monotonicNanoseconds()
                if askedAt.map({ now - $0 >= Self.quotaNanoseconds }) ?? true {
                    askedAt = now
                    if let quota = EngineSurvey.quota(node.configuration) {
                        node.status.engineQuota = quota
                    }
                    if node.configuration.nodes == nil,
                        let members = EngineSurvey.votingMembers(node.configuration)
                    {
                        node.status.expectedNodes = members
                    }
                }
                look(&disk, node)
                Waiting(seconds: Self.lookSeconds).pass()
            }
        }
    }

    func stop() { thread.stop {} }

    private func look(_ disk: inout LeaderDisk, _ node: ClusterNode) {
        let (shared, status) = (node.shared, node.status)
        guard status.state == .leading, !shared.isDraining else { return }
        let (health, now) = (shared.health, SystemClock.monotonicNanoseconds())
        // One that waits for a segment goes on to turn, and refuses.
        let age = health.space == .available ? health.commitAge(at: now) : 0
        switch disk.look(
            takesNothing: health.space.isOwn || health.isStoreLost,
            wait: status.ownWait(ofLast: age, at: now), at: now)
        {
        case .fit: return
        case .isUnfit:
            shared.logger.error("this node cannot store entries: another one is to lead")
            guard case .taken = node.handOver() else { return }
            node.configuration.afterStepDown()
        case .hangs:
            guard let successor = node.successor() else { return }
            // What is in hand is in the log that all share: whoever leads next has it.
            shared.giveUp(
                "a write to this node's disk hangs; ending the process, so that node "
                    + "\(successor.node) leads")
        }
    }
}
