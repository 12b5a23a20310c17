internal import Cluster

/// The etcd that holds the newest part of the cluster's log, as its members say.
struct EngineView: Encodable {
    struct Member: Encodable {
        let url: String
        /// Why it does not answer; then nothing else is known of it.
        var failure: String?
        var name: String?
        var version: String?
        var role: Role?
        var databaseBytes: Int64?
        var usedBytes: Int64?
        var quotaBytes: Int64?
        /// Whether it synced its log after the last probe; nil where that is not known.
        var hasSynced: Bool?
        var alarms: [String]?
        /// The cluster of etcd that it is a member of; not shown.
        var cluster: UInt64?

        init(url: String) { self.url = url }

        enum Role: String, Encodable, CaseIterable {
            case leader, follower, learner
        }

        private enum CodingKeys: String, CodingKey {
            case url, failure, name, version, role, alarms
            case databaseBytes = "database_bytes"
            case usedBytes = "used_bytes"
            case quotaBytes = "quota_bytes"
            case hasSynced = "synced"
        }
    }

    /// Nil where no member answers.
    var votingMembers: Int?
    var members: [Member]
    /// When this node probed whether members sync; nil where it never has.
    let probedAt: String?

    private enum CodingKeys: String, CodingKey {
        case members
        case probedAt = "probed_at"
        case votingMembers = "voting_members"
    }
}

extension EngineView {
    static let shape = Shape.object([
        .optional("voting_members", .count, "Absent where no member answers."),
        .required("members", .array(Member.shape), "Those that this node was given."),
        .optional(
            "probed_at", .time,
            "When this node looked last whether members sync: once a minute while it leads."),
    ])
}

extension EngineView.Member {
    static let shape = Shape.object([
        .required("url", .text(1...2_048)),
        .optional("failure", .text(1...2_048), "Why it does not answer."),
        .optional("name", .text(0...2_048)), .optional("version", .text(0...2_048)),
        .optional("role", .choice(of: Role.self)),
        .optional("database_bytes", .count, "The store's file."),
        .optional("used_bytes", .count, "What of it is in use."),
        .optional("quota_bytes", .count, "What it may have; beyond that it stores nothing."),
        .optional(
            "synced", .boolean,
            "Whether it synced its log after a value was written at `probed_at`."),
        .optional("alarms", .array(.text(0...2_048))),
    ])
}
