import Wire

/// Notices and campaigns as text.
enum DeclarationText {
    /// The remark on a declaration that came too late to count (C1, C2).
    static var late: String { "late: not counted" }

    static func notice(_ notice: JSONValue) -> String {
        let pairs = [
            ("operation", notice["operation"]?.text ?? ""),
            ("expected participants", OperationText.count(notice["expected_participants"])),
            ("declared", notice["declared_at"]?.text ?? ""),
            ("cover", OperationText.count(notice["cover"])),
        ]
        let isLate = notice["late"]?.bool == true
        return listing(pairs.filter { !$0.1.isEmpty })
            + (isLate ? "This notice is \(late) for the cover.\n" : "")
    }

    /// The members of a campaign that its line in a table is made of.
    static let members: Set<String> = [
        "campaign", "channel", "recipients", "starts", "ends", "source", "declared_at", "late",
        "counts", "withdrawn_at", "note",
    ]

    static func list(_ campaigns: [JSONValue]) -> String {
        campaigns.isEmpty && TextStyle.current == .people
            ? "No campaigns yet; declare one with \"portillon campaign add\".\n"
            : self.campaigns(campaigns)
    }

    /// A table of campaigns; for people without the columns that are empty for all of them.
    static func campaigns(_ campaigns: [JSONValue]) -> String {
        let columns: [(title: String, cell: (JSONValue) -> String)] = [
            ("campaign", { $0["campaign"]?.text ?? "" }),
            ("channel", { $0["channel"]?.text ?? "" }),
            ("#recipients", { OperationText.count($0["recipients"]) }),
            ("starts", { $0["starts"]?.text ?? "" }),
            ("ends", { $0["ends"]?.text ?? "" }),
            ("source", source),
            ("declared", { $0["declared_at"]?.text ?? "" }),
            ("remark", remark),
            ("note", { $0["note"]?.text ?? "" }),
        ]
        let shown = columns.filter { column in
            TextStyle.current == .programs || campaigns.contains { !column.cell($0).isEmpty }
        }
        var table = AlignedTable(shown.map(\.title))
        for campaign in campaigns { table.append(shown.map { $0.cell(campaign) }) }
        return table.text
    }

    /// The tag of its entries, if it is not the campaign's own identifier.
    private static func source(_ campaign: JSONValue) -> String {
        campaign["source"] == campaign["campaign"] ? "" : campaign["source"]?.text ?? ""
    }

    private static func remark(_ campaign: JSONValue) -> String {
        if let time = campaign["withdrawn_at"]?.string { return "withdrawn \(time)" }
        if campaign["late"]?.bool == true { return late }
        return campaign["counts"]?.bool == false
            ? "declared after the cover was crossed: does not change it" : ""
    }
}
