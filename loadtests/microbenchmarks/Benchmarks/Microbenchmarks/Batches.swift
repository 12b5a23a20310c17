import Benchmark
import Bytes
import Cryptography
import Foundation
import Ledger
import Log
import Time

/// A batch of a hundred entries, from the first record to durable.
func journal() -> [String] {
    [
        measure("journal: hash a batch of 100 entries", .one) {
            { benchmark in
                var batch = ByteBuffer(capacity: 1 << 16)
                let sealed = sealedBytes()
                for number in 0..<100 {
                    appendEntry(UInt32(number), sealed.bytes, to: &batch)
                }
                var sha = SHA256()
                benchmark.startMeasurement()
                let digest = sha.digest(batch.bytes)
                benchmark.stopMeasurement()
                blackHole(digest)
            }
        },
        // Files in memory: all that a commit takes but the disk.
        measure("journal: a batch of 100 entries, without the disk", .one) {
            let book = try Book(in: "/dev/shm")
            return { benchmark in try book.commitHundred(benchmark) }
        },
        measure("journal: a batch of 100 entries, with fdatasync", .one, seconds: 2) {
            let book = try Book(in: Book.directoryOnDisk())
            return { benchmark in try book.commitHundred(benchmark) }
        },
    ]
}

/// A log in a folder of its own, which goes with it.
private final class Book {
    private let folder: URL
    private var log: Log?
    private var batches: UInt64 = 0

    /// 2026-11-20T12:00:00Z.
    private static let time = Timestamp(milliseconds: 1_795_176_000_000)

    /// Where `loadtests/micro` says, or else beside what was built.
    static func directoryOnDisk() throws -> String {
        if let named = ProcessInfo.processInfo.environment["MICROBENCHMARKS_DIRECTORY"] {
            return named
        }
        let package = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let directory = package.appending(path: ".build/journal")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: true)
        return directory.path
    }

    init(in directory: String) throws {
        folder = URL(filePath: directory).appending(path: "microbenchmarks-\(getpid())")
        var options = LogOptions()
        // Small, for containers that give little memory to /dev/shm.
        options.segmentBytes = 16 << 20
        log = try Log.open(directory: folder.path, options: options, at: Self.time) { _ in }
    }

    deinit {
        // First the log, with its thread; then its files.
        log = nil
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            print("\(folder.path) could not be removed: \(error)")
        }
    }

    /// One sample: what the sequencer does for a hundred entries that the ledger has accepted.
    func commitHundred(_ benchmark: Benchmark) throws {
        guard var log = log.take() else { return }
        let sealed = sealedBytes()
        benchmark.startMeasurement()
        let hasSpace = log.ensureSpace()
        for number in 0..<100 {
            log.append(kind: EntryRecord.kind) { buffer in
                appendEntry(UInt32(number), sealed.bytes, to: &buffer)
            }
        }
        try log.commit(at: Self.time)
        benchmark.stopMeasurement()
        batches += 1
        let next = log.nextSequence
        self.log = consume log
        if !hasSpace { throw Wrong(description: "the journal has no space") }
        try Wrong.unless(next, is: batches * 100 + 1, "the number after the last durable record")
    }
}

private func appendEntry(_ number: UInt32, _ sealed: RawSpan, to buffer: inout ByteBuffer) {
    let command = EntryCommand(operation: 0, key: 0, participant: .numbered(UInt64(number)))
    EntryRecord.encode(
        command, entry: EntryNumber(rawValue: UInt64(number) + 1), participant: number,
        source: RawSpan(), sealed: sealed, into: &buffer)
}

/// As long as what is sealed of an entry.
private func sealedBytes() -> ByteBuffer {
    let length =
        EntryText.participant.utf8.count + EntryText.fields.utf8.count
        + SealedFormat.overheadBytes
    var sealed = ByteBuffer(capacity: length)
    sealed.append(zeros: length)
    return sealed
}
