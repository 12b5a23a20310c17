internal import AdminClient
internal import Bytes
internal import Cluster
internal import Foundation
internal import Sockets
internal import Time
internal import Wire

/// Asks the members of the engine how they are, each for a second at most: what a person looks at,
/// and nothing that entries wait for.
struct EngineSurvey {
    private let configuration: ClusterConfiguration

    private static var memberSeconds: Double { 1 }
    /// In which members that lag have to sync what was written.
    private static var syncSeconds: Double { 1 }
    private static var metricsBytes: Int { 4 << 20 }

    init(_ configuration: ClusterConfiguration) {
        self.configuration = configuration
    }

    func run() -> EngineView {
        var view = EngineView(members: [])
        for endpoint in configuration.endpoints {
            view.members.append(ask(endpoint, &view.votingMembers))
        }
        lookAtSyncs(of: &view.members)
        return view
    }

    /// What the engine's store may have, in bytes: the least that a member says; nil where none
    /// does.
    func quota() -> UInt64? {
        configuration.endpoints.compactMap { endpoint in
            metrics(of: endpoint).flatMap { Self.value(Self.quotaName, in: $0) }
                .flatMap { UInt64(exactly: $0) }
        }.min()
    }

    private static var quotaName: String { "etcd_server_quota_backend_bytes" }

    private func ask(_ endpoint: EtcdEndpoint, _ votingMembers: inout Int?) -> EngineView.Member {
        var member = EngineView.Member(url: "\(endpoint)")
        var client = EtcdClient(endpoint, configuration.engineTrust)
        do throws(GRPCError) {
            let status = try client.status(Waiting(seconds: Self.memberSeconds))
            let list = try client.members(Waiting(seconds: Self.memberSeconds))
            votingMembers = list.count { !$0.isLearner }
            member.name = list.first { $0.identifier == status.member }?.name
            member.version = status.version
            member.role =
                status.isLearner
                ? .learner : status.member == status.leader ? .leader : .follower
            member.databaseBytes = status.databaseBytes
            member.usedBytes = status.usedBytes
            member.alarms = status.alarms
        } catch {
            member.failure = "\(error)"
        }
        return member
    }

    // MARK: What its metrics say

    /// Writes a small value, and looks whether each member synced its log afterwards.
    private func lookAtSyncs(of members: inout [EngineView.Member]) {
        let answering = members.indices.filter { members[$0].failure == nil }
        var before: [Int: Double] = [:]
        for place in answering {
            guard let text = metrics(of: configuration.endpoints[place]) else { continue }
            members[place].quotaBytes = Self.value(Self.quotaName, in: text)
                .flatMap { Int64(exactly: $0) }
            before[place] = Self.syncs(in: text)
        }
        guard !before.isEmpty, write() else { return }
        let limit = Waiting(seconds: Self.syncSeconds)
        while true {
            for (place, earlier) in before where members[place].hasSynced != true {
                guard let text = metrics(of: configuration.endpoints[place]),
                    let now = Self.syncs(in: text)
                else { continue }
                members[place].hasSynced = now > earlier
            }
            let isComplete = before.keys.allSatisfy { members[$0].hasSynced == true }
            if isComplete || limit.isOver { return }
            Waiting(seconds: 0.05).pass()
        }
    }

    /// - Returns: whether the engine has stored it.
    private func write() -> Bool {
        var engine = configuration.makeEngine()
        let value = Array(String(SystemClock.wallClock().milliseconds).utf8)
        do throws(ReplicatedLogError) {
            // A span of an array's elements, lent for the call.
            unsafe try engine.put("survey", value.span.bytes)
            return true
        } catch {
            return false
        }
    }

    /// - Returns: nil where it does not show them.
    private func metrics(of endpoint: EtcdEndpoint) -> String? {
        let deadline = AdminClient.Deadline(seconds: Self.memberSeconds)
        do {
            let client = try HTTPClient(
                BaseURL("\(endpoint)"), trust: configuration.engineFiles,
                limits: ResponseLimits(bodyBytes: Self.metricsBytes))
            var exchange = try HTTPExchange(client, HTTPRequest("GET", ["metrics"]), by: deadline)
            guard try exchange.head(by: deadline).status == 200 else { return nil }
            var body = ByteBuffer(capacity: 256 << 10)
            while try exchange.read(into: &body, by: deadline) {}
            return body.bytes.text
        } catch {
            return nil
        }
    }

    private static func syncs(in text: String) -> Double? {
        value("etcd_disk_wal_fsync_duration_seconds_count", in: text)
    }

    private static func value(_ name: String, in text: String) -> Double? {
        for line in text.split(separator: "\n") where line.hasPrefix(name + " ") {
            return Double(line.dropFirst(name.count + 1))
        }
        return nil
    }
}
