import CommandIO

/// A text table: aligned for people, or separated by tabs for programs.
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

    /// The table, with its titles in capitals, one line for each row, for whom it is written.
    var text: String {
        switch TextStyle.current {
        case .people: aligned
        case .programs: separated
        }
    }

    /// The table for whom it is written; without rows, people get a sentence in its place.
    func text(orIfEmpty sentence: String) -> String {
        rows.isEmpty && TextStyle.current == .people ? sentence : text
    }

    /// With columns as wide as their cells need.
    var aligned: String {
        let lines = [columns.map { $0.title.uppercased() }] + rows
        let widths = columns.indices.map { index in
            lines.map { TerminalText.columns(of: $0[index]) }.max() ?? 0
        }
        return lines.map { line in
            var text = ""
            for (index, cell) in line.enumerated() {
                if index > 0 { text += "  " }
                let missing = widths[index] - TerminalText.columns(of: cell)
                let padding = String(repeating: " ", count: missing)
                text += columns[index].isNumber ? padding + cell : cell + padding
            }
            while text.last == " " { text.removeLast() }
            return text + "\n"
        }.joined()
    }

    /// With a tab between cells, for `awk` and `cut`: each title is one word.
    private var separated: String {
        let titles = columns.map { fieldName($0.title).uppercased() }
        let lines = [titles] + rows.map { row in row.map { $0.isEmpty ? "-" : $0 } }
        return lines.map { $0.joined(separator: "\t") + "\n" }.joined()
    }
}

/// Names and values, one pair on each line: aligned for people, separated by a tab for programs.
func listing(_ pairs: [(String, String)]) -> String {
    if TextStyle.current == .programs {
        return pairs.map { name, value in
            fieldName(name) + "\t" + (value.isEmpty ? "-" : printable(value)) + "\n"
        }.joined()
    }
    let width = pairs.map(\.0.count).max() ?? 0
    return pairs.map { name, value in
        name + String(repeating: " ", count: width - name.count + 2) + printable(value) + "\n"
    }.joined()
}

/// A name as one word.
private func fieldName(_ name: String) -> String {
    printable(String(name.map { $0 == " " ? "_" : $0 }))
}

/// Untrusted text on one line of a terminal: what steers it becomes U+FFFD.
func printable(_ text: String) -> String { TerminalText.line(text) }

/// A number: in groups of three digits for people, `1 234 567`, without for programs.
func grouped(_ number: Int) -> String {
    guard TextStyle.current == .people else { return String(number) }
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text += " " }
        text.append(digit)
    }
    return text
}

/// A count with its noun: `1 webhook`, `2 webhooks`.
func counted(_ count: Int, _ one: String, _ more: String) -> String {
    "\(grouped(count)) \(count == 1 ? one : more)"
}

/// A share in percent: `24 %` for people, `24` for programs.
func percentage(_ percent: Int) -> String {
    grouped(percent) + (TextStyle.current == .people ? " %" : "")
}
