/// One reader of ``RobotCounts``: finds what was counted since it read last, and looks at nothing
/// else.
struct RobotCountsReader {
    private let counts: RobotCounts
    private var marks: ChangeReader
    /// What has been read, by shard and place.
    private var read: [[UInt64]]

    /// Cells that were looked at the last time.
    private(set) var looked = 0

    init(_ counts: RobotCounts) {
        self.counts = counts
        marks = ChangeReader(counts.marks)
        read = Array(repeating: [], count: counts.shards)
    }

    /// - Returns: each cell that was counted since the last time, with how often it was.
    mutating func readChanges() -> [(cell: RobotCell, count: UInt64)] {
        looked = 0
        var changes: [(cell: RobotCell, count: UInt64)] = []
        for shard in read.indices {
            let used = counts.count(shard: shard)
            let blocks = (used + RobotCounts.blockCells - 1) / RobotCounts.blockCells
            for block in 0..<blocks
            where marks.takeChange(counts.marks, in: block, shard: shard) {
                // The length again: a cell whose mark was seen is within it by now.
                let first = block * RobotCounts.blockCells
                let end = min(first + RobotCounts.blockCells, counts.count(shard: shard))
                for place in first..<end {
                    if let change = readCell(at: place, shard: shard) { changes.append(change) }
                }
                looked += end - first
            }
        }
        return changes
    }

    private mutating func readCell(
        at place: Int, shard: Int
    ) -> (cell: RobotCell, count: UInt64)? {
        let (cell, count) = counts.cell(at: place, shard: shard)
        while read[shard].count <= place { read[shard].append(0) }
        let more = count &- read[shard][place]
        read[shard][place] = count
        return more > 0 ? (cell: cell, count: more) : nil
    }
}
