internal import Cluster
internal import Time

/// Asks the members of the engine how they are, each for a second or two at most: what a person
/// looks at, and nothing that entries wait for. It writes nothing; see ``EngineProbe``.
struct EngineSurvey {
    private let configuration: ClusterConfiguration
    private let probed: EngineProbe.Finding?

    private static var memberSeconds: Double { 1 }
    private static var startSeconds: Double { 0.5 }

    /// - Parameter probed: what was found last of the members' syncs.
    init(_ configuration: ClusterConfiguration, _ probed: EngineProbe.Finding?) {
        self.configuration = configuration
        self.probed = probed
    }

    func run() -> EngineView {
        var view = EngineView(members: [], probedAt: probed?.at.rfc3339)
        for endpoint in configuration.endpoints {
            view.members.append(ask(endpoint, &view.votingMembers))
        }
        return view
    }

    /// What the engine's store may have, in bytes: the least that a member says; nil where none
    /// does.
    static func quota(_ configuration: ClusterConfiguration) -> UInt64? {
        configuration.endpoints.compactMap { endpoint in
            EngineMetrics(of: endpoint, configuration)?.quotaBytes
                .flatMap { UInt64(exactly: $0) }
        }.min()
    }

    /// Which clusters of etcd those members are of that answer at once.
    static func clusters(_ configuration: ClusterConfiguration) -> [UInt64] {
        configuration.endpoints.compactMap { endpoint in
            var client = EtcdClient(endpoint, configuration.engineTrust)
            do throws(GRPCError) {
                return try client.status(Waiting(seconds: startSeconds)).cluster
            } catch {
                // A start does not wait for it.
                return nil
            }
        }
    }

    /// How many members vote, as the first one says that answers; nil where none does.
    static func votingMembers(_ configuration: ClusterConfiguration) -> Int? {
        for endpoint in configuration.endpoints {
            var client = EtcdClient(endpoint, configuration.engineTrust)
            do throws(GRPCError) {
                return try client.members(Waiting(seconds: memberSeconds)).count { !$0.isLearner }
            } catch {
                // Another one is asked.
                continue
            }
        }
        return nil
    }

    private func ask(_ endpoint: EtcdEndpoint, _ votingMembers: inout Int?) -> EngineView.Member {
        var member = EngineView.Member(url: "\(endpoint)")
        var client = EtcdClient(endpoint, configuration.engineTrust)
        do throws(GRPCError) {
            let status = try client.status(Waiting(seconds: Self.memberSeconds))
            let list = try client.members(Waiting(seconds: Self.memberSeconds))
            votingMembers = list.count { !$0.isLearner }
            member.name = list.first { $0.identifier == status.member }?.name
            member.version = status.version
            member.cluster = status.cluster
            member.role =
                status.isLearner
                ? .learner : status.member == status.leader ? .leader : .follower
            member.databaseBytes = status.databaseBytes
            member.usedBytes = status.usedBytes
            member.alarms = status.alarms
            member.quotaBytes = EngineMetrics(of: endpoint, configuration)?.quotaBytes
            member.hasSynced = probed?.hasSynced["\(endpoint)"]
        } catch {
            member.failure = "\(error)"
        }
        return member
    }
}
