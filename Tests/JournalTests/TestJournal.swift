import Bytes
import Cryptography
import Files
import Glibc
import TestSupport
import Testing
import Time

@testable import Journal

/// A record as a test wrote it or got it back.
struct Written: Equatable {
    var sequence: UInt64
    var kind: UInt8
    var bytes: [UInt8]
}

func smallOptions(segmentBytes: Int = 8192, batchBytes: Int = 2048) -> JournalOptions {
    var options = JournalOptions()
    options.segmentBytes = segmentBytes
    options.maximumBatchBytes = batchBytes
    options.retryMilliseconds = 1
    return options
}

func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

func openJournal(
    _ directory: String, _ options: JournalOptions = smallOptions()
) throws(JournalError) -> Journal {
    try Journal.open(directory: directory, options: options, at: time(1)) { _ in }
}

/// Everything in a journal, and the report.
func readAll(_ directory: String) throws(JournalError) -> ([Written], RecoveryReport) {
    var all: [Written] = []
    let report = try JournalReader.read(directory: directory, oldestSequence: 1) { batch in
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
    _ contents: [[UInt8]], kind: UInt8 = 1, to journal: inout Journal, at milliseconds: Int64 = 5
) throws(JournalError) {
    for content in contents { unsafe journal.append(kind: kind, content.span.bytes) }
    try journal.commit(at: time(milliseconds))
}

func bytes(_ count: Int, _ fill: UInt8 = 0xA5) -> [UInt8] { Array(repeating: fill, count: count) }

// MARK: Files

func segmentNames(_ directory: String) throws -> [String] {
    try File.names(in: directory).filter { $0.hasSuffix(".segment") }
}

extension TemporaryDirectory {
    var journal: String { path + "/journal" }
}
