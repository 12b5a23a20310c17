internal import Glibc
internal import Synchronization

/// Histograms that several threads record into and anyone reads, each reading consistent in itself.
///
/// As in ``CounterTable`` each recording thread owns a shard. A shard has a *cell* for each
/// histogram: a sequence, the sum, and the buckets of ``HistogramBuckets``. The cell's one writer
/// makes the sequence odd while it changes bucket and sum; a reader that finds it even and, after
/// reading all, unmoved, has read both of exactly the same values. Orders and reasons are those of
/// ``Board``.
///
/// That alone ends only if the writer pauses, and reading some 270 words takes longer than
/// recording does. So a reader that has failed a few times asks, and the writer answers:
///
/// ```
/// reader                                          writer, at the start of a record
/// A1  request = n           releasing             B1  request is not what was answered? relaxed
/// A2  tries as before, or                         B2  fence                            acquiring
/// A3  answered is n?        acquiring  ◄──┐       B3  copies sum and buckets           relaxed
/// A4  reads the copy        relaxed       └────── B4  answered = n                     releasing
/// ```
///
/// **Every reading ends.** If the writer is between two records, A2 succeeds. If it records on, its
/// next record begins with an answer to n. There is one case left: it was paused by the kernel
/// within a record, a few nanoseconds long; then the reader yields the processor until it has gone
/// on.
///
/// **The copy holds still.** It is written only for a new request; readers take turns (a lock,
/// among readers only), and one asks anew only after the one before it has read: A4 comes before
/// the next A1 (releasing), which comes before B3 (by B1 and B2). A request that nobody waits for
/// any more is answered once, for nothing.
package final class HistogramTable: Sendable {
    /// Words of a cell: a line of the writer's state, the buckets, and rounding up to lines that
    /// no other shard's cell shares.
    static var cellWords: Int {
        (firstBucket + HistogramBuckets.count + AtomicWords.apartWords - 1)
            / AtomicWords.apartWords * AtomicWords.apartWords
    }
    static var sequence: Int { 0 }
    static var sum: Int { 1 }
    static var answered: Int { 2 }
    /// Written by readers, and so rarely that it may lie beside what the writer reads anyway.
    static var request: Int { 3 }
    static var firstBucket: Int { AtomicWords.lineWords }

    /// What the writers record into: cells of a shard side by side, shard after shard.
    private let cells: AtomicWords
    /// What the writers answer with: sum and buckets, at the same places.
    private let copies: AtomicWords
    /// Whose turn it is to read; never taken by a writer.
    private let readers = Mutex<Void>(())
    package let shards: Int
    package let histograms: Int

    /// - Parameters:
    ///   - shards: threads that record, each with its own number from 0.
    ///   - histograms: histograms of each; memory is only taken for pages that are recorded in.
    package init(shards: Int, histograms: Int) {
        precondition(shards > 0 && histograms > 0, "a table has a shard and a histogram")
        cells = AtomicWords(count: shards * histograms * Self.cellWords)
        copies = AtomicWords(count: shards * histograms * Self.cellWords)
        self.shards = shards
        self.histograms = histograms
    }

    // MARK: The writers' side

    /// Records one value, in the unit that the histogram is read in. Only the shard's owner may.
    package func record(_ value: UInt64, in histogram: Int, shard: Int) {
        let cell = cell(of: histogram, shard: shard)
        if cells.relaxed(cell &+ Self.request) != cells.relaxed(cell &+ Self.answered) {  // B1
            answer(cell)
        }
        // The sequence is odd from here: the fence keeps the changes behind it.
        let sequence = cells.relaxed(cell &+ Self.sequence)
        cells.store(relaxed: sequence &+ 1, at: cell &+ Self.sequence)
        atomicMemoryFence(ordering: .releasing)
        cells.ownerAdd(1, at: cell &+ Self.firstBucket &+ HistogramBuckets.index(of: value))
        cells.ownerAdd(value, at: cell &+ Self.sum)
        // Even again, and not before the changes.
        cells.store(releasing: sequence &+ 2, at: cell &+ Self.sequence)
    }

    /// The same for one value that came so many times.
    package func record(_ value: UInt64, times count: UInt64, in histogram: Int, shard: Int) {
        let cell = cell(of: histogram, shard: shard)
        if cells.relaxed(cell &+ Self.request) != cells.relaxed(cell &+ Self.answered) {  // B1
            answer(cell)
        }
        let sequence = cells.relaxed(cell &+ Self.sequence)
        cells.store(relaxed: sequence &+ 1, at: cell &+ Self.sequence)
        atomicMemoryFence(ordering: .releasing)
        cells.ownerAdd(count, at: cell &+ Self.firstBucket &+ HistogramBuckets.index(of: value))
        cells.ownerAdd(value &* count, at: cell &+ Self.sum)
        // By two for each value, as `count(of:)` reads it.
        cells.store(releasing: sequence &+ 2 &* count, at: cell &+ Self.sequence)
    }

    /// B2 to B4: by the writer, between two records, so that what it copies is consistent.
    @inline(never) private func answer(_ cell: Int) {
        let request = cells.relaxed(cell + Self.request)
        atomicMemoryFence(ordering: .acquiring)
        copies.store(relaxed: cells.relaxed(cell + Self.sum), at: cell + Self.sum)
        for bucket in 0..<HistogramBuckets.count {
            let place = cell + Self.firstBucket + bucket
            copies.store(relaxed: cells.relaxed(place), at: place)
        }
        cells.store(releasing: request, at: cell + Self.answered)
    }

    // MARK: Anyone's side

    /// The histogram over all shards: buckets and sum of exactly the same values. Any thread may
    /// ask, but for the threads that must not wait: readers take turns.
    package func snapshot(of histogram: Int) -> HistogramSnapshot {
        var total = HistogramSnapshot()
        var shardOnly = HistogramSnapshot()
        readers.withLock { _ in
            for shard in 0..<shards {
                read(cell(of: histogram, shard: shard), into: &shardOnly)
                total.merge(shardOnly)
            }
        }
        return total
    }

    /// How many values a histogram has, over all shards: without its buckets, so it costs one read
    /// a shard and waits for nobody. Any thread may ask.
    package func count(of histogram: Int) -> UInt64 {
        // A record moves the sequence by two.
        (0..<shards).reduce(0) { total, shard in
            total + cells.acquiring(cell(of: histogram, shard: shard) + Self.sequence) / 2
        }
    }

    /// Tries by itself that often before it asks the writer.
    private static let attemptsAlone = 3

    private func read(_ cell: Int, into snapshot: inout HistogramSnapshot) {
        var attempts = 0
        var request: UInt64?
        while true {
            let sequence = cells.acquiring(cell + Self.sequence)
            copy(cells, cell, into: &snapshot)
            // Whoever saw a change of a later record sees, after this, that the sequence moved.
            atomicMemoryFence(ordering: .acquiring)
            if sequence & 1 == 0, cells.relaxed(cell + Self.sequence) == sequence { return }
            attempts += 1
            if let request {
                if cells.acquiring(cell + Self.answered) == request {  // A3
                    return copy(copies, cell, into: &snapshot)  // A4
                }
                _ = sched_yield()
            } else if attempts == Self.attemptsAlone {
                let next = cells.relaxed(cell + Self.request) &+ 1  // Written by readers, in turn.
                cells.store(releasing: next, at: cell + Self.request)  // A1
                request = next
            }
        }
    }

    private func copy(
        _ words: borrowing AtomicWords, _ cell: Int, into snapshot: inout HistogramSnapshot
    ) {
        snapshot.sum = words.relaxed(cell + Self.sum)
        for bucket in 0..<HistogramBuckets.count {
            snapshot.buckets[bucket] = words.relaxed(cell + Self.firstBucket + bucket)
        }
    }

    private func cell(of histogram: Int, shard: Int) -> Int {
        precondition(histogram >= 0 && histogram < histograms, "a histogram of the table")
        precondition(shard >= 0 && shard < shards, "a shard of the table")
        return (shard &* histograms &+ histogram) &* Self.cellWords
    }
}
