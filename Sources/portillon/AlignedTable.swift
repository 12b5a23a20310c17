import CommandIO

/// A text table with columns as wide as their cells need.
struct AlignedTable {
    struct Column {
        let title: String
        var isNumber = false
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    /// - Parameter columns: titles; a title that starts with `#` marks right-aligned numbers.
    init(_ columns: [String]) {
        self.columns = columns.map { title in
            title.hasPrefix("#")
                ? Column(title: String(title.dropFirst()), isNumber: true) : Column(title: title)
        }
    }

    mutating func append(_ row: [String]) {
        precondition(row.count == columns.count, "a row has a cell for each column")
        rows.append(row.map(printable))
    }

    /// The table, with its titles in capitals, one line for each row.
    var text: String {
        let lines = [columns.map { $0.title.uppercased() }] + rows
        let widths = columns.indices.map { index in lines.map { $0[index].count }.max() ?? 0 }
        return lines.map { line in
            var text = ""
            for (index, cell) in line.enumerated() {
                if index > 0 { text += "  " }
                let padding = String(repeating: " ", count: widths[index] - cell.count)
                text += columns[index].isNumber ? padding + cell : cell + padding
            }
            while text.last == " " { text.removeLast() }
            return text + "\n"
        }.joined()
    }
}

/// Names and values, one pair on each line, with the values aligned.
func listing(_ pairs: [(String, String)]) -> String {
    let width = pairs.map(\.0.count).max() ?? 0
    return pairs.map { name, value in
        name + String(repeating: " ", count: width - name.count + 2) + printable(value) + "\n"
    }.joined()
}

/// Untrusted text on one line of a terminal: what steers it becomes U+FFFD.
func printable(_ text: String) -> String { TerminalText.line(text) }

/// A number in groups of three digits: `1 234 567`.
func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text += " " }
        text.append(digit)
    }
    return text
}
