internal import Cluster
internal import Contract
internal import Ledger
internal import Log
internal import Logging
internal import Vault

extension Gateway.Configuration {
    /// Refuses what would only be found out with the office.
    func checkBeforeFollowing(_ cluster: ClusterConfiguration) throws(StartError) {
        try Listeners.requirePublicFree(self)
        // Each node would append to the log of the member that it happens to reach.
        if EngineFindings.areOfSeveral(EngineSurvey.clusters(cluster)) {
            throw .configuration("cluster: " + EngineFindings.severalClusters)
        }
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

    /// Whether other nodes have what this one's journal lacks from a place on: only where the
    /// cluster's log has begun before it. Nil for a gateway that is alone.
    ///
    /// What a node alone has acknowledged is on its disk and nowhere else; a journal that it brings
    /// to a cluster's first start is cut no more than its own would be.
    var othersHave: ((LogDamage) throws(StartError) -> Bool)? {
        guard let cluster else { return nil }
        return { damage throws(StartError) in
            var engine = cluster.makeEngine()
            let limit = Waiting(seconds: Self.beginningSeconds)
            while true {
                do throws(ReplicatedLogError) {
                    guard let beginning = try engine.beginning() else { return false }
                    return damage.sequence >= beginning.first
                } catch {
                    if case .unknown = error, !limit.isOver { continue }
                    throw .file(
                        "\(LogError.damaged(damage)); whether other nodes have what is missing, "
                            + "the cluster's etcd does not say: \(error). Start this node when it "
                            + "answers")
                }
            }
        }
    }

    /// How long a start whose journal lacks its end asks the engine.
    private static var beginningSeconds: Double { 10 }

    /// What all nodes of the cluster hash addresses by; nil for a gateway that is alone.
    func clusterOriginKey() throws(StartError) -> UInt64? {
        guard cluster != nil else { return nil }
        do throws(KeyVaultError) {
            return try KeyVault.originKey(
                ofCluster: masterKey, masterKeyIsGuarded: masterKeyIsGuarded)
        } catch {
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
