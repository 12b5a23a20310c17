internal import Bytes
internal import Cryptography
package import Files

/// Segments of a log that follow each other.
package struct LogRun: Equatable, Sendable {
    /// The first record of the first of them.
    package let first: UInt64
    /// Records that are missing before it, as far as is known; empty where the log begins with it.
    package let missing: Range<UInt64>
}

extension LogReader {
    /// The runs that a log's segments make, ascending: one where none is missing between others.
    ///
    /// Only what the segments say of themselves is read. One that says nothing of the next one, or
    /// cannot be read, is taken to be followed by it: reading all of it says what is wrong.
    /// - Throws: `FileError` where a folder cannot be listed.
    package static func runs(in directories: [String]) throws(FileError) -> [LogRun] {
        let source = SegmentSource.folders(directories)
        var runs: [LogRun] = []
        var due: UInt64? = 1
        for first in try source.sequences() {
            if let due, runs.isEmpty || due < first {
                runs.append(LogRun(first: first, missing: min(due, first)..<first))
            }
            due = following(source.path(first))
        }
        return runs
    }

    /// The first record of the segment that follows; nil where that is not known.
    private static func following(_ path: String) -> UInt64? {
        var sha = SHA256()
        var sector = ByteBuffer(capacity: LogFormat.sectorBytes)
        do {
            let file = try File.regular(path)
            try file.read(LogFormat.sectorBytes, at: 0, into: &sector)
            let header = try SegmentHeader.decode(sector.bytes, &sha)
            sector.removeAll()
            try file.read(LogFormat.sectorBytes, at: header.usableEnd, into: &sector)
            return try SegmentFooter.decode(sector.bytes, &sha)?.nextSequence
        } catch {
            return nil
        }
    }
}
