/// Finds the operations that entries came to since it looked last, and reads nothing of the others
/// but their blocks' marks.
struct AttemptsReader {
    private let weights: WeightCounts
    private var marks: ChangeReader
    /// What has been read, by operation.
    private var seen: [UInt64] = []
    /// Operations that were looked at the last time.
    private(set) var looked = 0

    init(_ weights: WeightCounts) {
        self.weights = weights
        marks = ChangeReader(weights.marks)
    }

    /// - Returns: the operations that have more attempts than the last time.
    mutating func readChanges() -> [UInt32] {
        looked = 0
        var changed: [UInt32] = []
        for block in 0..<weights.marks.blocks where takeChange(in: block) {
            let first = block * WeightCounts.blockOperations
            for index in first..<min(first + WeightCounts.blockOperations, weights.operations) {
                looked += 1
                let attempts = weights.attempts(of: UInt32(index))
                guard attempts != known(index) else { continue }
                take(attempts, of: UInt32(index))
                changed.append(UInt32(index))
            }
        }
        return changed
    }

    /// So many attempts are known of an operation by other means: they are no change.
    mutating func take(_ attempts: UInt64, of operation: UInt32) {
        while seen.count <= Int(operation) { seen.append(0) }
        seen[Int(operation)] = attempts
    }

    private func known(_ index: Int) -> UInt64 { index < seen.count ? seen[index] : 0 }

    private mutating func takeChange(in block: Int) -> Bool {
        var isChanged = false
        // Of every shard: what has been seen of one says nothing of the others.
        for shard in 0..<weights.marks.shards
        where marks.takeChange(weights.marks, in: block, shard: shard) {
            isChanged = true
        }
        return isChanged
    }
}
