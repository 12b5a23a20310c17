package import Files
internal import Glibc

/// Reads a log without writing it: from any record, once or again and again while it grows.
///
/// A log that a gateway is writing can be read. What is being written at that moment may show as a
/// torn tail in the report; the next ``read(_:)`` gives it whole, or something else in its place
/// where the gateway was killed and started again. What looks damaged is looked at again, behind
/// the last good batch: a batch that was written in between is whole by then, and what is damaged
/// is so still. So is a segment that is gone, which may have been archived in between.
package struct LogReader: ~Copyable {
    private var scanner: LogScanner

    /// - Parameters:
    ///   - directory: the folder with the segments.
    ///   - sequence: the record to begin with, which must be there or be the next one; the batch
    ///     that it is in is given whole. nil: the oldest that is there.
    package init(directory: String, from sequence: UInt64? = nil) {
        self.init(directories: [directory], from: sequence)
    }

    /// - Parameters:
    ///   - directories: the folder with the segments, behind those that have older ones of the
    ///     same log.
    ///   - sequence: as above.
    package init(directories: [String], from sequence: UInt64? = nil) {
        scanner = LogScanner(
            .folders(directories), from: sequence.map { .record($0) } ?? .oldest,
            tolerance: Self.tolerance(of: directories.last))
    }

    /// - Parameters:
    ///   - directory: the folder with the segments.
    ///   - position: reads what stands behind it; the log must have this chain value there.
    package init(directory: String, after position: LogPosition) {
        scanner = LogScanner(
            .folders([directory]), from: .position(position),
            tolerance: Self.tolerance(of: directory))
    }

    /// What the log's folder may lack, see ``LogTolerance/copy``.
    private static func tolerance(of directory: String?) -> LogTolerance {
        // Where that cannot be found out, everything must be there.
        guard let directory, (try? LogPlace.isCopy(directory)) == true else { return .none }
        return .copy
    }

    /// What was read so far; its torn tail and its length are those of the last ``read(_:)``.
    package var report: RecoveryReport { scanner.report }

    /// The paths of segments that were read and that another one follows, and that do not say so
    /// yet: the writer was about to, or ended before.
    package var segmentsWithoutFooter: [String] { scanner.footersDue.map(\.path) }

    /// Goes through the batches behind those that were read already, in order, with the same checks
    /// as recovery, to the log's end; changes nothing.
    /// - Parameter body: gets each batch; what it throws ends the reading as
    ///   ``LogError/replayFailed(file:sequence:reason:)``.
    /// - Throws: ``LogError``. A torn tail is not thrown; the report has it.
    package mutating func read(
        _ body: (borrowing LogBatch) throws -> Void
    ) throws(LogError) {
        var seen: LogError?
        while true {
            do throws(LogError) {
                return try scanner.scan(body)
            } catch {
                guard Self.mayPass(error), error != seen else { throw error }
                seen = error
            }
        }
    }

    /// Whether it may be the work of another process at that moment.
    private static func mayPass(_ error: LogError) -> Bool {
        switch error {
        case .damaged: true
        case .system(let error): error.code == ENOENT
        default: false
        }
    }

    /// Goes once through all batches from a record on.
    /// - Parameter sequence: see ``init(directory:from:)``.
    package static func read(
        directory: String, from sequence: UInt64? = nil,
        _ body: (borrowing LogBatch) throws -> Void
    ) throws(LogError) -> RecoveryReport {
        try read(directories: [directory], from: sequence, body)
    }

    /// Goes once through all batches from a record on, see ``init(directories:from:)``.
    package static func read(
        directories: [String], from sequence: UInt64? = nil,
        _ body: (borrowing LogBatch) throws -> Void
    ) throws(LogError) -> RecoveryReport {
        var reader = LogReader(directories: directories, from: sequence)
        try reader.read(body)
        return reader.report
    }

    /// The segments in a folder, in order.
    package static func segments(
        in directory: String
    ) throws(FileError) -> [(firstSequence: UInt64, name: String)] {
        try LogFormat.segments(in: directory)
    }
}
