internal import Cluster
internal import Contract
internal import Ledger
internal import Log
internal import Logging
internal import Snapshots

extension Gateway.Configuration {
    /// Follows the cluster until this node leads it.
    /// - Returns: nil for a gateway that is alone.
    func join(
        _ log: inout Log, _ state: inout Snapshot, _ standby: Standby?, _ logger: Logger
    ) throws(StartError) -> ClusterNode? {
        guard let cluster, let standby else { return nil }
        try Listeners.requirePublicFree(self)
        logger.notice("following the cluster", metadata: ["node": "\(cluster.node)"])
        return try ClusterNode.join(cluster, &log, &state, standby, logger)
    }

    /// The ladder's policy from the start on. In a cluster it is the one on record: which node
    /// leads must not decide who is suspended.
    func startingPolicy(over ledger: borrowing Ledger, _ logger: Logger) -> Policy {
        guard cluster != nil, ledger.records > 0, ledger.policy != policy else { return policy }
        logger.warning(
            "this node's policy settings differ from those on record, which stay in force")
        return ledger.policy
    }
}
