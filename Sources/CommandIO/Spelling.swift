/// Finds the name that was meant where one was mistyped.
package enum Spelling {
    /// The known name nearest to the given one: the one that it begins, or the one with the fewest
    /// edits, at most two or a fifth of its characters.
    /// - Returns: nil where no name is near.
    package static func nearest(to name: String, among known: [String]) -> String? {
        let limit = name.count < 3 ? 1 : max(2, name.count / 5)
        let nearest =
            known.map { (name: $0, distance: distance(name, $0)) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        if let nearest, nearest.distance <= limit { return nearest.name }
        // A word that was not finished, as long as only one name begins so.
        let begun = name.count < 2 ? [] : known.filter { $0.hasPrefix(name) }
        return begun.count == 1 ? begun[0] : nil
    }

    /// Edits between two names: insertions, deletions, replacements, and neighbours that changed
    /// places (optimal string alignment); of longer ones only the first 100 bytes count.
    package static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8.prefix(100))
        let right = Array(right.utf8.prefix(100))
        var before: [Int] = []
        var row = Array(0...right.count)
        for (line, byte) in left.enumerated() {
            var next = [line + 1]
            for (column, other) in right.enumerated() {
                var edits = min(
                    row[column + 1] + 1, next[column] + 1, row[column] + (byte == other ? 0 : 1))
                let isSwapped =
                    line > 0 && column > 0 && byte == right[column - 1] && left[line - 1] == other
                if isSwapped { edits = min(edits, before[column - 1] + 1) }
                next.append(edits)
            }
            before = row
            row = next
        }
        return row[right.count]
    }
}
