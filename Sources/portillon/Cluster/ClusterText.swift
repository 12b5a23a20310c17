import Wire

/// The text of `portillon cluster status`, and of the nodes in other commands.
enum ClusterText {
    static func of(_ cluster: JSONValue) -> String {
        let leader = cluster["leader"] ?? .null
        let engine = cluster["engine"] ?? .null
        return listing([
            ("asked", "node \(text(cluster["node"])), \(text(cluster["state"]))"),
            ("leader", leader["node"].map { "\($0.text), term \(text(leader["term"]))" } ?? "none"),
            ("level", cluster["level"]?.text ?? "none on record"),
            ("etcd", engine["voting_members"].map { "\($0.text) voting members" } ?? "no answer"),
        ]) + "\n" + nodes(cluster["nodes"]?.elements ?? []) + "\n"
            + members(engine["members"]?.elements ?? [])
    }

    private static func nodes(_ nodes: [JSONValue]) -> String {
        var table = AlignedTable([
            "node", "role", "pressure", "#term", "#position", "#lag", "#level", "#clock", "heard",
        ])
        for node in nodes {
            table.append([
                text(node["node"]), text(node["role"]), node["pressure"]?.text ?? "-",
                node["term"]?.text ?? "-",
                grouped(node["position"]?.integer ?? 0), grouped(node["lag"]?.integer ?? 0),
                node["level"]?.text ?? "-",
                node["clock_offset_seconds"]?.number.map { "\(StatusText.tenths($0)) s" } ?? "-",
                heard(node),
            ])
        }
        return table.text(orIfEmpty: "No nodes are known.\n")
    }

    private static func heard(_ node: JSONValue) -> String {
        node["silent_seconds"]?.number.map { "\(StatusText.tenths($0)) s ago" } ?? "never"
    }

    private static func members(_ members: [JSONValue]) -> String {
        var table = AlignedTable([
            "member", "version", "role", "#database", "#in use", "#quota", "synced", "trouble",
        ])
        for member in members {
            table.append([
                text(member["url"]), member["version"]?.text ?? "-", member["role"]?.text ?? "-",
                bytes(member["database_bytes"]), bytes(member["used_bytes"]),
                bytes(member["quota_bytes"]),
                member["synced"]?.bool.map { $0 ? "yes" : "NO" } ?? "-",
                member["failure"]?.text
                    ?? (member["alarms"]?.elements ?? []).map(\.text).joined(separator: "; "),
            ])
        }
        return table.text(orIfEmpty: "No members are known.\n")
    }

    /// All nodes in one line: `a leads, b is 0 behind, c is silent`; empty for a gateway alone.
    static func line(_ nodes: JSONValue?) -> String {
        (nodes?.elements ?? []).map { node in
            let name = text(node["node"])
            return switch node["role"]?.string {
            case "leader": "\(name) leads"
            case "unproven": "\(name) LEADS WITHOUT PROOF"
            case "follower": "\(name) is \(grouped(node["lag"]?.integer ?? 0)) behind"
            default: "\(name) IS SILENT"
            }
        }.joined(separator: ", ")
    }

    private static func bytes(_ value: JSONValue?) -> String {
        value?.number.map(PushText.bytes) ?? "-"
    }

    private static func text(_ value: JSONValue?) -> String { value?.text ?? "" }
}
