import Wire

/// What is expected when, as text.
enum CalendarText {
    static func calendar(_ calendar: JSONValue) -> String {
        let waves = calendar["waves"]?.elements ?? []
        if waves.isEmpty, TextStyle.current == .people {
            return "No campaigns until \(calendar["to"]?.text ?? "");"
                + " declare one with \"portillon campaign add\".\n" + announced(calendar)
        }
        let columns: [(title: String, cell: (JSONValue) -> String)] = [
            ("starts", { $0["starts"]?.text ?? "" }), ("ends", { $0["ends"]?.text ?? "" }),
            ("operation", { $0["operation"]?.text ?? "another client's" }),
            ("channel", { $0["channel"]?.text ?? "" }),
            ("#recipients", { OperationText.count($0["recipients"]) }),
            ("#participants", { OperationText.count($0["expected_participants"]) }),
            ("#peak/s", { decimal($0["peak_per_second"]?.number ?? 0) }),
            ("peak", { $0["peak_at"]?.text ?? "" }),
        ]
        var table = AlignedTable(columns.map(\.title))
        for wave in waves { table.append(columns.map { $0.cell(wave) }) }
        guard TextStyle.current == .people else { return table.text }
        return table.text + highest(calendar) + omitted(calendar) + announced(calendar)
    }

    /// That later campaigns are not reckoned with.
    private static func omitted(_ answer: JSONValue) -> String {
        guard let count = answer["campaigns_omitted"]?.integer, count > 0 else { return "" }
        return "\(grouped(count)) campaigns that start later are not reckoned with.\n"
    }

    /// Maintenance and changes of the service, for people: programs get one table.
    private static func announced(_ calendar: JSONValue) -> String {
        var table = AlignedTable(["announced", "from", "until", "note"])
        for maintenance in calendar["maintenance"]?.elements ?? [] {
            table.append([
                "\(maintenance["kind"]?.text ?? "") maintenance", maintenance["starts"]?.text ?? "",
                maintenance["ends"]?.text ?? "", maintenance["note"]?.text ?? "",
            ])
        }
        for change in calendar["changes"]?.elements ?? [] {
            let degrades = change["degrades"]?.bool == true
            table.append([
                degrades ? "change that reduces the service" : "change of the service",
                change["takes_effect_at"]?.text ?? "", "", change["note"]?.text ?? "",
            ])
        }
        return table.text(orIfEmpty: "")
    }

    /// The highest rate of all together.
    private static func highest(_ calendar: JSONValue) -> String {
        let load = calendar["load"]?.elements ?? []
        guard let peak = load.max(by: { rate($0) < rate($1) }) else { return "" }
        let capacity = calendar["capacity_per_second"]?.integer
            .map { "; the gateway takes \(grouped($0))" }
        return "All together: up to \(decimal(rate(peak))) entries a second, within five minutes "
            + "from \(peak["at"]?.text ?? "")\(capacity ?? "")\n"
    }

    private static func rate(_ step: JSONValue) -> Double { step["per_second"]?.number ?? 0 }

    /// What a campaign would bring beside all others.
    static func check(_ check: JSONValue) -> String {
        let target = check["target_per_second"]?.number
        let verdict =
            switch check["fits"]?.bool {
            case true?: "it fits"
            case false?: "it does not fit"
            default: "unknown: the capacity is not measured yet; give --capacity"
            }
        let others = decimal(check["others_per_second"]?.number ?? 0)
        var pairs = [
            ("verdict", verdict),
            ("expected participants", OperationText.count(check["expected_participants"])),
            ("its own peak", rate("own_peak", check)),
            ("all together", rate("peak", check) + ", of which others bring \(others)"),
        ]
        if let target { pairs.append(("target", "\(decimal(target)) a second")) }
        let waves = check["waves"]?.elements ?? []
        if waves.isEmpty { return listing(pairs) + omitted(check) }
        var table = AlignedTable(["starts", "#recipients"])
        for wave in waves {
            table.append([wave["starts"]?.text ?? "", OperationText.count(wave["recipients"])])
        }
        return listing(pairs) + omitted(check) + "In waves it fits:\n" + table.text
    }

    private static func rate(_ name: String, _ check: JSONValue) -> String {
        let rate = decimal(check[name + "_per_second"]?.number ?? 0)
        return "\(rate) a second at \(check[name + "_at"]?.text ?? "")"
    }
}
