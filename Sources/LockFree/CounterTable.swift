/// Counters that several threads count and anyone reads, exact and without a locked instruction.
///
/// Each thread that counts owns a shard: a row with every counter, on cache lines that no other
/// thread writes. Adding is a load and a store on the owner's own line; a total is the sum over the
/// shards. So it costs what a plain variable costs, however many threads count the same thing.
///
/// A total read while others count is one that was true at some moment for each shard; once they
/// have stopped (and that is known by other means: a join, a lock) it is exact.
@usableFromInline
package final class CounterTable: Sendable {
    /// Row by row: `shards` rows of `rowWords`.
    @usableFromInline let words: AtomicWords
    /// Words from one shard to the next: the counters, rounded up so that no two shards share what
    /// the processor fetches together.
    @usableFromInline let rowWords: Int
    @usableFromInline package let shards: Int
    @usableFromInline package let counters: Int

    /// - Parameters:
    ///   - shards: threads that count, each with its own number from 0.
    ///   - counters: counters of each; memory is only taken for pages that are counted in.
    package init(shards: Int, counters: Int) {
        precondition(shards > 0 && counters > 0, "a table has a shard and a counter")
        let apart = AtomicWords.apartWords
        rowWords = (counters + apart - 1) / apart * apart
        words = AtomicWords(count: shards * rowWords)
        self.shards = shards
        self.counters = counters
    }

    /// Adds to a counter; wraps at 2^64. Only the shard's owner may. Always inlined: it is ten
    /// instructions, and a call would be as many again.
    @inlinable @inline(__always)
    package func add(_ added: UInt64 = 1, to counter: Int, shard: Int) {
        // Unsigned, so that one comparison each will do: a negative number is a huge one then.
        precondition(
            UInt(bitPattern: counter) < UInt(bitPattern: counters), "a counter of the table")
        precondition(UInt(bitPattern: shard) < UInt(bitPattern: shards), "a shard of the table")
        // Relaxed: a count says nothing about any other memory.
        words.ownerAdd(added, at: shard &* rowWords &+ counter)
    }

    /// The counter over all shards. Any thread may ask.
    package func total(of counter: Int) -> UInt64 {
        precondition(counter >= 0 && counter < counters, "reads a counter of the table")
        var sum: UInt64 = 0
        for shard in 0..<shards { sum &+= words.relaxed(shard * rowWords + counter) }
        return sum
    }
}
