/// Finds room for labels that would stand on each other.
enum SpreadLabels {
    /// Labels beside the ends of lines: moved apart, in order, within `0...height`.
    /// - Parameter places: where each would stand.
    /// - Returns: where each stands, in the order given.
    static func heights(_ places: [Double], height: Double, distance: Double = 13) -> [Double] {
        let order = places.indices.sorted { (places[$0], $0) < (places[$1], $1) }
        var result = places
        var minimum = -Double.infinity
        for index in order {
            result[index] = max(result[index], minimum)
            minimum = result[index] + distance
        }
        var maximum = height
        for index in order.reversed() {
            result[index] = min(result[index], maximum)
            maximum = result[index] - distance
        }
        return result
    }

    /// Labels above a drawing, each beginning at its fraction of the width, or ending there in the
    /// right half: the lowest of three rows in which it hides no other; nil where none is free.
    static func rows(of labels: [(text: String, fraction: Double)]) -> [Int?] {
        var taken: [[ClosedRange<Double>]] = [[], [], []]
        return labels.map { text, fraction in
            // A letter's part of a page of the usual width.
            let width = Double(text.count) * 0.0085 + 0.01
            let span =
                fraction > 0.5 ? (fraction - width)...fraction : fraction...(fraction + width)
            guard let row = taken.firstIndex(where: { !$0.contains { $0.overlaps(span) } }) else {
                return nil
            }
            taken[row].append(span)
            return row
        }
    }
}
