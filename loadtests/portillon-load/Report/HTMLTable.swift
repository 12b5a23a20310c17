/// A table of the page.
struct HTMLTable {
    enum Column {
        case text(String)
        /// Set to the right, so that digits stand below each other.
        case number(String)
    }

    enum Tone: String {
        case plain, bad
    }

    struct Row {
        let tone: Tone
        let cells: [String]

        init(_ cells: [String], _ tone: Tone = .plain) {
            self.tone = tone
            self.cells = cells
        }
    }

    let caption: String?
    let columns: [Column]
    let rows: [Row]

    init(_ caption: String? = nil, columns: [Column], rows: [Row]) {
        precondition(rows.allSatisfy { $0.cells.count == columns.count }, "a cell for each column")
        self.caption = caption
        self.columns = columns
        self.rows = rows
    }

    /// In a frame of its own that scrolls where the page is narrower than the table.
    var html: HTML {
        HTML("div", ["class": "table"]) {
            HTML("table") {
                if let caption { HTML("caption") { caption } }
                HTML("thead") {
                    HTML("tr") {
                        for column in columns { head(column) }
                    }
                }
                HTML("tbody") {
                    for row in rows {
                        HTML("tr", ["class": row.tone == .bad ? "bad" : nil]) {
                            for (column, cell) in zip(columns, row.cells) {
                                HTML("td", ["class": kind(of: column)]) { cell }
                            }
                        }
                    }
                }
            }
        }
    }

    private func head(_ column: Column) -> HTML {
        switch column {
        // A heading cell must say something to who hears the table.
        case .text(""): HTML("td")
        case .text(let title), .number(let title):
            HTML("th", ["scope": "col", "class": kind(of: column)]) { title }
        }
    }

    private func kind(of column: Column) -> String? {
        if case .number = column { "number" } else { nil }
    }
}
