import Wire

/// Who pushes, and what the gate does, as text.
enum PushText {
    /// A table of the operations that are pushed at most; empty where nobody pushes.
    static func table(_ operations: [JSONValue]) -> String {
        guard !operations.isEmpty else { return "" }
        var table = AlignedTable(
            ["pushed now", "#a second", "#accepted", "#p50", "#p99", "most from", "refused so far"])
        for operation in operations {
            table.append([
                operation["operation"]?.text ?? "", rate(operation["attempts_per_second"]),
                rate(operation["accepted_per_second"]), time(operation["p50_seconds"]),
                time(operation["p99_seconds"]), sources(operation, atMost: 1),
                refusals(operation, atMost: 2),
            ])
        }
        return table.text + "\n"
    }

    /// The same for programs: columns of the table of operations.
    static let columns = [
        "#attempts per second", "#accepted per second", "#p50 ms", "#p99 ms", "sources", "refusals",
    ]

    /// What the columns hold of an operation.
    static func cells(_ operation: JSONValue) -> [String] {
        [
            rate(operation["attempts_per_second"]), rate(operation["accepted_per_second"]),
            milliseconds(operation["p50_seconds"]), milliseconds(operation["p99_seconds"]),
            sources(operation, atMost: .max), refusals(operation, atMost: .max),
        ]
    }

    /// The same for one operation, as names and values.
    static func pairs(_ operation: JSONValue) -> [(String, String)] {
        let attempts = operation["attempts_per_second"]?.number ?? 0
        let now =
            "\(rate(operation["attempts_per_second"])) a second, "
            + "\(rate(operation["accepted_per_second"])) accepted"
        let times =
            "half within \(time(operation["p50_seconds"])), "
            + "99 % within \(time(operation["p99_seconds"]))"
        return [
            ("pushed now", attempts > 0 ? now : ""),
            ("answered", operation["p99_seconds"]?.number == nil ? "" : times),
            ("refused", refusals(operation, atMost: .max)),
            ("sources", sources(operation, atMost: .max)),
            ("unknown sources", unknown(operation)),
        ]
    }

    private static func refusals(_ operation: JSONValue, atMost maximum: Int) -> String {
        let reasons = (operation["refusals"]?.members ?? [:])
            .compactMap { reason, count in count.number.map { (reason, $0) } }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        return reasons.prefix(maximum).map { reason, count in
            "\(grouped(Int(count))) \(reason)"
        }.joined(separator: ", ")
    }

    private static func sources(_ operation: JSONValue, atMost maximum: Int) -> String {
        (operation["sources"]?.elements ?? []).prefix(maximum).map { source in
            let name = source["source"]?.string ?? "others"
            let isUndeclared = source["source"] != nil && source["declared"]?.bool == false
            return "\(name)\(isUndeclared ? " (undeclared)" : "")"
                + " \(OperationText.count(source["entries"]))"
                + " (\(rate(source["per_second"])) a second)"
        }.joined(separator: ", ")
    }

    private static func unknown(_ operation: JSONValue) -> String {
        (operation["unknown_sources"]?.elements ?? []).map { source in
            "\(source["source"]?.text ?? ""): \(OperationText.count(source["entries"])) within "
                + "\(OperationText.count(source["window_seconds"])) s when found, "
                + "\(OperationText.count(source["entries_since"])) since"
        }.joined(separator: "; ")
    }

    /// The journal's room: what is used, what is left, and for how long that lasts.
    static func journal(_ journal: JSONValue?) -> String {
        guard let journal, let used = journal["used_bytes"]?.number,
            let allocated = journal["allocated_bytes"]?.number,
            let free = journal["disk_free_bytes"]?.number
        else { return "" }
        var text = "\(bytes(used)) used of \(bytes(allocated)) allocated, \(bytes(free)) free"
        if let seconds = journal["full_in_seconds"]?.number {
            text += ", full in \(duration(seconds)) at "
            text += "\(bytes(journal["bytes_per_second"]?.number ?? 0)) a second"
        }
        return text
    }

    private static func rate(_ value: JSONValue?) -> String {
        value?.number.map(StatusText.tenths) ?? ""
    }

    private static func time(_ value: JSONValue?) -> String {
        let number = milliseconds(value)
        return number.isEmpty ? "" : "\(number) ms"
    }

    private static func milliseconds(_ value: JSONValue?) -> String {
        value?.number.map { StatusText.tenths($0 * 1_000) } ?? ""
    }

    /// Bytes in the largest unit that gives at least one.
    static func bytes(_ value: Double) -> String {
        value >= 1_073_741_824
            ? "\(StatusText.tenths(value / 1_073_741_824)) GiB"
            : value >= 1_048_576
                ? "\(StatusText.tenths(value / 1_048_576)) MiB"
                : "\(StatusText.tenths(value / 1_024)) KiB"
    }

    private static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<7_200: counted(Int(seconds / 60), "minute", "minutes")
        case ..<172_800: counted(Int(seconds / 3_600), "hour", "hours")
        case ..<315_360_000: counted(Int(seconds / 86_400), "day", "days")
        default: "over ten years"
        }
    }
}
