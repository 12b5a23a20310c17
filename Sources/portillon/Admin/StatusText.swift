import Wire

/// The text of `portillon status`.
enum StatusText {
    /// - Parameter ifEmpty: for people, in place of a table without rows; nil: there are no
    ///   operations at all.
    static func of(_ status: JSONValue, ifEmpty: String? = nil) -> String {
        let operations = status["operations"]?.elements ?? []
        let pressure = status["pressure"] ?? .null
        let rates = status["rates"] ?? .null
        let figures = [
            ("at", text(status["at"])),
            ("version", text(status["version"])),
            ("running since", text(status["started_at"])),
            ("ready", text(status["ready"])),
            ("pressure", text(pressure["level"])),
            ("entries", perSecond(rates["entries_per_second"])),
            ("requests", perSecond(rates["requests_per_second"])),
            ("unread wait", milliseconds(pressure["unread_wait_seconds"])),
            ("queue wait", milliseconds(pressure["queue_wait_seconds"])),
            ("commit time", milliseconds(pressure["commit_seconds"])),
            ("connections", text(status["connections"])),
            ("journal", PushText.journal(status["journal"])),
            ("tables", tables(status["memory"] ?? .null)),
        ]
        let pairs = figures + nodes(status["nodes"])
        let table =
            ifEmpty.map { OperationText.table(operations, ifEmpty: $0) }
            ?? OperationText.table(operations)
        // Programs find one table, and who pushes in its columns.
        guard TextStyle.current != .programs else { return listing(pairs) + "\n" + table }
        return listing(pairs.filter { !$0.1.isEmpty }) + "\n"
            + PushText.table(status["pushing"]?.elements ?? []) + table
    }

    /// A gateway alone has none to tell of.
    private static func nodes(_ nodes: JSONValue?) -> [(String, String)] {
        nodes.map { [("nodes", ClusterText.line($0))] } ?? []
    }

    /// What the tables take of what they may, and when they will be full.
    private static func tables(_ memory: JSONValue) -> String {
        guard let used = memory["table_bytes"]?.number,
            let limit = memory["table_limit_bytes"]?.number, limit > 0
        else { return "" }
        var line = "\(PushText.bytes(used)) of \(PushText.bytes(limit))"
        line += " (\(tenths(used / limit * 100)) %)"
        if memory["level"]?.text == "full" { line += "; new participants are refused" }
        if let time = memory["full_at"]?.string { line += "; full at \(time)" }
        return line
    }

    private static func text(_ value: JSONValue?) -> String { value?.text ?? "" }

    private static func perSecond(_ value: JSONValue?) -> String {
        value?.number.map { "\(tenths($0)) a second" } ?? ""
    }

    private static func milliseconds(_ value: JSONValue?) -> String {
        value?.number.map { "\(tenths($0 * 1_000)) ms" } ?? ""
    }

    /// The number with one decimal digit, clamped to a range that fits any column.
    static func tenths(_ value: Double) -> String {
        let scaled = min(max((value * 10).rounded(), -1e15), 1e15)
        let tenths = Int(scaled.isNaN ? 0 : scaled)
        return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }
}
