internal import Ledger
internal import LockFree

/// Numbers of robots by what is counted of them (``RobotCell``), since the process started.
///
/// Each thread that counts has a shard of its own: a list of cells in the order in which they were
/// first counted, and an index by hash. Only the owner writes; anyone reads, without a lock and
/// without making the owner wait. A shard whose list is full counts what is new as left out.
///
/// A list only grows, so a reader that has read some of it finds the rest behind; of what it has
/// read, ``marks`` say what to read again. Its memory is taken page by page, as cells come.
final class RobotCounts: Sendable {
    private let words: AtomicWords
    /// By blocks of the list.
    let marks: ChangeMarks
    let shards: Int

    /// Cells of a shard: some thirty of an operation under robots, for nearly as many operations as
    /// there may be from the start of the process on.
    static var cells: Int { 1 << 18 }
    /// Cells of the list that are marked together.
    static var blockCells: Int { 64 }
    private static var slots: Int { cells * 2 }
    /// What a hash is shifted by to be a slot.
    private static var slotShift: UInt64 { UInt64(64 - slots.trailingZeroBitCount) }
    /// Of a shard: the length of the list and what was left out; the list; the index.
    private static var headWords: Int { AtomicWords.apartWords }
    private static var shardWords: Int { headWords + 2 * cells + slots }
    /// Slots that are looked at before a cell counts as new to a full neighbourhood.
    private static var probes: Int { 32 }

    /// - Parameter shards: threads that count, each with its own number from 0.
    init(shards: Int) {
        precondition(LedgerLimits.operations <= 1 << 14, "a cell has 14 bits for an operation")
        self.shards = shards
        words = AtomicWords(count: shards * Self.shardWords)
        marks = ChangeMarks(shards: shards, blocks: Self.cells / Self.blockCells)
    }

    /// Counts one more. Only the shard's own thread may.
    func add(_ cell: RobotCell, shard: Int) {
        let start = shard &* Self.shardWords
        let index = start &+ Self.headWords &+ 2 &* Self.cells
        var slot = Int(truncatingIfNeeded: (cell.word &* 0x9E37_79B9_7F4A_7C15) &>> Self.slotShift)
        for _ in 0..<Self.probes {
            let place = words.relaxed(index &+ slot)
            if place == 0 {
                append(cell, start, at: index &+ slot, shard: shard)
                return
            }
            let entry = start &+ Self.headWords &+ 2 &* Int(place &- 1)
            if words.relaxed(entry) == cell.word {
                words.ownerAdd(1, at: entry &+ 1)
                marks.mark(Int(place &- 1) / Self.blockCells, shard: shard)
                return
            }
            slot = (slot &+ 1) & (Self.slots &- 1)
        }
        words.ownerAdd(1, at: start &+ 1)
    }

    private func append(_ cell: RobotCell, _ start: Int, at slot: Int, shard: Int) {
        let used = Int(words.relaxed(start))
        guard used < Self.cells else {
            words.ownerAdd(1, at: start &+ 1)
            return
        }
        let entry = start &+ Self.headWords &+ 2 &* used
        words.store(relaxed: cell.word, at: entry)
        words.store(relaxed: 1, at: entry &+ 1)
        words.store(relaxed: UInt64(used) &+ 1, at: slot)
        // Releasing: whoever sees the longer list sees its last cell.
        words.store(releasing: UInt64(used) &+ 1, at: start)
        marks.mark(used / Self.blockCells, shard: shard)
    }

    // MARK: Anyone reads

    /// Cells of a shard so far.
    func count(shard: Int) -> Int { Int(words.acquiring(shard * Self.shardWords)) }

    /// - Precondition: the place is below ``count(shard:)``.
    func cell(at place: Int, shard: Int) -> (cell: RobotCell, count: UInt64) {
        let entry = shard * Self.shardWords + Self.headWords + 2 * place
        return (RobotCell(word: words.relaxed(entry)), words.relaxed(entry + 1))
    }

    /// Cells that found no room, each time that one did not.
    var leftOut: UInt64 {
        (0..<shards).reduce(0) { $0 &+ words.relaxed($1 * Self.shardWords + 1) }
    }

    /// Every cell once, over all shards.
    var totals: [RobotCell: UInt64] {
        var totals: [RobotCell: UInt64] = [:]
        for shard in 0..<shards {
            for place in 0..<count(shard: shard) {
                let (cell, count) = cell(at: place, shard: shard)
                totals[cell, default: 0] &+= count
            }
        }
        return totals
    }
}
