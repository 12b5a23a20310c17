internal import Bytes
internal import Files
internal import Ledger
internal import Log
internal import Playback
internal import Time

/// Finds one entry's record in the log's files by its number, which tells its time: the segment is
/// found by halving, and read from there.
struct EntrySearch {
    /// Folders with the log's segments, those with older ones first.
    let folders: [String]

    /// What is found: copies, as the log is let go of.
    struct Found {
        let entry: EntryRecord
        let extensions: [UInt8]
        /// The number of its record.
        let record: UInt64
    }

    /// Ends a reading.
    private struct Stop: Error {}

    /// - Returns: nil where no entry has this number.
    /// - Throws: ``LogError`` where the log cannot be read, or where segments are missing that the
    ///   entry may be in.
    func find(_ number: EntryNumber) throws(LogError) -> Found? {
        guard let first = try firstSequence(before: number.time) else { return nil }
        do throws(LogError) {
            return try find(number, from: first)
        } catch {
            // It may be behind what is missing; a number never runs behind its batch's time.
            guard case .damaged(let damage) = error, let missing = damage.missing,
                let time = try began(missing.upperBound), time <= number.time,
                let found = try find(number, from: missing.upperBound)
            else { throw error }
            return found
        }
    }

    private func find(
        _ number: EntryNumber, from first: UInt64
    ) throws(LogError) -> Found? {
        var found: Found?
        try read(from: first) { batch in
            // A number may run ahead of its batch's time, and never behind it.
            if batch.header.time > number.time { throw Stop() }
            try batch.play(.entries) { record throws in
                guard case .entry(let entry) = record.content, entry.entry >= number else { return }
                if entry.entry == number {
                    found = Found(
                        entry: entry,
                        extensions: record.bytes.extracting(entry.extensions.range).array,
                        record: record.sequence)
                }
                throw Stop()
            }
        }
        return found
    }

    /// The first record of the last segment that begins before a time, or of the one before it: a
    /// batch's entries may have numbers of a later time.
    private func firstSequence(before time: Timestamp) throws(LogError) -> UInt64? {
        var firsts: [UInt64] = []
        for folder in folders {
            do throws(FileError) {
                firsts += try LogReader.segments(in: folder).map { $0.firstSequence }
            } catch {
                throw .system(error)
            }
        }
        firsts.sort()
        guard !firsts.isEmpty else { return nil }
        var (low, high) = (0, firsts.count)
        while low < high {
            let middle = (low + high) / 2
            if let began = try began(firsts[middle]), began <= time {
                low = middle + 1
            } else {
                high = middle
            }
        }
        // It is older than all that is here.
        if low == 0, firsts[0] > 1 {
            throw .earlierSegmentsMissing(
                directory: folders.last ?? "", due: 1, oldest: firsts[0])
        }
        return firsts[max(low - 2, 0)]
    }

    /// The time of the first batch from a record on; nil where there is none.
    private func began(_ sequence: UInt64) throws(LogError) -> Timestamp? {
        var time: Timestamp?
        try read(from: sequence) { batch in
            time = batch.header.time
            throw Stop()
        }
        return time
    }

    private func read(
        from sequence: UInt64, _ body: (borrowing LogBatch) throws -> Void
    ) throws(LogError) {
        var isStopped = false
        do throws(LogError) {
            _ = try LogReader.read(directories: folders, from: sequence) { batch in
                do {
                    try body(batch)
                } catch {
                    isStopped = error is Stop
                    throw error
                }
            }
        } catch {
            guard isStopped else { throw error }
        }
    }
}
