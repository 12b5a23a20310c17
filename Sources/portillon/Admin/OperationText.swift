import Wire

/// Operations as text.
enum OperationText {
    static func table(_ operations: [JSONValue]) -> String {
        guard !operations.isEmpty else {
            return "No operations yet; create one with \"portillon operation put\".\n"
        }
        var table = AlignedTable(
            [
                "operation", "client", "state", "rule", "#entries", "#participants", "#cover",
                "#used", "title",
            ])
        for operation in operations {
            table.append(
                ["operation", "client", "state", "rule"].map { operation[$0]?.text ?? "" }
                    + ["entries", "participants", "cover"].map { count(operation[$0]) }
                    + [StandingText.used(operation), operation["title"]?.text ?? ""])
        }
        let standing = StandingText.lines(operations)
        return table.text + (standing.isEmpty ? "" : "\n" + standing)
    }

    static func of(_ operation: JSONValue) -> String {
        let names = plain(
            [("operation", "operation"), ("title", "title"), ("client", "client")], operation)
        let standing = [
            ("state", StandingText.held(operation) ?? operation["state"]?.text),
            ("pace", StandingText.paceBeside(operation)),
            ("advice", StandingText.advice(operation)),
            ("cover crossed", operation["crossed_at"]?.text),
            ("expected to cross", StandingText.forecast(operation)), ("notice", notice(operation)),
        ].map { ($0.0, $0.1 ?? "") }
        let counts = ["entries", "participants", "cover"].map { ($0, count(operation[$0])) }
        let verdicts = (operation["verdicts"]?.members ?? [:]).sorted { $0.key < $1.key }
            .filter { $0.value != .integer(0) }
            .map { "\(count($0.value)) \($0.key)" }.joined(separator: ", ")
        let settings = plain(
            [
                ("rule", "rule"), ("time zone", "time_zone"), ("opens", "opens"),
                ("closes", "closes"), ("minimum age", "minimum_age"), ("consents", "consents"),
                ("consent texts", "consent_texts"), ("public reason", "public_reason"),
                ("allowed origins", "allowed_origins"), ("robots", "robots"),
                ("policy", "policy"), ("created", "created_at"),
            ], operation)
        // Current state first, settings last.
        let all =
            names + standing + counts + [("verdicts", verdicts)] + PushText.pairs(operation)
            + settings
        let campaigns = operation["campaigns"]?.elements ?? []
        return listing(all.filter { !$0.1.isEmpty })
            + (campaigns.isEmpty ? "" : "\n" + DeclarationText.campaigns(campaigns))
            + keys(operation["keys"]?.elements ?? [])
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

    private static func keys(_ keys: [JSONValue]) -> String {
        guard !keys.isEmpty else {
            return "\nNo keys yet; create one with \"portillon key create\".\n"
        }
        var table = AlignedTable(["key", "created", "revoked", "reason"])
        for key in keys {
            table.append(
                ["key_id", "created_at", "revoked_at", "reason"].map { key[$0]?.text ?? "" })
        }
        return "\n" + table.text
    }

    static func count(_ value: JSONValue?) -> String {
        if case .integer(let number) = value { grouped(number) } else { value?.text ?? "" }
    }
}
