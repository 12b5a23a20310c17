internal import Cluster
internal import Logging
internal import Threads
internal import Time

/// Looks four times a second whether the node that leads can store what it decides, and each five
/// seconds whether its clock is still right, and has another one lead where it is not so and that
/// one may. Learns what the engine's store may hold, and how many members it has.
final class OfficeWatch: Sendable {
    private let thread = StoppableThread()

    private static var lookSeconds: Double { 0.25 }
    /// A quota, or the members, are changed by a person, seldom.
    private static var quotaNanoseconds: UInt64 { 60_000_000_000 }

    /// - Parameter node: has the office.
    func start(_ node: ClusterNode) throws(StartError) {
        try thread.start(as: "office-watch") { [self] in
            var disk = LeaderDisk()
            var clock = LeaderClock()
            var askedAt: UInt64?
            var comparedAt: UInt64?
            while !thread.isStopping {
                let now = SystemClock.monotonicNanoseconds()
                if askedAt.map({ now - $0 >= Self.quotaNanoseconds }) ?? true {
                    askedAt = now
                    if let quota = EngineSurvey.quota(node.configuration) {
                        node.status.engineQuota = quota
                    }
                    if let members = EngineSurvey.votingMembers(node.configuration) {
                        node.shared.engine.votingMembers = members
                        if node.configuration.nodes == nil { node.status.expectedNodes = members }
                    }
                }
                look(&disk, node)
                if comparedAt.map({ now - $0 >= LeaderClock.lookNanoseconds }) ?? true {
                    comparedAt = now
                    look(&clock, node, at: now)
                }
                Waiting(seconds: Self.lookSeconds).pass()
            }
        }
    }

    func stop() { thread.stop {} }

    /// Compares the clock of the node that leads with the others', as it did before it led.
    private func look(_ clock: inout LeaderClock, _ node: ClusterNode, at now: UInt64) {
        let (shared, status) = (node.shared, node.status)
        guard status.state == .leading, !shared.isDraining else { return }
        let error = status.members.clockError(of: status.node)
        status.clockErrorMilliseconds = error
        let seconds: Logger.Metadata = ["seconds": .stringConvertible(Double(error) / 1_000)]
        switch clock.look(error: error, at: now) {
        case .fit: return
        case .isOff:
            shared.logger.error(
                "this node leads, and its clock is off the other nodes': set it by NTP",
                metadata: seconds)
        case .isUnfit:
            shared.logger.error(
                "this node's clock stays off the other nodes': another one is to lead",
                metadata: seconds)
            guard case .taken = node.handOver() else { return }
            node.configuration.afterStepDown()
        case .isRightAgain:
            shared.logger.notice("this node's clock is right again", metadata: seconds)
        }
    }

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
