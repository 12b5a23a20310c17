/// What a log may lack at its end and still be read up to there. What it lacks is reported.
package enum LogTolerance: Sendable {
    /// Nothing but a torn tail: it is where it was written.
    case none
    /// What a copy lacks that was made, file by file, while the log was written: the next segment,
    /// begun after the folder was listed, and what a file got behind a place that had been read.
    /// Both is later than the copy's beginning. So is what a node of several lacks whose power was
    /// lost: it syncs later than it writes, and a disk writes in any order.
    case copy
    /// Whatever is missing or damaged, because a person says so.
    case anything
}

/// What can be set about a log; the limits are checked when it is opened.
package struct LogOptions: Equatable, Sendable {
    /// Bytes of a new segment: a multiple of 512, up to 4 GiB.
    package var segmentBytes = 64 << 20
    /// The longest batch on the disk, all in: a multiple of 512, up to 8 MiB, and small enough for
    /// a segment to hold one.
    package var maximumBatchBytes = 1 << 20
    /// The longest batch that is gathered here, where that is less than what a segment takes: of
    /// several nodes each stores what another one has gathered. Nil for as much.
    package var gatheredBatchBytes: Int?
    /// How long to wait before trying again to prepare a segment where that failed: 1 or more.
    package var retryMilliseconds = 1000
    /// Opens a log that lacks records, up to the first one that is missing.
    package var acceptsMissingRecords = false
    /// Opens a log whose last records did not all come to the disk, up to the first one that is
    /// missing: other nodes have them.
    package var isShared = false
    /// How long ``Log/ensureSpace()`` waits for a segment that is being prepared: 0 or more.
    package var preparationMilliseconds = 3000

    /// Folders that are kept to this process along with the log's own, for as long as it is open:
    /// one that the log's folder is in stays locked when that is renamed.
    package var lockedFolders: [String] = []

    package init() {}

    static var largestSegmentBytes: Int { 4 << 30 }
    static var largestBatchBytes: Int { 8 << 20 }

    func check() throws(LogError) {
        func require(_ holds: Bool, _ reason: String) throws(LogError) {
            if !holds { throw .invalidOptions(reason) }
        }
        let sector = LogFormat.sectorBytes
        try require(
            segmentBytes > 0 && segmentBytes % sector == 0
                && segmentBytes <= Self.largestSegmentBytes,
            "segmentBytes must be a multiple of 512 up to 4294967296, not \(segmentBytes)")
        try require(
            maximumBatchBytes > 0 && maximumBatchBytes % sector == 0
                && maximumBatchBytes <= Self.largestBatchBytes,
            "maximumBatchBytes must be a multiple of 512 up to 8388608, not \(maximumBatchBytes)")
        try require(
            maximumBatchBytes + 2 * sector <= segmentBytes,
            "maximumBatchBytes \(maximumBatchBytes) must fit into segmentBytes \(segmentBytes)")
        try require(
            gatheredBatchBytes.map { $0 > 0 && $0 % sector == 0 && $0 <= maximumBatchBytes }
                ?? true,
            "gatheredBatchBytes must be a multiple of 512 up to maximumBatchBytes "
                + "\(maximumBatchBytes), not \(gatheredBatchBytes ?? 0)")
        try require(
            retryMilliseconds >= 1 && retryMilliseconds <= 3_600_000,
            "retryMilliseconds must be 1 to 3600000, not \(retryMilliseconds)")
        try require(
            preparationMilliseconds >= 0 && preparationMilliseconds <= 3_600_000,
            "preparationMilliseconds must be 0 to 3600000, not \(preparationMilliseconds)")
    }
}
