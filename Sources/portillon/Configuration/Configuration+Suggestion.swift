extension Configuration {
    /// `; did you mean …?` if a known name is close to the given one, else how to list all names.
    static func suggestion(for name: String, among known: [String]) -> String {
        let nearest =
            known.map { (name: $0, distance: distance(name, $0)) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        guard let nearest, nearest.distance <= max(2, name.count / 5) else {
            return "; \"portillon serve --print-config\" lists them all"
        }
        return "; did you mean \(nearest.name)?"
    }

    /// Edits between two names: insertions, deletions, replacements (Levenshtein).
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8.prefix(100))
        let right = Array(right.utf8.prefix(100))
        var row = Array(0...right.count)
        for (lineNumber, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = lineNumber + 1
            for (column, other) in right.enumerated() {
                let above = row[column + 1]
                row[column + 1] = min(
                    above + 1, row[column] + 1, diagonal + (byte == other ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
