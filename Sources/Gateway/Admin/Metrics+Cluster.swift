internal import Cluster
internal import Exposition
internal import Time

extension MetricsWriter {
    /// What a node of a cluster tells of itself, leading or not.
    mutating func writeCluster(_ status: ClusterStatus, at now: UInt64) {
        let reason = status.unreadyReason(at: now)
        // One that cannot prove its office may be a leader no more.
        let isLeading = status.state == .leading && reason == nil
        family(
            "portillon_cluster_leader", .gauge, help: "1 if this node decides and takes entries.")
        sample(UInt64(isLeading ? 1 : 0))
        family(
            "portillon_cluster_term", .gauge,
            help: "The term of the log's owner, as far as this node knows.")
        sample(status.term)
        family(
            "portillon_cluster_state", .gauge, help: "1 for what the node does, else 0.")
        for state in ClusterStatus.State.allCases {
            let isCurrent = reason.map { $0 == state.name } ?? (state == .leading)
            sample(UInt64(isCurrent ? 1 : 0)) { $0.add("state", state.name) }
        }
        family(
            "portillon_cluster_members", .gauge,
            help: "Nodes that are known, this one too, by what they are to it.")
        let members = status.members
        let roles = NodeView.all(status, at: now).map(\.role)
        for role in NodeView.Role.allCases {
            sample(UInt64(roles.count { $0 == role })) { $0.add("state", role.rawValue) }
        }
        family(
            "portillon_cluster_clock_error_seconds", .gauge, unit: "seconds",
            help: "By how much this node's clock is off the others'.")
        sample(Double(status.clockErrorMilliseconds) / 1_000)
        family(
            "portillon_log_position", .gauge, help: "Records in this node's journal.")
        sample(status.position - 1)
        family(
            "portillon_log_lag_records", .gauge,
            help: "Records of the cluster's log that a node's journal lacks, by node.")
        let end = members.map(\.position).max().map { max($0, status.logPosition) } ?? 1
        for member in members {
            sample(end - member.position) { $0.add("node", member.node) }
        }
        family(
            "portillon_log_unknown", .counter,
            help: "Calls of the engine whose outcome had to be asked for again.")
        sample(status.unknownCalls)
        family(
            "portillon_log_fetched_records", .counter,
            help: "Records that came from other nodes' journals: the log had them no more.")
        sample(status.fetchedRecords)
        family(
            "portillon_log_engine_bytes", .gauge, unit: "bytes",
            help: "What is in use of the engine's store, as the leader was told last.")
        sample(status.engineBytes)
        family(
            "portillon_log_engine_quota_bytes", .gauge, unit: "bytes",
            help: "What the engine's store may have, as the leader was told last.")
        sample(status.engineQuota)
        family(
            "portillon_failovers", .counter,
            help: "Offices that this process took over from another one.")
        sample(UInt64(status.office > 1 ? 1 : 0))
    }
}

extension Metrics {
    func writeCluster(_ writer: inout MetricsWriter) {
        guard let cluster = shared.cluster else { return }
        writer.writeCluster(cluster, at: shared.clock.elapsedNanoseconds())
        if let members = shared.engine.votingMembers {
            writer.family(
                "portillon_log_engine_voting_members", .gauge,
                help: "Members of the engine that vote, as the leader was told last.")
            writer.sample(UInt64(members))
        }
        if let members = shared.engine.unsyncedMembers {
            writer.family(
                "portillon_log_engine_unsynced_members", .gauge,
                help: "Members of the engine that did not sync what was written at the last probe.")
            writer.sample(UInt64(members))
        }
        writer.family(
            "portillon_log_append_seconds", .histogram, unit: "seconds",
            help: "Time until a batch was durable on a majority of the engine's members.")
        writeTiming(&writer, Instruments.Timing.append)
        writer.family(
            "portillon_link_entries", .counter,
            help: "Entries that went over links between nodes, by what became of them.")
        for result in LinkCounts.Result.allCases {
            writer.sample(shared.links.read(result)) { $0.add("result", result.label) }
        }
    }
}
