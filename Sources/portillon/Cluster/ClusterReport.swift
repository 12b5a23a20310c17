import Cluster
import Wire

/// What `portillon cluster check` found, as text and as JSON.
struct ClusterReport {
    private let facts: ClusterFacts
    let findings: [ClusterFindings.Finding]

    init(_ facts: ClusterFacts) {
        self.facts = facts
        findings = ClusterFindings(facts).all
    }

    /// 0: nothing is wrong; 1: something should be changed; 2: it must not hold a log.
    var status: Int32 {
        if findings.contains(where: { $0.severity == .error }) { return 2 }
        return findings.isEmpty ? 0 : 1
    }

    // MARK: Text

    var text: String {
        var table = AlignedTable(["member", "version", "role", "#database", "synced"])
        for member in facts.members {
            table.append([
                "\(member.url)", member.status?.version ?? "", role(member),
                (member.status?.databaseBytes).map(ClusterFindings.bytes) ?? "",
                member.hasSynced.map { $0 ? "yes" : "no" } ?? "",
            ])
        }
        return table.text + "\n" + listing(summary) + "\n" + verdict
    }

    private var summary: [(String, String)] {
        [
            ("voting members", voting.map { "\($0)" } ?? ""),
            ("learners", learners.map { "\($0)" } ?? ""), ("probe", probe),
        ]
    }

    /// Nil where no member answers.
    private var voting: Int? { facts.list.map { list in list.count { !$0.isLearner } } }
    private var learners: Int? { facts.list.map { list in list.count { $0.isLearner } } }

    private var probe: String {
        guard let probe = facts.probe else { return "" }
        if probe.failure != nil { return "not stored" }
        return "stored in \((probe.milliseconds * 10).rounded() / 10) ms"
    }

    private func role(_ member: ClusterFacts.Member) -> String {
        guard let status = member.status else { return "no answer" }
        if status.isLearner { return "learner" }
        return status.leader == status.member ? "leader" : "follower"
    }

    private var verdict: String {
        if findings.isEmpty { return "Nothing is wrong.\n" }
        return findings.map { finding in
            let subject = finding.member.map { "\($0) " } ?? ""
            return printable("\(finding.severity.rawValue): \(subject)\(finding.text)") + "\n"
        }.joined()
    }

    // MARK: JSON

    var json: JSONValue {
        .object([
            "status": .integer(Int(status)),
            "members": .array(facts.members.map { object($0) }),
            "voting_members": Self.integer(voting),
            "learners": Self.integer(learners),
            "probe": facts.probe.map { object($0) } ?? .null,
            "findings": .array(findings.map { object($0) }),
        ])
    }

    private func object(_ member: ClusterFacts.Member) -> JSONValue {
        let status = member.status
        return .object([
            "url": .string("\(member.url)"),
            "failure": Self.string(member.failure),
            "version": Self.string(status?.version),
            "role": .string(role(member)),
            "database_bytes": Self.integer(status.map { Int($0.databaseBytes) }),
            "used_bytes": Self.integer(status.map { Int($0.usedBytes) }),
            "quota_bytes": Self.integer(member.page?.quotaBytes.map { Int($0) }),
            "synced": member.hasSynced.map { JSONValue.bool($0) } ?? .null,
            "clock_offset_seconds": member.clock.map { JSONValue.number($0.seconds) } ?? .null,
        ])
    }

    private func object(_ probe: ClusterFacts.Probe) -> JSONValue {
        .object([
            "stored": .bool(probe.failure == nil),
            "failure": Self.string(probe.failure),
            "milliseconds": .number(probe.milliseconds),
        ])
    }

    private func object(_ finding: ClusterFindings.Finding) -> JSONValue {
        .object([
            "severity": .string(finding.severity.rawValue),
            "member": Self.string(finding.member),
            "text": .string(finding.text),
        ])
    }

    private static func string(_ text: String?) -> JSONValue {
        text.map { JSONValue.string($0) } ?? .null
    }

    private static func integer(_ number: Int?) -> JSONValue {
        number.map { JSONValue.integer($0) } ?? .null
    }
}
