/// What is wrong with the engine that a cluster's log is in, as its nodes say it in their logs: at
/// start, and while one leads. `portillon cluster check` looks for more.
struct EngineFindings {
    struct Finding: Hashable {
        /// Else it works, and something should be changed.
        let isError: Bool
        let text: String
    }

    private(set) var all: [Finding] = []

    /// - Parameter view: as members said; nothing is said of one that does not answer.
    init(_ view: EngineView) {
        for member in view.members { add(member, wasProbed: view.probedAt != nil) }
        addVoting(view)
        addAgreement(view.members)
    }

    private mutating func error(_ text: String) {
        all.append(Finding(isError: true, text: text))
    }

    private mutating func warn(_ text: String) {
        all.append(Finding(isError: false, text: text))
    }

    private mutating func add(_ member: EngineView.Member, wasProbed: Bool) {
        guard member.failure == nil else { return }
        for alarm in member.alarms ?? [] {
            error("\(member.url) raises an alarm: \(alarm)")
        }
        guard wasProbed else { return }
        switch member.hasSynced {
        case true?: break
        case false?:
            error(
                "\(member.url) does not sync what it is given, as with --unsafe-no-fsync, or takes "
                    + "longer than a second: a loss of power loses what it acknowledged")
        case nil: warn("\(member.url) does not say whether it syncs: /metrics has no figure")
        }
    }

    private mutating func addVoting(_ view: EngineView) {
        guard let voting = view.votingMembers else { return }
        if voting < 3 {
            warn(
                "not highly available: etcd has \(voting) voting member\(voting == 1 ? "" : "s"), "
                    + "and none may fail; run 3, each on a machine of its own")
        } else if voting % 2 == 0 {
            warn(
                "etcd has \(voting) voting members, which bear no more failures than "
                    + "\(voting - 1): run an odd number")
        }
    }

    private mutating func addAgreement(_ members: [EngineView.Member]) {
        if Self.areOfSeveral(members.compactMap(\.cluster)) {
            return error(Self.severalClusters)
        }
        let versions = Set(members.compactMap(\.version)).sorted()
        if versions.count > 1 {
            warn(
                "etcd's members run different versions (\(versions.joined(separator: ", "))): "
                    + "finish the upgrade")
        }
        for version in versions where Self.isTooOld(version) {
            error("etcd \(version) is older than 3.4: upgrade it")
        }
    }

    private static func isTooOld(_ version: String) -> Bool {
        let parts = version.split(separator: ".").prefix(2).map { Int($0) ?? 0 }
        return parts.count == 2 && (parts[0], parts[1]) < (3, 4)
    }

    /// Whether members that answered are of more than one cluster of etcd.
    static func areOfSeveral(_ clusters: [UInt64]) -> Bool { Set(clusters).count > 1 }

    static var severalClusters: String {
        "the URLs are of members of different clusters of etcd: name those of one"
    }
}
