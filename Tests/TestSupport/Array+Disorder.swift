extension Array where Element: Comparable & AdditiveArithmetic {
    /// Of all pairs, the share in which the earlier value is larger than the later one by more than
    /// the margin. Takes a binary search for each value, and no comparison of each pair.
    package func disorder(beyond margin: Element = .zero) -> Double {
        var sorted: [Element] = []
        sorted.reserveCapacity(count)
        var inversions = 0
        for value in self {
            inversions += sorted.count - sorted.place(behind: value + margin)
            sorted.insert(value, at: sorted.place(behind: value))
        }
        return Double(inversions) / Swift.max(Double(count) * Double(count - 1) / 2, 1)
    }

    /// Of sorted values, the index of the first that is larger than this one.
    private func place(behind value: Element) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
