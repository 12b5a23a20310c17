package import Files

/// Why the log cannot be opened, read or written: one line each, with what to do.
package enum LogError: Error, Equatable, Sendable {
    /// An option is out of its range, or two do not go together.
    case invalidOptions(String)
    /// Another process has the log open.
    case inUse(directory: String)
    /// A system call failed while opening or reading.
    case system(FileError)
    /// A segment is whole, and written in a format that this version does not read.
    case unsupportedVersion(file: String, version: UInt32)
    /// What is on the disk is not what was written.
    case damaged(LogDamage)
    /// Reading was to begin before the oldest segment: older ones were archived, or are missing.
    case earlierSegmentsMissing(directory: String, due: UInt64, oldest: UInt64)
    /// The place that reading was to begin behind is not in this log: it is another log's, or this
    /// one has lost its end.
    case positionMissing(file: String, found: String)
    /// A reader that follows the log has read records that are not there any more: the disk had
    /// not confirmed them, and lost them.
    case endReplaced(file: String, sequence: UInt64)
    /// Whoever replays the log did not accept a batch.
    case replayFailed(file: String, sequence: UInt64, reason: String)
    /// The batch is longer than ``LogOptions/maximumBatchBytes``; nothing was written.
    case batchTooLarge(bytes: Int, limit: Int)
    /// There is no room for the batch; nothing was written. ``Log/ensureSpace()`` says so
    /// before it is too late.
    case noSpace(directory: String)
    /// A batch that several nodes share does not continue this one's log.
    case diverges(sequence: UInt64, found: String)
    /// A batch of the log that several nodes share is of a format that this version does not know.
    case tooNew(sequence: UInt64, found: String)
    /// Another node owns the log that several nodes share: nothing more may be acknowledged here.
    case fenced(by: String)
    /// The log that several nodes share does not take a batch, for a reason that trying again does
    /// not change.
    case unusable(String)
    /// A write or a sync failed. Nobody knows what is on the disk: never retried.
    case failed(FileError)
}

/// A place in the log that is not as it was written, and cannot be the mark of a crash.
package struct LogDamage: Equatable, Sendable {
    package var file: String
    /// Bytes from the file's start.
    package var offset: Int
    /// The first record that is not there: the ones before it are whole.
    package var sequence: UInt64
    /// What was found there.
    package var found: String
    /// Records that are missing because whole segments are; nil for any other damage.
    package var missing: Range<UInt64>?

    package init(file: String, offset: Int, sequence: UInt64, found: String) {
        self.file = file
        self.offset = offset
        self.sequence = sequence
        self.found = found
    }
}

extension LogError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidOptions(let reason):
            "journal options: \(reason)"
        case .inUse(let directory):
            "journal \(directory) is in use by another process; stop that process first (removing "
                + "\(directory)/lock does not help: the folder itself is locked, because two "
                + "gateways would destroy each other's entries)"
        case .system(let error):
            "journal: \(error); check the path, its permissions and the disk"
        case .unsupportedVersion(let file, let version) where version < LogFormat.version:
            "journal \(file) has format version \(version), of a version before the first release; "
                + "this one reads version \(LogFormat.version): export its operations with the "
                + "version that wrote it, and start this one with a new data folder"
        case .unsupportedVersion(let file, let version):
            "journal \(file) has format version \(version), and this version reads "
                + "\(LogFormat.version): start the version that wrote it, or a later one"
        case .earlierSegmentsMissing(let directory, let due, let oldest):
            "journal \(directory) begins with record \(oldest), and records \(due) to "
                + "\(oldest - 1) are needed: they were archived, or are missing; move their "
                + "segments back into the folder"
        case .positionMissing(let file, let found): "journal \(file) \(found)"
        case .endReplaced(let file, let sequence):
            "journal \(file): record \(sequence) was read and is not there any more: the disk "
                + "lost what it had not confirmed; read the journal again from the start"
        case .damaged(let damage):
            "journal damaged: \(damage.file) at byte \(damage.offset), record \(damage.sequence): "
                + "\(damage.found); restore the file from a backup, do not edit it"
        case .replayFailed(let file, let sequence, let reason):
            "journal \(file): cannot replay the batch at record \(sequence): \(reason); "
                + "start the version that wrote it"
        case .batchTooLarge(let bytes, let limit):
            "journal: a batch of \(bytes) bytes is over the limit of \(limit); raise the limit"
        case .noSpace(let directory):
            "journal \(directory): no space for another segment; free disk space, "
                + "or raise the quota or the file-size limit"
        case .diverges(let sequence, let found):
            "record \(sequence) of the cluster's log \(found): this node's journal is not a copy "
                + "of it, or this is another version; compare the members' journals with portillon "
                + "journal verify"
        case .tooNew(let sequence, let found):
            "record \(sequence) of the cluster's log cannot be followed: \(found)"
        case .fenced(let owner):
            "the cluster's log belongs to \(owner) now; nothing more is acknowledged here"
        case .unusable(let reason):
            "the cluster's log takes no batch: \(reason); see portillon cluster check"
        case .failed(let error):
            "journal stopped: \(error); check the disk, then restart"
        }
    }
}
