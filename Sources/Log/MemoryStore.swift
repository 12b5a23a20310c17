internal import Bytes
internal import Cryptography
package import Files
internal import Glibc
internal import Time

/// A log's batches in memory, in the same bytes as on disk: for tests and simulations, which plan
/// what goes wrong and when.
///
/// It outlives the ``Log`` that writes it, as a disk does: open another one to start again. One
/// thread uses it.
package final class MemoryStore: LogStore {
    /// What one call of ``store(_:)`` does instead of storing the batch and returning.
    package enum Fault: Equatable, Sendable {
        /// The disk refuses: nothing is stored, and the log stops.
        case failing
        /// Takes so long, by ``onDelay``.
        case slow(nanoseconds: UInt64)
        /// The machine stops before anything is stored.
        case crashBefore
        /// The machine stops when so many bytes are stored, rounded down to sectors, which a disk
        /// writes whole or not at all; zeros stay behind them.
        case torn(bytes: Int)
        /// The machine stops when all is stored but some sectors: bit *n* stands for sector *n*.
        case tornSectors(missing: UInt64)
        /// The machine stops when all is stored, and nobody has heard of it.
        case crashAfter
    }

    package let options: LogOptions
    /// What goes wrong, by the number of the call of ``store(_:)``: they count from 1, over all
    /// starts.
    package var faults: [UInt64: Fault] = [:]
    /// Whether the disk is full; to be set and taken back at any time.
    package var isFull = false
    /// Lets simulated time pass; in nanoseconds.
    package var onDelay: ((UInt64) -> Void)?
    /// Calls of ``store(_:)`` so far.
    package private(set) var calls: UInt64 = 0
    /// Nothing is stored any more until the next start.
    package private(set) var hasCrashed = false

    /// Gets the number behind each batch that was stored, where that is asked for.
    private var reportSynced: (@Sendable (UInt64) -> Void)?
    private var segments: [Segment] = []
    private var sha = SHA256()

    /// A segment, without the zeros that follow its batches.
    private struct Segment {
        var header: SegmentHeader
        var bytes: [UInt8]
        var footer: [UInt8] = []
    }

    /// - Throws: ``LogError/invalidOptions(_:)``.
    package init(options: LogOptions = LogOptions()) throws(LogError) {
        try options.check()
        self.options = options
    }

    // MARK: Space

    package func ensureSpace() -> Bool { !isFull && !hasCrashed }

    package var spaceFailure: FileError? { isFull ? FileError("write", "memory", ENOSPC) : nil }

    // MARK: Storing

    package func store(_ batch: borrowing LogBatch) throws(LogError) {
        guard !hasCrashed else { throw stopped }
        guard !isFull else { throw .noSpace(directory: "memory") }
        calls += 1
        let bytes = batch.bytes.array
        let end = batch.end.nextSequence
        defer { if !hasCrashed { reportSynced?(end) } }
        switch faults[calls] {
        case nil: append(bytes, batch.header)
        case .failing: throw stopped
        case .slow(let nanoseconds):
            onDelay?(nanoseconds)
            append(bytes, batch.header)
        case .crashBefore: throw crash()
        case .torn(let count):
            let whole = count / LogFormat.sectorBytes * LogFormat.sectorBytes
            tear(Array(bytes.prefix(whole)), batch.header)
            throw crash()
        case .tornSectors(let missing):
            tear(without(missing, of: bytes), batch.header)
            throw crash()
        case .crashAfter:
            append(bytes, batch.header)
            throw crash()
        }
    }

    /// What is stored here is stable at once.
    package func syncLater(
        behind written: UInt64, _ report: @escaping @Sendable (UInt64) -> Void
    ) throws(LogError) {
        reportSynced = report
        report(written)
    }

    private func append(_ bytes: [UInt8], _ header: BatchHeader) {
        if !hasRoom(bytes.count) { roll(to: header) }
        segments[segments.count - 1].bytes += bytes
    }

    /// A segment gets its name when its first batch is whole, so a torn one leaves nothing of it.
    private func tear(_ bytes: [UInt8], _ header: BatchHeader) {
        if hasRoom(header.extentBytes) { segments[segments.count - 1].bytes += bytes }
    }

    private func without(_ missing: UInt64, of bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for offset in bytes.indices {
            let sector = offset / LogFormat.sectorBytes
            if sector < 64, missing & (1 << sector) != 0 { bytes[offset] = 0 }
        }
        return bytes
    }

    private func hasRoom(_ extent: Int) -> Bool {
        guard let last = segments.last else { return false }
        return extent <= last.header.usableEnd - last.bytes.count
            && extent <= last.header.maximumBatchBytes
    }

    private func roll(to batch: BatchHeader) {
        let footer = SegmentFooter(
            nextSequence: batch.firstSequence, chain: batch.previousChain)
        segments[segments.count - 1].footer = footer.encoded(&sha).bytes.array
        begin(batch.firstSequence, batch.previousChain, batch.time)
    }

    private func begin(_ firstSequence: UInt64, _ chain: SHA256Digest, _ time: Timestamp) {
        let header = SegmentHeader(
            segmentBytes: options.segmentBytes, firstSequence: firstSequence, chain: chain,
            created: time, maximumBatchBytes: options.maximumBatchBytes)
        segments.append(Segment(header: header, bytes: header.encoded(&sha).bytes.array))
    }

    // MARK: Failing

    private var stopped: LogError { .failed(FileError("sync", "memory", EIO)) }

    private func crash() -> LogError {
        hasCrashed = true
        return stopped
    }

    // MARK: Reading

    /// Reads what is stored, as a start does, and cuts a torn tail.
    func recover(
        after start: LogPosition, at time: Timestamp,
        replay: (borrowing LogBatch) throws -> Void
    ) throws(LogError) -> RecoveryReport {
        var scanner = LogScanner(.memory(self), from: .position(start))
        try scanner.scan(replay)
        var report = scanner.report
        if let tail = scanner.tail {
            let last = segments.count - 1
            segments[last].bytes.removeSubrange(min(tail.offset, segments[last].bytes.count)...)
        } else {
            begin(1, SHA256Digest(), time)
            report.segments = 1
            report.bytes = options.segmentBytes
        }
        hasCrashed = false
        return report
    }

    var sequences: [UInt64] { segments.map(\.header.firstSequence) }

    /// The bytes of the segment that begins with this record, as they would be in its file.
    func image(_ firstSequence: UInt64) -> ByteBuffer {
        guard let segment = segments.first(where: { $0.header.firstSequence == firstSequence })
        else { return ByteBuffer(capacity: 1) }
        var image = ByteBuffer(capacity: segment.header.segmentBytes)
        segment.bytes.withBytes { image.append($0) }
        let end = segment.footer.isEmpty ? segment.header.segmentBytes : segment.header.usableEnd
        image.append(zeros: end - image.count)
        segment.footer.withBytes { image.append($0) }
        return image
    }
}
