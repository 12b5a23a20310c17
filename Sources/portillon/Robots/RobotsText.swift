import Wire

/// Robots as text.
enum RobotsText {
    /// What was found among an operation's entries.
    static func robots(_ answer: JSONValue) -> String {
        let verdicts = answer["verdicts"]
        let pairs = [
            ("operation", answer["operation"]?.text ?? ""),
            ("ruleset", ruleset(answer["ruleset"])), ("since", answer["since"]?.text ?? ""),
            ("attempts", OperationText.count(answer["attempts"])),
            ("robots", OperationText.count(answer["robots"]) + share(answer["share"])),
            ("suspects", OperationText.count(answer["suspects"])),
            ("tests", OperationText.count(answer["tests"])),
        ]
        let counted = ["admitted", "observed", "challenged", "refused"].map {
            ($0, OperationText.count(verdicts?[$0]))
        }
        let text = listing(pairs + counted)
        let rules = answer["rules"]?.elements ?? []
        if rules.isEmpty, TextStyle.current == .people {
            // That none were found says something only where somebody looked.
            let found =
                answer["attempts"]?.number == 0
                ? "No entry was judged in this time: none came that could be, or the operation's "
                    + "setting robots is off."
                : "No robots in this time."
            return text + "\n\(found)\n" + origins(answer) + whatIf(answer)
        }
        return text + "\n" + table(of: rules) + origins(answer) + samples(rules) + whatIf(answer)
    }

    private static func ruleset(_ ruleset: JSONValue?) -> String {
        let bounds = ruleset?["bounds"]
        let (lower, upper) = (bounds?["lower"]?.number ?? 0, bounds?["upper"]?.number ?? 0)
        return "version \(ruleset?["version"]?.text ?? ""), suspect from \(decimal(lower)), "
            + "robot from \(decimal(upper))"
    }

    private static func share(_ share: JSONValue?) -> String {
        guard TextStyle.current == .people, let share = share?.number else { return "" }
        return " (\(decimal(share * 100)) %)"
    }

    private static func table(of rules: [JSONValue]) -> String {
        var table = AlignedTable(["rule", "#layer", "#entries", "tools", "what it says"])
        for rule in rules {
            table.append([
                rule["rule"]?.text ?? "", rule["layer"]?.text ?? "",
                OperationText.count(rule["count"]), tools(rule["tools"]),
                rule["says"]?.text ?? "",
            ])
        }
        return table.text
    }

    private static func tools(_ tools: JSONValue?) -> String {
        (tools?.elements ?? []).map {
            "\($0["tool"]?.text ?? "") \(OperationText.count($0["count"]))"
        }.joined(separator: ", ")
    }

    private static func origins(_ answer: JSONValue) -> String {
        let origins = answer["origins"]?.elements ?? []
        guard !origins.isEmpty else { return "" }
        var table = AlignedTable(["origin", "name", "#entries"])
        for origin in origins {
            table.append([
                origin["kind"]?.text ?? "", origin["name"]?.text ?? "",
                OperationText.count(origin["count"]),
            ])
        }
        return "\n" + table.text
    }

    private static func samples(_ rules: [JSONValue]) -> String {
        let samples = rules.flatMap { $0["samples"]?.elements ?? [] }
        guard !samples.isEmpty else { return "" }
        var table = AlignedTable(["at", "from", "verdict", "#weight", "reasons", "tool"])
        for sample in samples {
            table.append([
                sample["at"]?.text ?? "", sample["address"]?.text ?? "",
                sample["verdict"]?.text ?? "", decimal(sample["weight"]?.number ?? 0),
                sample["reasons"]?.text ?? "", sample["tool"]?.text ?? "",
            ])
        }
        return "\n" + table.text
    }

    private static func whatIf(_ answer: JSONValue) -> String {
        var table = AlignedTable([
            "#suspect from", "#robot from", "#challenged", "#refused", "remark",
        ])
        for row in answer["what_if"]?.elements ?? [] {
            table.append([
                decimal(row["bounds"]?["lower"]?.number ?? 0),
                decimal(row["bounds"]?["upper"]?.number ?? 0),
                OperationText.count(row["challenged"]), OperationText.count(row["refused"]),
                row["current"]?.bool == true ? "in force" : "",
            ])
        }
        return "\n" + table.text
    }

    /// What a verdict rests on: the words alone, a paragraph each.
    static func explanation(_ answer: JSONValue) -> String {
        (answer["words"]?.elements ?? []).map { printable($0.text) + "\n" }.joined()
    }
}
