import Wire

/// A consumption statement as a table.
enum StatementText {
    /// A count, and what it is called.
    struct Count: Sendable {
        let name: String
        let english: String
        let french: String
    }

    static let counts = [
        Count(name: "entries", english: "entries", french: "participations"),
        Count(name: "participants", english: "participants", french: "participants"),
        Count(name: "robot_entries", english: "robots' entries", french: "entrées de robots"),
        Count(name: "robots", english: "robots' attempts", french: "tentatives de robots"),
    ]

    /// Every verdict but `accepted`.
    static let answers = [
        Count(name: "repeated", english: "repeated", french: "répétées"),
        Count(name: "waiting", english: "waiting", french: "en attente"),
        Count(name: "challenged", english: "challenged", french: "à vérifier"),
        Count(name: "refused", english: "refused", french: "refusées"),
        Count(name: "suspended", english: "suspended", french: "suspendues"),
        Count(name: "closed", english: "closed", french: "hors dates"),
        Count(name: "overloaded", english: "overloaded", french: "surcharge"),
    ]

    static func text(_ answer: JSONValue) -> String {
        var table = AlignedTable(
            ["client", "operation"] + counts.map { "#" + $0.name } + answers.map { "#" + $0.name })
        func append(_ client: String, _ operation: String, _ used: JSONValue?) {
            table.append(
                [client, operation] + counts.map { number(used?[$0.name]) }
                    + answers.map { number(used?["answers"]?[$0.name]) })
        }
        for row in answer["operations"]?.elements ?? [] {
            append(row["client"]?.text ?? "", row["operation"]?.text ?? "", row)
        }
        guard TextStyle.current == .people else { return table.text }
        append("", "total", answer["total"])
        return head(answer) + table.text + leftOff(answer)
    }

    private static func number(_ value: JSONValue?) -> String {
        value?.integer.map { grouped($0) } ?? ""
    }

    private static func head(_ answer: JSONValue) -> String {
        let whose = answer["client"]?.string.map { "client \($0)" } ?? "all clients"
        let state = answer["complete"]?.bool == true ? "complete" : "so far"
        let month = "\(answer["month"]?.text ?? "") (\(answer["time_zone"]?.text ?? ""))"
        return printable("\(month), \(whose), \(state):") + "\n"
    }

    private static func leftOff(_ answer: JSONValue) -> String {
        guard let more = answer["operations_left_off"]?.integer, more > 0 else { return "" }
        return "and " + counted(more, "further operation", "further operations")
            + ", which the total has; ask for one client\n"
    }
}
