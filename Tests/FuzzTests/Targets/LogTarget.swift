import Bytes
import Cryptography
import Files
import Glibc
import Time

@testable import Log

/// A log that something has been at: a small one of three segments, changed by the script that
/// the input is (``LogEdit``), then read and recovered.
///
/// Damage is named with its file and place, or a torn tail is told; nothing else is. What is read
/// of a log whose hashes were not forged is what was written, from the first record on. What
/// recovery has repaired is read again as whole, with the same records.
enum LogTarget {
    /// A segment as it was written.
    struct Segment: Sendable {
        var name: String
        var bytes: [UInt8]
    }

    struct Record: Equatable, Sendable {
        var sequence: UInt64
        var kind: UInt8
        var bytes: [UInt8]
    }

    @Sendable static func run(_ input: [UInt8]) throws {
        var segments = try base.get().segments
        var edit = LogEdit(input)
        while edit.apply(to: &segments) {}
        let folder = try MemoryFolder()
        for segment in segments { try folder.write(segment.bytes, as: segment.name) }
        let reading = try read(folder.path)
        guard case .whole(let records, let report) = reading else { return }
        let written = try base.get().records
        if !edit.hasForged {
            try require(
                records == Array(written.prefix(records.count)), "records that nobody wrote")
            let isLost = edit.isWithoutEffect && records != written
            try require(!isLost, "a journal that nobody touched lost records")
        }
        // A forged header may ask for 4 GiB of zeros: they would be written.
        if report.shortBy > 1 << 16 { return }
        try checkRecovery(folder.path, records, report)
    }

    // MARK: Reading

    private enum Reading {
        case damaged
        case whole([Record], RecoveryReport)
    }

    private static func read(_ path: String) throws -> Reading {
        var records: [Record] = []
        do {
            let report = try LogReader.read(directory: path, from: 1) { batch in
                var batch = batch.records
                while let record = batch.next() {
                    records.append(
                        Record(
                            sequence: record.sequence, kind: record.kind,
                            bytes: record.bytes.array))
                }
            }
            for (place, record) in records.enumerated() {
                try require(record.sequence == UInt64(place + 1), "a gap at record \(place + 1)")
            }
            if let torn = report.tornTail {
                try require(torn.bytes >= 0 && torn.offset >= 512, "a tear at \(torn.offset)")
            }
            return .whole(records, report)
        } catch LogError.damaged(let damage) {
            try require(damage.file.hasPrefix(path), "damage in \(damage.file)")
            try require(damage.offset >= 0, "damage at byte \(damage.offset)")
            try require(!damage.found.isEmpty && !damage.found.contains("\n"), damage.found)
            return .damaged
        } catch LogError.earlierSegmentsMissing(let folder, let due, let oldest) {
            try require(folder == path && due == 1 && oldest > 1, "records \(due) to \(oldest)")
            return .damaged
        } catch LogError.unsupportedVersion(let file, let version) {
            try require(file.hasPrefix(path), "a version in \(file)")
            try require(version != LogFormat.version, "refuses its own version")
            return .damaged
        }
    }

    /// What was read can be opened, and is whole from then on.
    private static func checkRecovery(
        _ path: String, _ records: [Record], _ report: RecoveryReport
    ) throws {
        do {
            let log = try Log.open(
                directory: path, options: options, at: Timestamp(milliseconds: 9)
            ) { _ in }
            try require(
                log.nextSequence == UInt64(records.count + 1), "opens at another record")
        }
        guard case .whole(let after, let repaired) = try read(path) else {
            throw Finding(description: "recovery leaves damage behind")
        }
        try require(after == records, "recovery changes records")
        try require(
            repaired.tornTail == nil && repaired.shortBy == 0, "recovery leaves a tear behind")
        try require(repaired.chain == report.chain, "recovery changes the chain")
    }

    // MARK: The log that is changed

    private static var options: LogOptions {
        var options = LogOptions()
        options.segmentBytes = 4_096
        options.maximumBatchBytes = 1_536
        options.retryMilliseconds = 1
        // A thread that prepares a segment may stand still beside other tests, or its disk.
        options.preparationMilliseconds = 120_000
        return options
    }

    /// Made once, and the same in every process.
    private static let base = Result { try makeBase() }

    private static func makeBase() throws -> (segments: [Segment], records: [Record]) {
        let folder = try MemoryFolder()
        do {
            var log = try Log.open(
                directory: folder.path, options: options, at: Timestamp(milliseconds: 1)
            ) { _ in }
            for (index, length) in [300, 700, 1_200, 20, 1_300, 900, 250, 600].enumerated() {
                _ = log.ensureSpace()
                for half in [UInt8(0xA5), UInt8(index + 1)] {
                    Array(repeating: half, count: length / 2).withBytes {
                        _ = log.append(kind: UInt8(index % 3 + 1), $0)
                    }
                }
                try log.commit(at: Timestamp(milliseconds: Int64(index)))
            }
        }
        guard case .whole(let records, _) = try read(folder.path) else {
            throw Finding(description: "the journal that was written is damaged")
        }
        let names = try File.names(in: folder.path).filter { $0.hasSuffix(".segment") }
        let segments = try names.map { Segment(name: $0, bytes: try folder.read($0)) }
        try require(segments.count == 3, "\(segments.count) segments")
        return (segments, records)
    }
}
