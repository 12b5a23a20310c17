internal import Cluster
internal import Contract
internal import Ledger
internal import Log
internal import Logging
internal import Snapshots
internal import Vault

extension Gateway.Configuration {
    /// Follows the cluster until this node leads it.
    /// - Returns: nil for a gateway that is alone.
    func join(
        _ log: inout Log, _ state: inout Snapshot, _ standby: Standby?, _ logger: Logger
    ) throws(StartError) -> ClusterNode? {
        guard let cluster, let standby else { return nil }
        try Listeners.requirePublicFree(self)
        try checkMasterKey(of: cluster)
        logger.notice("following the cluster", metadata: ["node": "\(cluster.node)"])
        return try ClusterNode.join(cluster, &log, &state, standby, logger)
    }

    /// Refuses another master key than the cluster's before anything is followed. Where etcd does
    /// not answer, the node that takes office finds out.
    private func checkMasterKey(of cluster: ClusterConfiguration) throws(StartError) {
        let space = ClusterKeys(cluster.makeEngine(), as: .reader, patienceSeconds: 2)
        do throws(KeyVaultError) {
            _ = try KeyVault(
                space: space, masterKeyPath: masterKey, masterKeyIsGuarded: masterKeyIsGuarded)
        } catch {
            if case .cluster(.unavailable) = error { return }
            throw .file("\(error)")
        }
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
