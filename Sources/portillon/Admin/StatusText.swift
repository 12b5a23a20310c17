import Wire

/// The text of `portillon status`.
enum StatusText {
    static func of(_ status: JSONValue) -> String {
        let pressure = status["pressure"] ?? .null
        let rates = status["rates"] ?? .null
        let pairs = [
            ("version", text(status["version"])),
            ("running since", text(status["started_at"])),
            ("ready", text(status["ready"])),
            ("pressure", text(pressure["level"])),
            ("entries", perSecond(rates["entries_per_second"])),
            ("requests", perSecond(rates["requests_per_second"])),
            ("queue wait", milliseconds(pressure["queue_wait_seconds"])),
            ("commit time", milliseconds(pressure["commit_seconds"])),
            ("connections", text(status["connections"])),
            ("journal", PushText.journal(status["journal"])),
        ]
        return listing(pairs.filter { !$0.1.isEmpty }) + "\n"
            + PushText.table(status["pushing"]?.elements ?? [])
            + OperationText.table(status["operations"]?.elements ?? [])
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
