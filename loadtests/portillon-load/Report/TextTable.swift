/// Rows in columns for a terminal, as wide as they need to be and no wider than they may.
struct TextTable {
    private let titles: [String]
    private let isNumber: [Bool]
    private var rows: [[String]] = []

    /// - Parameter columns: titles; one that starts with `#` holds numbers, set to the right.
    init(_ columns: [String]) {
        isNumber = columns.map { $0.hasPrefix("#") }
        titles = columns.map { $0.hasPrefix("#") ? String($0.dropFirst()) : $0 }
    }

    mutating func append(_ row: [String]) {
        precondition(row.count == titles.count, "a row has a cell for each column")
        rows.append(row.map(\.printableLine))
    }

    /// A line of titles and one for each row. Where they would be too wide, the widest columns of
    /// words lose their ends.
    func lines(indent: Int, columns: Int) -> [String] {
        let cells = [titles] + rows
        let widths = widths(of: cells, room: columns - indent)
        return cells.map { row in
            var line = String(repeating: " ", count: indent)
            for (index, cell) in row.enumerated() {
                if index > 0 { line += Self.gap }
                let text = cut(cell, to: widths[index])
                let padding = String(repeating: " ", count: widths[index] - text.count)
                line += isNumber[index] ? padding + text : text + padding
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private static let gap = "  "

    private func widths(of cells: [[String]], room: Int) -> [Int] {
        var widths = titles.indices.map { index in cells.map { $0[index].count }.max() ?? 0 }
        let minimum = 8
        while widths.reduce(0, +) + Self.gap.count * (widths.count - 1) > room,
            let widest = widths.indices.filter({ !isNumber[$0] }).max(by: {
                widths[$0] < widths[$1]
            }), widths[widest] > minimum
        {
            widths[widest] -= 1
        }
        return widths
    }

    private func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(width - 1) + "…"
    }
}
