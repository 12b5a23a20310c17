internal import Cluster
internal import Contract
internal import Ledger
internal import Logging
internal import Vault

extension Gateway.Configuration {
    /// Refuses what would only be found out with the office.
    func checkBeforeFollowing(_ cluster: ClusterConfiguration) throws(StartError) {
        try Listeners.requirePublicFree(self)
        try checkMasterKey(of: cluster)
    }

    /// The cluster's keys, for a node that follows: opened when a key is needed.
    func readingVault(of cluster: ClusterConfiguration) -> SharedVault {
        let (masterKey, isGuarded) = (masterKey, masterKeyIsGuarded)
        return SharedVault { () throws(KeyVaultError) in
            try KeyVault(
                space: ClusterKeys(cluster.makeEngine(), as: .reader, patienceSeconds: 1),
                masterKeyPath: masterKey, masterKeyIsGuarded: isGuarded)
        }
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
