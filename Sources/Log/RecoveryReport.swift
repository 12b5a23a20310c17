internal import Bytes
package import Cryptography
package import Time

/// What reading a log to its end has found.
package struct RecoveryReport: Equatable, Sendable {
    package var segments = 0
    package var batches: UInt64 = 0
    package var records: UInt64 = 0
    /// The first record that is still there; 1 unless older segments have been retired.
    package var oldestSequence: UInt64 = 1
    /// The number of the record that comes next.
    package var nextSequence: UInt64 = 1
    /// When the last batch was committed.
    package var lastTime: Timestamp?
    /// The last batch's chain value: it stands for everything before it.
    package var chain = SHA256Digest()
    /// The number of the last batch's first record; `nil` where no batch was read.
    package var lastBatchSequence: UInt64?
    /// Bytes of all segments.
    package var bytes = 0
    /// A batch that a crash cut short. It was never acknowledged, unless the disk lost what it
    /// had confirmed.
    package var tornTail: TornTail?
    /// Bytes that the newest segment is shorter than its header says. The log never writes
    /// such a file: somebody or something has cut it, and acknowledged records may be gone.
    package var shortBy = 0
    /// Where the log was taken to end although something follows, or is known to have followed; nil
    /// where it ends by itself.
    package var missing: MissingRecords?

    package init() {}

    /// The place behind all that was read.
    package var end: LogPosition { LogPosition(nextSequence: nextSequence, chain: chain) }

    /// Goes on behind a batch.
    mutating func add(_ batch: borrowing LogBatch) {
        batches += 1
        records += UInt64(batch.header.recordCount)
        nextSequence = batch.end.nextSequence
        lastTime = batch.header.time
        lastBatchSequence = batch.header.firstSequence
        chain = batch.chain
    }
}

/// A batch that is not whole at the log's end.
package struct TornTail: Equatable, Sendable {
    package var file: String
    /// Where it begins, in bytes from the file's start.
    package var offset: Int
    /// From there to the last byte that is not zero.
    package var bytes: Int
    /// What its first record's number would have been.
    package var sequence: UInt64
    /// What was found.
    package var found: String
}

/// Records that a log is known to have had behind its last good batch.
package struct MissingRecords: Equatable, Sendable {
    package var file: String
    package var offset: Int
    /// The first record that is missing.
    package var sequence: UInt64
    /// What was found there.
    package var found: String
    /// The first record behind the missing ones that is there again, where that is known; it is not
    /// used.
    package var next: UInt64?
    /// Where what lies behind was moved, when the log was opened for writing; nil where nothing
    /// was.
    package var setAside: String?
}

extension MissingRecords: CustomStringConvertible {
    package var description: String {
        var text =
            "record \(sequence) and all behind it are missing: \(file) at byte \(offset): \(found)"
        if let next { text += "; records from \(next) on are there, and are not used" }
        if let setAside { text += "; what lay behind was moved to \(setAside)" }
        return text
    }
}

extension RecoveryReport: CustomStringConvertible {
    package var description: String {
        var text = "\(records) records in \(batches) batches and \(segments) segments, "
        text += "next record \(nextSequence), chain \(chain.hexadecimal)"
        if let tornTail {
            text += "; torn tail in \(tornTail.file) at byte \(tornTail.offset), "
            text += "\(tornTail.bytes) bytes from record \(tornTail.sequence): \(tornTail.found)"
        }
        if shortBy > 0 {
            text += "; the newest segment is \(shortBy) bytes shorter than its header says; "
            text += "acknowledged records may be missing"
        }
        if let missing { text += "; \(missing)" }
        return text
    }
}
