internal import Log
internal import Synchronization

/// What of the log's room on disk is used, and how quickly it fills. The sequencer's thread writes
/// once a batch, the pulse notes where it stands, anyone reads.
final class JournalUse: Sendable {
    /// Bytes of batches stored since the process started.
    private let written = Atomic<UInt64>(0)
    /// Bytes of the current segment that hold nothing yet.
    private let unused = Atomic<Int>(0)
    /// Notes of the last ten minutes, oldest first.
    private let notes: Mutex<[Note]>

    private struct Note {
        var nanoseconds: UInt64
        var written: UInt64
    }

    /// Seconds from one note to the next, and notes that are kept: the rate is taken over their
    /// product.
    static var noteSeconds: Int { 10 }
    private static var maximumNotes: Int { 60 }

    /// - Parameter nanoseconds: the monotonic clock.
    init(at nanoseconds: UInt64) {
        notes = Mutex([Note(nanoseconds: nanoseconds, written: 0)])
    }

    // MARK: The sequencer's thread

    /// A batch is stored.
    /// - Parameters:
    ///   - batchBytes: of the batch before it is rounded up to a sector.
    ///   - bytes: what the segment has left.
    func record(batchBytes: Int, unused bytes: Int) {
        let sector = LogFormat.sectorBytes
        let extent = (batchBytes + sector - 1) / sector * sector
        // One writer: a load and a store will do.
        written.store(written.load(ordering: .relaxed) &+ UInt64(extent), ordering: .relaxed)
        unused.store(bytes, ordering: .relaxed)
    }

    // MARK: The pulse

    /// - Parameter nanoseconds: the monotonic clock.
    func note(at nanoseconds: UInt64) {
        let note = Note(nanoseconds: nanoseconds, written: writtenBytes)
        notes.withLock { notes in
            notes.append(note)
            if notes.count > Self.maximumNotes { notes.removeFirst() }
        }
    }

    // MARK: Anyone

    var writtenBytes: UInt64 { written.load(ordering: .relaxed) }
    var unusedBytes: Int { unused.load(ordering: .relaxed) }

    /// Bytes a second over the last ten minutes, or since the start.
    /// - Parameter nanoseconds: the monotonic clock.
    func bytesPerSecond(at nanoseconds: UInt64) -> Double {
        guard let then = notes.withLock({ $0.first }), nanoseconds > then.nanoseconds else {
            return 0
        }
        return Double(writtenBytes &- then.written) * 1e9 / Double(nanoseconds - then.nanoseconds)
    }
}
