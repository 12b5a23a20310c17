import Bytes
import Cryptography
import Files
import Glibc
import TestSupport
import Testing
import Time

@testable import Log

/// A record as a test wrote it or got it back.
struct Written: Equatable {
    var sequence: UInt64
    var kind: UInt8
    var bytes: [UInt8]
}

func smallOptions(segmentBytes: Int = 8192, batchBytes: Int = 2048) -> LogOptions {
    var options = LogOptions()
    options.segmentBytes = segmentBytes
    options.maximumBatchBytes = batchBytes
    options.retryMilliseconds = 1
    // A thread that prepares a segment may stand still beside other tests, or its disk.
    options.preparationMilliseconds = 120_000
    return options
}

/// Bytes of the segments in a folder, with the one that is being prepared.
func bytesOnDisk(in directory: String) throws(FileError) -> Int {
    try LogFormat.bytesOfSegments(in: directory)
        + (File.size(LogFormat.sparePath(in: directory)) ?? 0)
}

func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

func openLog(
    _ directory: String, _ options: LogOptions = smallOptions()
) throws(LogError) -> Log {
    try Log.open(directory: directory, options: options, at: time(1)) { _ in }
}

/// Everything in a log, and the report.
func readAll(_ directory: String) throws(LogError) -> ([Written], RecoveryReport) {
    var all: [Written] = []
    let report = try LogReader.read(directory: directory, from: 1) { batch in
        var records = batch.records
        while let record = records.next() {
            all.append(
                Written(
                    sequence: record.sequence, kind: record.kind, bytes: record.bytes.array))
        }
    }
    return (all, report)
}

/// Commits a batch of these contents, all of one kind.
func commit(
    _ contents: [[UInt8]], kind: UInt8 = 1, to log: inout Log, at milliseconds: Int64 = 5
) throws(LogError) {
    for content in contents { unsafe log.append(kind: kind, content.span.bytes) }
    try log.commit(at: time(milliseconds))
}

func bytes(_ count: Int, _ fill: UInt8 = 0xA5) -> [UInt8] { Array(repeating: fill, count: count) }

// MARK: Files

func segmentNames(_ directory: String) throws -> [String] {
    try File.names(in: directory).filter { $0.hasSuffix(".segment") }
}

extension TemporaryDirectory {
    var log: String { path + "/journal" }
}
