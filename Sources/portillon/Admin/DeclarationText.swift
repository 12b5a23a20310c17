import Wire

/// How notices and campaigns read.
enum DeclarationText {
    /// What is said of a declaration that came too late to be one (C1, C2).
    static var late: String { "late: it changes no cover" }

    static func notice(_ notice: JSONValue) -> String {
        let pairs = [
            ("operation", notice["operation"]?.text ?? ""),
            ("expected participants", OperationText.count(notice["expected_participants"])),
            ("declared", notice["declared_at"]?.text ?? ""),
            ("cover", OperationText.count(notice["cover"])),
        ]
        let isLate = notice["late"]?.bool == true
        return listing(pairs.filter { !$0.1.isEmpty }) + (isLate ? "It is \(late).\n" : "")
    }

    static func list(_ campaigns: [JSONValue]) -> String {
        campaigns.isEmpty
            ? "No campaigns yet; portillon campaign add declares one.\n" : self.campaigns(campaigns)
    }

    /// Columns that no campaign has anything for are left out.
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
        let shown = columns.filter { column in campaigns.contains { !column.cell($0).isEmpty } }
        var table = AlignedTable(shown.map(\.title))
        for campaign in campaigns { table.append(shown.map { $0.cell(campaign) }) }
        return table.text
    }

    /// The tag of its entries, where it is not the campaign's own name.
    private static func source(_ campaign: JSONValue) -> String {
        campaign["source"] == campaign["campaign"] ? "" : campaign["source"]?.text ?? ""
    }

    private static func remark(_ campaign: JSONValue) -> String {
        if let time = campaign["withdrawn_at"]?.string { return "withdrawn \(time)" }
        if campaign["late"]?.bool == true { return late }
        return campaign["counts"]?.bool == false ? "declared beyond the cover: it changes none" : ""
    }
}
