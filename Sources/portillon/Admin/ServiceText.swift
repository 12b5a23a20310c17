import Wire

/// How the service stands, as text: what `portillon top` judges by, and shows.
enum ServiceText {
    /// What people cannot use, whatever the platform's own figures say; nil where there is none.
    static func grave(_ status: JSONValue) -> String? {
        let service = status["service"] ?? .null
        if service["state"]?.string == "not_accessible" {
            return "THE SERVICE IS NOT ACCESSIBLE: probes found it so at "
                + printable(service["measured_at"]?.text ?? "?")
        }
        let critical = service["incidents"]?["critical"]?.integer ?? 0
        guard critical > 0 else { return nil }
        let count = counted(critical, "CRITICAL INCIDENT IS", "CRITICAL INCIDENTS ARE")
        let overdue = service["incidents"]?["overdue"]?.integer ?? 0
        return "\(count) OPEN" + (overdue > 0 ? ", and \(overdue) overdue" : "")
    }

    /// What else of the platform needs a look: as the room says it.
    static func needs(_ status: JSONValue) -> [String] {
        let service = status["service"] ?? .null
        let incidents = service["incidents"]?["unresolved"]?.integer ?? 0
        let overdue = service["incidents"]?["overdue"]?.integer ?? 0
        let webhooks = status["webhooks"]?["failing"]?.integer ?? 0
        let nodes = (status["nodes"]?.elements ?? []).filter { $0["role"]?.string == "silent" }
        let probes = service["silent_probes"]?.elements ?? []
        let needs: [String?] = [
            nodes.isEmpty ? nil : "the leader does not hear " + names(nodes.map { $0["node"] }),
            incidents > 0 ? counted(incidents, "incident is", "incidents are") + " open" : nil,
            overdue > 0 ? "work on \(counted(overdue, "incident", "incidents")) is overdue" : nil,
            isSpent(service) ? "the month's error budget is spent" : nil,
            burning(service),
            probes.isEmpty ? nil : "no report of the probes " + names(probes),
            webhooks > 0 ? counted(webhooks, "webhook fails", "webhooks fail") : nil,
            tables(status["memory"]), disk(status["journal"]),
        ]
        return needs.compactMap(\.self)
    }

    /// Names and values; empty where nothing is to be said.
    static func pairs(_ status: JSONValue) -> [(String, String)] {
        guard let service = status["service"] else { return [] }
        return [
            ("incidents", incidents(service["incidents"])),
            ("availability", availability(service)), ("announced", waves(service)),
            ("robots", robots(service)),
        ]
    }

    // MARK: Parts

    private static func burning(_ service: JSONValue) -> String? {
        service["burning"]?.string.map {
            "minutes are lost \($0 == "page" ? "much " : "")faster than the month allows"
        }
    }

    private static func incidents(_ incidents: JSONValue?) -> String {
        let unresolved = incidents?["unresolved"]?.integer ?? 0
        guard unresolved > 0 else { return "none open" }
        return "\(grouped(unresolved)) open, \(grouped(incidents?["critical"]?.integer ?? 0)) "
            + "critical, \(grouped(incidents?["overdue"]?.integer ?? 0)) overdue"
    }

    private static func availability(_ service: JSONValue) -> String {
        let month = service["month"]?.text ?? "this month"
        guard isMeasured(service), let rate = service["txd"]?.text,
            let left = service["error_budget_minutes"]?.integer
        else { return "not measured in \(month)" }
        let budget =
            left < 0
            ? counted(-left, "minute", "minutes") + " beyond the error budget"
            : counted(left, "minute", "minutes") + " of the error budget left"
        let last =
            service["measured_at"].map { at in
                "\(service["state"]?.text.replacing("_", with: " ") ?? "?") at \(at.text)"
            } ?? "the last minutes were not measured"
        return "\(rate) % in \(month), \(budget); \(last)"
    }

    /// The next one, and how many there are.
    private static func waves(_ service: JSONValue) -> String {
        let waves = service["waves"]?.elements ?? []
        guard let next = waves.first else { return "nothing for the next 24 hours" }
        let rate = next["peak_per_second"]?.number.map(StatusText.tenths) ?? "?"
        let more = waves.count > 1 ? "; behind it \(grouped(waves.count - 1)) more" : ""
        return "\(next["operation"]?.text ?? "?") at \(next["starts"]?.text ?? "?"), up to "
            + "\(rate) a second at \(next["peak_at"]?.text ?? "?")" + more
    }

    private static func robots(_ service: JSONValue) -> String {
        (service["robots"]?.elements ?? []).map { robots in
            "\(grouped(robots["entries"]?.integer ?? 0)) \(robots["rule"]?.text ?? "?")"
        }.joined(separator: ", ")
    }

    private static func names(_ values: [JSONValue?]) -> String {
        printable(values.map { $0?.text ?? "?" }.joined(separator: ", "))
    }

    /// Whether anybody measured a minute of the month.
    private static func isMeasured(_ service: JSONValue) -> Bool {
        (service["pc_minutes"]?.integer ?? 0) > (service["unmeasured_minutes"]?.integer ?? 0)
    }

    /// Where nobody measures, the budget says nothing.
    private static func isSpent(_ service: JSONValue) -> Bool {
        isMeasured(service) && (service["error_budget_minutes"]?.integer ?? 0) < 0
    }

    /// Above 80 %.
    private static func tables(_ memory: JSONValue?) -> String? {
        guard let used = memory?["table_bytes"]?.integer,
            let limit = memory?["table_limit_bytes"]?.integer, limit >= 100, used > limit / 5 * 4
        else { return nil }
        return "the tables are \(percentage(used / (limit / 100))) full"
    }

    /// Within a day.
    private static func disk(_ journal: JSONValue?) -> String? {
        guard let seconds = journal?["full_in_seconds"]?.number, (0..<86_400).contains(seconds)
        else { return nil }
        return "the disk is full in \(counted(Int(seconds / 60), "minute", "minutes"))"
    }
}
