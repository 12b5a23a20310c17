internal import Files
internal import Log
internal import Synchronization
internal import Time

/// How much room the log has and takes, for scrapes and the status. The sizes of segments are kept
/// until the folder changes: a scrape asks for two files' status, and lists nothing.
final class JournalFigures: Sendable {
    private let shared: Shared
    /// The log's folder.
    private let folder: String
    private let kept = Mutex(Kept())

    private struct Kept {
        /// When the folder's names had last changed when it was listed, in nanoseconds since 1970;
        /// nil where it must be listed again.
        var changed: Int?
        var segmentBytes = 0
    }

    /// A change so short before a listing may have had another one behind it at the same time of
    /// the file system's clock.
    private static var settledNanoseconds: Int { 1_000_000_000 }

    /// The log's folder at one moment.
    struct Reading {
        /// Bytes on disk, those that hold nothing yet too.
        var allocatedBytes = 0
        /// Bytes that hold batches, or belong to segments that are full.
        var usedBytes = 0
        /// Bytes that the disk has for the gateway's user.
        var freeBytes = 0
        var diskBytes = 0
        /// Bytes of batches a second, over the last ten minutes.
        var bytesPerSecond = 0.0

        /// Seconds until the disk is full at this rate; nil where nothing is written.
        var secondsUntilFull: Double? {
            let room = Double(freeBytes + allocatedBytes - usedBytes)
            return bytesPerSecond > 0 ? room / bytesPerSecond : nil
        }
    }

    init(_ shared: Shared, folder: String) {
        self.shared = shared
        self.folder = folder
    }

    /// As of now: other processes may archive segments.
    func read() -> Reading {
        let segments = segmentBytes()
        // No such file: none is being prepared.
        let spare = (try? File.size(LogFormat.sparePath(in: folder))) ?? 0
        var reading = Reading()
        reading.allocatedBytes = segments + spare
        reading.usedBytes = max(segments - shared.journal.unusedBytes, 0)
        reading.bytesPerSecond = shared.journal.bytesPerSecond(
            at: shared.clock.monotonicNanoseconds())
        // A folder that is gone has no room; storing and starting say what is wrong.
        if let room = try? Folder.room(of: folder) {
            reading.freeBytes = room.free
            reading.diskBytes = room.total
        }
        return reading
    }

    private func segmentBytes() -> Int {
        kept.withLock { kept in
            // As above: it has no size.
            guard let changed = try? Folder.namesChanged(folder) else { return 0 }
            if kept.changed != changed {
                let now = Int(SystemClock.wallClock().milliseconds) * 1_000_000
                // As above. A change meanwhile is seen the next time: the time is from before.
                kept.segmentBytes = (try? LogFormat.bytesOfSegments(in: folder)) ?? 0
                kept.changed = now - changed > Self.settledNanoseconds ? changed : nil
            }
            return kept.segmentBytes
        }
    }
}
