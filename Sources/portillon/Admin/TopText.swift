import Wire

/// The text of `portillon top`: is all well, who is pushing, what the gate does about it.
enum TopText {
    static func of(_ status: JSONValue) -> String {
        let operations = status["operations"]?.elements ?? []
        let table = operationTable(operations)
        // Programs get one table, and the figures by `portillon status`.
        guard TextStyle.current == .people else { return table }
        return verdict(status, operations) + "\n" + figures(status) + "\n"
            + PushText.table(status["pushing"]?.elements ?? []) + table
    }

    /// One line, the gravest first; where that is a fault, a second one: what else needs a look.
    static func verdict(_ status: JSONValue, _ operations: [JSONValue]) -> String {
        let held = operations.count {
            ["smoothed", "suspended"].contains($0["state"]?.string ?? "")
        }
        let lacking = operations.count { !StandingText.lacking($0).isEmpty }
        let bring =
            lacking > 0
            ? [
                counted(lacking, "operation brings", "operations bring")
                    + " more than was announced"
            ] : []
        let remarks = bring + ServiceText.needs(status)
        let level = status["pressure"]?["level"]?.string
        var isFault = true
        let sentence: String
        if status["ready"]?.bool != true {
            sentence = "ENTRIES ARE REFUSED: see /readyz"
        } else if level == "critical" {
            sentence = "THE PLATFORM IS AT ITS LIMIT"
        } else if let grave = ServiceText.grave(status) {
            sentence = grave
        } else if level == "strained" {
            sentence = "The platform is strained"
        } else if held > 0 {
            sentence =
                counted(held, "operation is", "operations are")
                + " held back; the others have their service level"
        } else {
            isFault = false
            sentence =
                remarks.isEmpty ? "All is well" : "Well; " + remarks.joined(separator: ", ")
        }
        let also =
            isFault && !remarks.isEmpty ? "Also: \(remarks.joined(separator: ", "))\n" : ""
        return "\(sentence)   \(printable(status["at"]?.text ?? ""))\n" + also
    }

    private static func figures(_ status: JSONValue) -> String {
        let pressure = status["pressure"] ?? .null
        let waiting = (status["operations"]?.elements ?? [])
            .reduce(0) { $0 + ($1["waiting"]?.integer ?? 0) }
        let capacity = pressure["capacity_per_second"]?.integer.map {
            "\(grouped($0)) a second, the \(pressure["stage"]?.text ?? "?") limits"
        }
        let figures: [(String, String)] = [
            ("accepted", rate(status["rates"]?["entries_per_second"]) + " a second"),
            ("capacity", capacity ?? "not measured yet"),
            ("pressure", pressure["level"]?.text ?? ""),
            (
                "waits",
                "read after \(milliseconds(pressure["unread_wait_seconds"])), decided after "
                    + "\(milliseconds(pressure["queue_wait_seconds"])), on disk in "
                    + milliseconds(pressure["commit_seconds"])
            ),
            ("people waiting", grouped(waiting)),
            ("journal", PushText.journal(status["journal"])),
            ("nodes", ClusterText.line(status["nodes"])),
        ]
        return listing((figures + ServiceText.pairs(status)).filter { !$0.1.isEmpty })
    }

    private static func operationTable(_ operations: [JSONValue]) -> String {
        var table = AlignedTable([
            "operation", "state", "#tried", "#accepted", "#participants", "#cover", "#used",
            "what the gate does",
        ])
        for operation in operations {
            table.append([
                operation["operation"]?.text ?? "", operation["state"]?.text ?? "",
                rate(operation["attempts_per_second"]), rate(operation["accepted_per_second"]),
                OperationText.count(operation["participants"]),
                OperationText.count(operation["cover"]), StandingText.used(operation),
                StandingText.remarks(operation),
            ])
        }
        return table.text(orIfEmpty: "No operations yet.\n")
    }

    private static func rate(_ value: JSONValue?) -> String {
        value?.number.map(StatusText.tenths) ?? "-"
    }

    private static func milliseconds(_ value: JSONValue?) -> String {
        value?.number.map { "\(StatusText.tenths($0 * 1_000)) ms" } ?? "-"
    }
}
