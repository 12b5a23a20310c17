import Bytes
import Cryptography
import Files
import Glibc
import TestSupport
import Testing

@testable import Log

/// What reading a log comes to.
enum Outcome: Equatable {
    case clean
    case torn
    case damaged
}

func outcome(_ directory: String) -> Outcome {
    do {
        let report = try readAll(directory).1
        return report.tornTail == nil ? .clean : .torn
    } catch {
        switch error {
        case .damaged, .earlierSegmentsMissing: return .damaged
        default:
            Issue.record("neither good nor damaged: \(error)")
            return .clean
        }
    }
}

/// A log of three segments, and what is in it.
final class SmallLog {
    let directory = TemporaryDirectory()
    var records: [Written] = []
    let paths: [String]
    /// Where the newest segment's zeros begin.
    let end: Int

    static let options = smallOptions(segmentBytes: 4096, batchBytes: 1536)

    /// Batches of one, two and three sectors.
    /// - Parameter fill: makes two logs of the same shape differ in every batch.
    init(fill: UInt8 = 0xA5) throws {
        do {
            var log = try openLog(directory.log, Self.options)
            for (index, length) in [300, 700, 1200, 20, 1300, 900, 250, 600].enumerated() {
                _ = log.ensureSpace()
                try commit(
                    [bytes(length / 2, fill), bytes(length / 2, UInt8(index + 1))], to: &log)
            }
        }
        let log = directory.log
        paths = try segmentNames(log).map { log + "/" + $0 }
        records = try readAll(log).0
        let last = try contents(paths[paths.count - 1])
        end = ((last.lastIndex { $0 != 0 } ?? 0) / 512 + 1) * 512
    }

    var last: String { paths[paths.count - 1] }
}

@Suite("What is not as it was written is found")
struct DamageTests {
    @Test("the small journal is what the other tests take it for")
    func setup() throws {
        let small = try SmallLog()
        #expect(small.paths.count == 3)
        #expect(small.records.count == 16)
        #expect(small.end > 1024 && small.end < 3072)
        #expect(outcome(small.directory.log) == .clean)
    }

    @Test("any bit of the newest segment's header and batches: refused")
    func everyBit() throws {
        let small = try SmallLog()
        let good = try contents(small.last)
        for offset in 0..<small.end {
            for bit in 0..<8 {
                try overwrite(small.last, [good[offset] ^ (1 << bit)], at: offset)
                let result = outcome(small.directory.log)
                #expect(result == .damaged, "byte \(offset), bit \(bit)")
            }
            try overwrite(small.last, [good[offset]], at: offset)
        }
        #expect(outcome(small.directory.log) == .clean)
    }

    @Test("any bit in the zeros behind: cut and reported, or refused")
    func everyZero() throws {
        let small = try SmallLog()
        for offset in small.end..<4096 {
            let bit = offset % 8
            try overwrite(small.last, [1 << bit], at: offset)
            let result = outcome(small.directory.log)
            let isNear = offset >= small.end + 512 && offset < min(small.end + 1536, 3584)
            #expect(result == (isNear ? .torn : .damaged), "byte \(offset)")
            try overwrite(small.last, [0], at: offset)
        }
    }

    @Test("any byte of the older segments, zeros and footers too: refused")
    func olderSegments() throws {
        let small = try SmallLog()
        for path in small.paths.dropLast() {
            let good = try contents(path)
            for offset in good.indices {
                try overwrite(path, [good[offset] ^ (1 << (offset % 8))], at: offset)
                let result = outcome(small.directory.log)
                #expect(result == .damaged, "\(path) byte \(offset)")
                try overwrite(path, [good[offset]], at: offset)
            }
        }
    }

    @Test("the newest segment cut to any length: refused, or reported with what is missing")
    func everyLength() throws {
        let small = try SmallLog()
        let good = try contents(small.last)
        for length in 0..<good.count {
            #expect(unsafe truncate(small.last, off_t(length)) == 0)
            do {
                let (all, report) = try readAll(small.directory.log)
                #expect(length >= 512)
                #expect(report.shortBy == good.count - length)
                #expect(report.tornTail != nil, "what is missing shows")
                #expect(all == Array(small.records.prefix(all.count)))
                #expect(all.count < 16)
            } catch {
                // Between two batches, or behind the last, nothing tells what is missing.
                #expect(length < 512 || length % 512 == 0 || length >= small.end, "\(error)")
            }
            try replace(small.last, good)
        }
    }

    @Test("an older segment cut or lengthened, and the newest lengthened: refused")
    func wrongLengths() throws {
        let small = try SmallLog()
        for path in small.paths {
            let good = try contents(path)
            try replace(path, good + [0])
            #expect(outcome(small.directory.log) == .damaged)
            for length in [0, 100, 512, 2048, 4095] where path != small.last {
                try replace(path, Array(good[..<length]))
                #expect(outcome(small.directory.log) == .damaged)
            }
            try replace(path, good)
        }
        #expect(outcome(small.directory.log) == .clean)
    }

    @Test("a segment missing at the front, in the middle, at the end; swapped; of another journal")
    func missingSegments() throws {
        let small = try SmallLog()
        for path in small.paths {
            let good = try contents(path)
            try File.remove(path)
            #expect(outcome(small.directory.log) == .damaged, "\(path)")
            try replace(path, good)
        }
        let first = try contents(small.paths[0])
        let second = try contents(small.paths[1])
        try replace(small.paths[0], second)
        try replace(small.paths[1], first)
        #expect(outcome(small.directory.log) == .damaged)
        try replace(small.paths[0], first)
        #expect(outcome(small.directory.log) == .damaged)
        try replace(small.paths[1], second)
        #expect(outcome(small.directory.log) == .clean)
        let foreign = try SmallLog(fill: 0x5A)
        for (path, other) in zip(small.paths, foreign.paths) {
            let good = try contents(path)
            try replace(path, try contents(other))
            #expect(outcome(small.directory.log) == .damaged, "\(path)")
            try replace(path, good)
        }
    }

    @Test("a batch wiped out: refused in an older segment, and where a later one follows")
    func wipedBatches() throws {
        let small = try SmallLog()
        let older = small.paths[0]
        let good = try contents(older)
        let usedEnd = ((good[..<3584].lastIndex { $0 != 0 } ?? 0) / 512 + 1) * 512
        try overwrite(older, bytes(512, 0), at: usedEnd - 512)
        #expect(outcome(small.directory.log) == .damaged)
        try replace(older, good)
        try overwrite(small.last, bytes(512, 0), at: 512)
        #expect(outcome(small.directory.log) == .damaged)
    }

    @Test("a journal that lacks its oldest records is read by tools, and starts no gateway")
    func oldest() throws {
        let small = try SmallLog()
        try File.remove(small.paths[0])
        #expect(outcome(small.directory.log) == .damaged)
        let report = try LogReader.read(directory: small.directory.log) { _ in }
        #expect(report.oldestSequence > 1)
        let expected = LogError.earlierSegmentsMissing(
            directory: small.directory.log, due: 1, oldest: report.oldestSequence)
        #expect(throws: expected) { _ = try openLog(small.directory.log, SmallLog.options) }
        #expect(expected.description.contains("records 1 to \(report.oldestSequence - 1)"))
    }

    @Test("damage is described in a line that names file, byte and record")
    func description() throws {
        let small = try SmallLog()
        try overwrite(small.paths[1], [0xFF], at: 600)
        do {
            _ = try readAll(small.directory.log)
            Issue.record("reads a damaged journal")
        } catch {
            #expect(error.description.contains(small.paths[1]))
            #expect(error.description.contains("byte 512"))
            #expect(!error.description.contains("\n"))
        }
    }
}
