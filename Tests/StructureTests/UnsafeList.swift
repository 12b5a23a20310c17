/// The checked-in list of files that step out of what the compiler proves, how often, and why.
///
/// One line a file: path, count, reason; `#` begins a comment.
struct UnsafeList {
    static let path = "Tests/StructureTests/unsafe.txt"
    static let missingReason = "REASON MISSING"

    struct Row: Equatable {
        var path: String
        var count: Int
        var reason: String
    }

    var comments: [Substring] = []
    var rows: [Row] = []
    var errors: [String] = []

    init(text: String) {
        for line in text.split(separator: "\n") {
            if line.hasPrefix("#") {
                comments.append(line)
                continue
            }
            let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
            guard parts.count == 3, let count = Int(parts[1]) else {
                errors.append("\(Self.path): not 'path count reason': \(line)")
                continue
            }
            rows.append(Row(path: String(parts[0]), count: count, reason: String(parts[2])))
        }
    }

    /// What the code and the list do not agree on, one line each.
    func disagreements(with counts: [(path: String, count: Int)]) -> [String] {
        var found = errors
        for (path, count) in counts {
            switch rows.first(where: { $0.path == path }) {
            case nil where count > 0:
                found.append("\(path): \(count) unsafe places, and no line in the list")
            case let row? where row.count != count:
                found.append("\(path): \(count) unsafe places, the list says \(row.count)")
            default:
                break
            }
        }
        for row in rows {
            if !counts.contains(where: { $0.path == row.path }) {
                found.append("\(row.path): in the list, but there is no such file")
            }
            if row.reason.contains(Self.missingReason) {
                found.append("\(row.path): in the list without a reason")
            }
        }
        return found
    }

    /// The list with these counts, reasons kept, as text.
    func updated(with counts: [(path: String, count: Int)]) -> String {
        let lines = counts.filter { $0.count > 0 }.sorted { $0.path < $1.path }.map { path, count in
            let reason = rows.first { $0.path == path }?.reason ?? Self.missingReason
            return "\(path) \(count) \(reason)"
        }
        return (comments.map(String.init) + lines).joined(separator: "\n") + "\n"
    }
}
