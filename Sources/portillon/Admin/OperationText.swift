import Wire

/// Operations as text.
enum OperationText {
    /// The members of an operation that its line in a table is made of.
    static let tableMembers: Set<String> = [
        "operation", "client", "title", "state", "rule", "entries", "participants", "cover",
        "suspension", "pace_per_second", "waiting", "advice", "crossed_at", "forecast",
        "missing_notices", "attempts_per_second", "accepted_per_second", "p50_seconds",
        "p99_seconds", "sources",
        "refusals",
    ]

    /// The table of operations. People read why one needs attention, and who pushes, beside it;
    /// programs in columns of their own, so that each line stays a record. Which notices are
    /// missing has a column; for people only where one is.
    static func table(
        _ operations: [JSONValue],
        ifEmpty: String = "No operations yet; create one with \"portillon operation put\".\n"
    ) -> String {
        let isForPrograms = TextStyle.current == .programs
        let isLacking = !isForPrograms && operations.contains { !StandingText.lacking($0).isEmpty }
        var table = AlignedTable(
            [
                "operation", "client", "state", "rule", "#entries", "#participants", "#cover",
                "#used",
            ] + (isLacking ? ["undeclared"] : []) + ["title"]
                + (isForPrograms ? PushText.columns + ["undeclared", "remarks"] : []))
        for operation in operations {
            table.append(
                ["operation", "client", "state", "rule"].map { operation[$0]?.text ?? "" }
                    + ["entries", "participants", "cover"].map { count(operation[$0]) }
                    + [StandingText.used(operation)]
                    + (isLacking ? [StandingText.lacking(operation)] : [])
                    + [operation["title"]?.text ?? ""]
                    + (isForPrograms
                        ? PushText.cells(operation)
                            + [StandingText.lacking(operation), StandingText.remarks(operation)]
                        : []))
        }
        let standing = isForPrograms ? "" : StandingText.lines(operations)
        return table.text(orIfEmpty: ifEmpty) + (standing.isEmpty ? "" : "\n" + standing)
    }

    static func of(_ operation: JSONValue) -> String {
        let names = plain(
            [("operation", "operation"), ("title", "title"), ("client", "client")], operation)
        let standing = [
            ("state", StandingText.state(operation)),
            ("pace", StandingText.paceBeside(operation)),
            ("advice", StandingText.advice(operation)),
            ("cover crossed", operation["crossed_at"]?.text),
            ("missing notices", StandingText.missing(operation)),
            ("expected to cross", StandingText.forecast(operation)), ("notice", notice(operation)),
        ].map { ($0.0, $0.1 ?? "") }
        let counts = ["entries", "participants", "cover", "expected"].map {
            ($0, count(operation[$0]))
        }
        let verdicts = (operation["verdicts"]?.members ?? [:]).sorted { $0.key < $1.key }
            .filter { $0.value != .integer(0) }
            .map { "\(count($0.value)) \($0.key)" }.joined(separator: ", ")
        let settings = plain(
            [
                ("rule", "rule"), ("time zone", "time_zone"), ("opens", "opens"),
                ("closes", "closes"), ("start", "start"), ("minimum age", "minimum_age"),
                ("consents", "consents"),
                ("consent texts", "consent_texts"), ("public reason", "public_reason"),
                ("identity", "identity"), ("country", "country"), ("second key", "second_key"),
                ("cap", "cap"), ("cap reached", "cap_reached"),
                ("allowed origins", "allowed_origins"), ("robots", "robots"),
                ("networks", "networks"), ("allowed robots", "allowed_robots"),
                ("policy", "policy"), ("created", "created_at"),
            ], operation)
        // Current state first, settings last.
        let all =
            names + standing + counts + [("verdicts", verdicts)] + PushText.pairs(operation)
            + settings
        let campaigns = operation["campaigns"]?.elements ?? []
        let keys = operation["keys"]?.elements ?? []
        // Programs find each name in its line, whatever the operation has.
        let shown = TextStyle.current == .programs ? all : all.filter { !$0.1.isEmpty }
        return listing(shown)
            + (campaigns.isEmpty ? "" : "\n" + DeclarationText.campaigns(campaigns))
            + older(campaigns, operation["campaigns_total"], "campaign list", operation)
            + "\n" + self.keys(keys)
            + older(keys, operation["keys_total"], "key list", operation)
    }

    /// Says what is not shown of an operation that has many.
    private static func older(
        _ shown: [JSONValue], _ total: JSONValue?, _ command: String, _ operation: JSONValue
    ) -> String {
        guard let total = total?.integer, total > shown.count else { return "" }
        return counted(total - shown.count, "older one", "older ones") + ": \"portillon \(command) "
            + "\(printable(operation["operation"]?.text ?? ""))\"\n"
    }

    private static func plain(
        _ members: [(title: String, name: String)], _ operation: JSONValue
    ) -> [(String, String)] {
        members.map { ($0.title, operation[$0.name]?.text ?? "") }
    }

    private static func notice(_ operation: JSONValue) -> String? {
        guard let notice = operation["traffic_notice"],
            let declared = notice["declared_at"]?.string
        else { return nil }
        return "\(count(notice["expected_participants"])) participants, declared \(declared)"
    }

    /// The members of a key that its line in a table is made of.
    static let keyMembers = [
        "key_id", "front_end", "created_at", "revoked_at", "reason", "declared_at", "suspected_at",
        "suspected_uses", "suspected_last_use",
    ]

    static func keys(_ keys: [JSONValue]) -> String {
        var table = AlignedTable([
            "key", "front end", "created", "revoked", "reason", "declared", "suspected", "#uses",
            "last use",
        ])
        for key in keys { table.append(keyMembers.map { key[$0]?.text ?? "" }) }
        return table.text(orIfEmpty: "No keys yet; create one with \"portillon key create\".\n")
    }

    static func count(_ value: JSONValue?) -> String {
        if case .integer(let number) = value { grouped(number) } else { value?.text ?? "" }
    }
}
