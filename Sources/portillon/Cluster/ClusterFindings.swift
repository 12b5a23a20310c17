import AdminClient
import Cluster

/// What is wrong with an etcd that is to hold the log, and what to do about it.
struct ClusterFindings {
    enum Severity: String {
        /// It works, and something should be changed.
        case warning
        /// It must not hold a log as it is.
        case error
    }

    struct Finding: Equatable {
        let severity: Severity
        /// The member's URL; nil where it is about all of them.
        var member: String?
        let text: String
    }

    private(set) var all: [Finding] = []

    /// What etcd advises as the most, and what a log needs (bytes).
    private static let wantedQuotaBytes: Int64 = 8 << 30

    init(_ facts: ClusterFacts) {
        guard let list = facts.list else {
            for member in facts.members { addFailure(member) }
            add(.error, "no member answers: look at the URLs, the certificates and the network")
            return
        }
        for member in facts.members { add(member) }
        addMembers(list, facts)
        addAgreement(facts)
        addProbe(facts)
    }

    private mutating func add(_ severity: Severity, _ text: String, _ member: BaseURL? = nil) {
        all.append(
            Finding(severity: severity, member: member.map { "\($0)" }, text: text))
    }

    private mutating func addFailure(_ member: ClusterFacts.Member) {
        add(.warning, "does not answer: \(member.failure ?? "it was not asked")", member.url)
    }

    // MARK: One member

    private mutating func add(_ member: ClusterFacts.Member) {
        guard let status = member.status else { return addFailure(member) }
        for alarm in status.alarms {
            add(.error, "raises an alarm: \(alarm); see etcdctl alarm list", member.url)
        }
        if !member.url.isSecure, !Self.isLoopback(member.url.host) {
            add(
                .warning,
                "is asked in plain text: whoever reads the network reads the log; use https and "
                    + "client certificates", member.url)
        }
        if let clock = member.clock, clock.isOff {
            let seconds = clock.seconds.rounded()
            add(
                .warning,
                "its clock is \(Int(abs(seconds))) s \(seconds > 0 ? "ahead of" : "behind") this "
                    + "machine's: set both by NTP", member.url)
        }
        guard let page = member.page else { return }
        add(page, status, of: member.url)
    }

    private mutating func add(_ page: EtcdPage, _ status: EtcdStatus, of url: BaseURL) {
        if let value = page.flag("unsafe-no-fsync"), value != "false" {
            add(
                .error,
                "runs with --unsafe-no-fsync: a loss of power loses what it acknowledged; remove "
                    + "the flag", url)
        }
        if let quota = page.quotaBytes {
            if quota < Self.wantedQuotaBytes {
                add(
                    .warning,
                    "its database may have \(Self.bytes(quota)): set --quota-backend-bytes "
                        + "\(Self.wantedQuotaBytes), else a log fills it while a node is away",
                    url)
            }
            if quota > 0, Double(status.usedBytes) > 0.8 * Double(quota) {
                add(
                    .warning,
                    "\(Self.bytes(status.usedBytes)) of \(Self.bytes(quota)) are in use: compact "
                        + "and defragment it, or find what fills it", url)
            }
        }
        if let retention = page.flag("auto-compaction-retention"), retention != "0" {
            add(
                .warning,
                "compacts by itself (--auto-compaction-retention \(retention)): remove the flag; "
                    + "a log compacts to a batch that it keeps", url)
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// As `2.0 GiB`, in the greatest unit of which there is one.
    static func bytes(_ count: Int64) -> String {
        for (unit, shift) in [("GiB", 30), ("MiB", 20)] where count >= 1 << Int64(shift) {
            return "\((Double(count) / Double(1 << shift) * 10).rounded() / 10) \(unit)"
        }
        return "\((Double(count) / 1_024 * 10).rounded() / 10) KiB"
    }

    // MARK: All members

    private mutating func addMembers(_ list: [EtcdMember], _ facts: ClusterFacts) {
        let voting = list.count { !$0.isLearner }
        if voting < 3 {
            add(
                .warning,
                counted(voting, "voting member", "voting members")
                    + ": not one may fail; run 3, "
                    + "each on a machine of its own")
        } else if voting % 2 == 0 {
            add(
                .warning,
                "\(voting) voting members bear no more failures than \(voting - 1): run an odd "
                    + "number")
        }
        for learner in list where learner.isLearner {
            add(
                .warning,
                "member \(Self.name(learner)) is a learner and does not vote: promote it, see "
                    + "etcdctl member promote")
        }
        let asked = Set(facts.members.compactMap { $0.status?.member })
        let named = Set(facts.members.map { "\($0.url)" })
        for member in list where !asked.contains(member.identifier) {
            if member.clientURLs.contains(where: named.contains) { continue }
            let urls = member.clientURLs.joined(separator: ", ")
            add(
                .warning,
                "member \(Self.name(member)) was not checked: name its URL too"
                    + (urls.isEmpty ? "; it has not started yet" : " (\(urls))"))
        }
    }

    private static func name(_ member: EtcdMember) -> String {
        member.name.isEmpty ? String(member.identifier, radix: 16) : member.name
    }

    private mutating func addAgreement(_ facts: ClusterFacts) {
        let statuses = facts.members.compactMap(\.status)
        if Set(statuses.map(\.cluster)).count > 1 {
            add(.error, "the URLs are of members of different clusters: name those of one")
            return
        }
        if Set(statuses.map(\.member)).count < statuses.count {
            add(.warning, "two of the URLs lead to the same member: name each member once")
        }
        let leaders = Set(statuses.map(\.leader))
        if leaders.contains(0) {
            add(.error, "a member knows no leader: a majority of the members does not run")
        } else if leaders.count > 1 {
            add(.warning, "the members disagree on their leader: an election is under way; again")
        }
        let versions = Set(statuses.map(\.version)).sorted()
        if versions.count > 1 {
            let names = versions.joined(separator: ", ")
            add(.warning, "the members run different versions (\(names)): finish the upgrade")
        }
        if let old = versions.first(where: Self.isTooOld) {
            add(.error, "etcd \(old) is older than 3.4: upgrade it")
        }
    }

    private static func isTooOld(_ version: String) -> Bool {
        let parts = version.split(separator: ".").prefix(2).map { Int($0) ?? 0 }
        return parts.count == 2 && (parts[0], parts[1]) < (3, 4)
    }

    // MARK: The probe

    private mutating func addProbe(_ facts: ClusterFacts) {
        guard let probe = facts.probe else { return }
        if let failure = probe.failure {
            add(.error, "it stored no batch: \(failure)")
            return
        }
        let synced = facts.members.count { $0.hasSynced == true }
        let voting = facts.list?.count { !$0.isLearner } ?? 0
        let silent = facts.members.filter { $0.status != nil && $0.hasSynced == nil }
        for member in silent {
            add(.warning, "does not say whether it syncs: /metrics has no figure", member.url)
        }
        for member in facts.members where member.hasSynced == false {
            add(
                .warning,
                "did not sync its log during the probe: a loss of power there loses what it "
                    + "acknowledged", member.url)
        }
        if synced + silent.count <= voting / 2 {
            add(
                .error,
                "a batch was acknowledged before a majority of the members had synced it: look for "
                    + "--unsafe-no-fsync")
        }
    }
}
