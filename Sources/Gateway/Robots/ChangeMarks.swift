internal import LockFree

/// Says in which parts of a table its owners have counted, so that a reader looks at those alone.
///
/// A table is divided into blocks. Each shard has a word for each block, which its owner adds to
/// behind whatever it counts there: a reader that finds the word as it was has nothing to read.
struct ChangeMarks: ~Copyable, Sendable {
    private let words: AtomicWords
    private let rowWords: Int
    let blocks: Int
    let shards: Int

    init(shards: Int, blocks: Int) {
        precondition(shards > 0 && blocks > 0, "marks of a table")
        let apart = AtomicWords.apartWords
        rowWords = (blocks + apart - 1) / apart * apart
        words = AtomicWords(count: shards * rowWords)
        self.blocks = blocks
        self.shards = shards
    }

    /// Only the shard's own thread may.
    func mark(_ block: Int, shard: Int) {
        let place = shard &* rowWords &+ block
        // Releasing: whoever sees the mark sees what was counted before it.
        words.store(releasing: words.relaxed(place) &+ 1, at: place)
    }

    fileprivate func marks(_ block: Int, shard: Int) -> UInt64 {
        words.acquiring(shard * rowWords + block)
    }
}

/// What one reader has seen of the marks of a table.
struct ChangeReader {
    /// By shard and block.
    private var seen: [UInt64]
    private let blocks: Int

    init(_ marks: borrowing ChangeMarks) {
        blocks = marks.blocks
        seen = Array(repeating: 0, count: marks.shards * marks.blocks)
    }

    /// Whether something was counted in a block since this was asked last: to be asked before it is
    /// read, so that what comes meanwhile is found the next time.
    mutating func takeChange(
        _ marks: borrowing ChangeMarks, in block: Int, shard: Int
    ) -> Bool {
        let count = marks.marks(block, shard: shard)
        let place = shard * blocks + block
        guard seen[place] != count else { return false }
        seen[place] = count
        return true
    }
}
