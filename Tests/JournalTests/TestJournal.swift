import Bytes
import Cryptography
import Glibc
import Testing

@testable import Journal

/// A directory of its own for one test, removed with everything in it.
final class TemporaryDirectory {
    let path: String

    init() {
        var template = Array("/tmp/portillon-journal-test.XXXXXX".utf8CString)
        guard let made = unsafe mkdtemp(&template) else { fatalError("mkdtemp fails") }
        path = unsafe String(cString: made)
    }

    deinit { Self.remove(path) }

    var journal: String { path + "/journal" }

    static func remove(_ path: String) {
        if unsafe unlink(path) == 0 { return }
        // A plain file has no names in it.
        for name in (try? File.names(in: path)) ?? [] { remove(path + "/" + name) }
        unsafe rmdir(path)
    }
}

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

func contents(_ path: String) throws -> [UInt8] {
    let file = try File(path, O_RDONLY)
    var buffer = ByteBuffer(capacity: 1)
    try file.read(try file.size(), at: 0, into: &buffer)
    return buffer.bytes.array
}

func overwrite(_ path: String, _ bytes: [UInt8], at offset: Int) throws {
    unsafe try File(path, O_WRONLY).write(bytes.span.bytes, at: offset)
}

func replace(_ path: String, _ bytes: [UInt8]) throws {
    unsafe try File(path, O_WRONLY | O_CREAT | O_TRUNC).write(bytes.span.bytes, at: 0)
}

func segmentNames(_ directory: String) throws -> [String] {
    try File.names(in: directory).filter { $0.hasSuffix(".segment") }
}
