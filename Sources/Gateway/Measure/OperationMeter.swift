internal import LockFree

/// How quickly each operation's entries are answered, and why they are refused. One shard for each
/// loop; a loop adds to two words of one cache line for an answer, and to one more for a refusal.
///
/// A histogram of its own kind: sixteen words are 128 bytes an operation and loop, where one of
/// ``HistogramTable`` has two kilobytes, and there may be 10,000 operations.
final class OperationMeter: Sendable {
    private let counters: CounterTable

    /// Words of an operation: the times, then the causes, rounded up to whole cache lines.
    private static let rowWords = 48
    private static let causesStart = EntryTimes.words

    init(lanes: Int, operations: Int) {
        precondition(
            Self.causesStart + RefusalCause.allCases.count <= Self.rowWords, "a row has all words")
        counters = CounterTable(shards: lanes, counters: operations * Self.rowWords)
    }

    // MARK: The loops write

    /// An entry was answered, whatever the answer.
    func recordAnswer(nanoseconds: UInt64, of operation: UInt32, lane: Int) {
        let row = Int(operation) &* Self.rowWords
        counters.add(1, to: row &+ EntryTimes.bucket(of: nanoseconds), shard: lane)
        counters.add(nanoseconds, to: row &+ EntryTimes.sum, shard: lane)
    }

    func count(_ cause: RefusalCause, of operation: UInt32, lane: Int) {
        let row = Int(operation) &* Self.rowWords
        counters.add(1, to: row &+ Self.causesStart &+ cause.rawValue, shard: lane)
    }

    // MARK: Anyone reads

    /// Entries refused for this since the process started.
    func refusals(_ cause: RefusalCause, of operation: UInt32) -> UInt64 {
        counters.total(of: Int(operation) * Self.rowWords + Self.causesStart + cause.rawValue)
    }

    /// Its entries answered since the process started, whatever the answer.
    func answers(of operation: UInt32) -> UInt64 {
        let row = Int(operation) * Self.rowWords
        var answers: UInt64 = 0
        for bucket in 0...EntryTimes.bounds.count { answers &+= counters.total(of: row + bucket) }
        return answers
    }

    /// How quickly its entries were answered since the process started.
    func times(of operation: UInt32) -> EntryTimes {
        let row = Int(operation) * Self.rowWords
        var times = EntryTimes()
        for bucket in times.counts.indices {
            times.counts[bucket] = counters.total(of: row + bucket)
        }
        times.nanoseconds = counters.total(of: row + EntryTimes.sum)
        return times
    }
}
