import Bytes
import Cryptography
import TestSupport
import Testing

@testable import Log

/// Whole, well hashed pieces in the wrong place: what single changed bits do not bring about.
@Suite("Right pieces that do not belong together are refused")
struct ForgeryTests {
    /// A batch that would continue the log, from payload and record count as given.
    func batch(
        after small: SmallLog, payload: [UInt8], recordCount: UInt32
    ) throws -> [UInt8] {
        let report = try readAll(small.directory.log).1
        var sha = SHA256()
        var buffer = ByteBuffer(capacity: 512)
        buffer.append(zeros: LogFormat.batchHeaderBytes)
        unsafe buffer.append(payload.span.bytes)
        let header = BatchHeader(
            firstSequence: report.nextSequence, recordCount: recordCount,
            payloadBytes: UInt32(payload.count), time: time(1), previousChain: report.chain)
        _ = header.complete(&buffer, &sha)
        return buffer.bytes.array
    }

    @Test("a segment of another journal, where no footer gives it away")
    func foreignSegment() throws {
        let small = try SmallLog()
        let foreign = try SmallLog(fill: 0x5A)
        for path in small.paths.dropLast() { try overwrite(path, bytes(512, 0), at: 3584) }
        #expect(outcome(small.directory.log) == .clean)
        try replace(small.last, try contents(foreign.last))
        #expect(outcome(small.directory.log) == .damaged)
    }

    @Test("the last batch of another journal")
    func foreignBatch() throws {
        let small = try SmallLog()
        let foreign = try SmallLog(fill: 0x5A)
        // The newest segment's last batch is of 600 bytes: two sectors.
        let start = small.end - 1024
        let other = Array(try contents(foreign.last)[start..<small.end])
        try overwrite(small.last, other, at: start)
        #expect(outcome(small.directory.log) == .damaged)
    }

    @Test("a right hash over records that do not fill the batch, or are not as many as it says")
    func malformedRecords() throws {
        let small = try SmallLog()
        let record: [UInt8] = [7, 2, 0, 0, 0xAA, 0xBB]
        let cases: [(payload: [UInt8], count: UInt32, expected: Outcome)] = [
            (record, 1, .clean), (record + record, 2, .clean),
            (record, 2, .damaged), (record + record, 1, .damaged), (record, 0, .damaged),
            (record + [1], 1, .damaged), (record + [1, 5, 0, 0, 1], 2, .damaged),
            ([7, 0xFF, 0xFF, 0xFF, 1], 1, .damaged), ([], 1, .damaged),
        ]
        for (payload, count, expected) in cases {
            let batch = try batch(after: small, payload: payload, recordCount: count)
            try overwrite(small.last, batch, at: small.end)
            #expect(outcome(small.directory.log) == expected, "\(payload), \(count)")
            try overwrite(small.last, bytes(512, 0), at: small.end)
        }
    }

    @Test("a batch that lacks a sector, and anything behind it")
    func tornWithFollower() throws {
        let small = try SmallLog()
        let good = try contents(small.last)
        try overwrite(small.last, bytes(512, 0), at: small.end - 1024 + 512)
        #expect(outcome(small.directory.log) == .torn)
        for offset in [small.end, small.end + 700, 3583] {
            try overwrite(small.last, [1], at: offset)
            #expect(outcome(small.directory.log) == .damaged, "byte \(offset)")
            try overwrite(small.last, [0], at: offset)
        }
        try replace(small.last, good)
    }

    @Test("bytes further behind the last batch than one batch can reach")
    func farBytes() throws {
        let directory = TemporaryDirectory()
        do {
            var log = try openLog(directory.log)
            try commit([[1]], to: &log)
        }
        let path = directory.log + "/" + LogFormat.segmentName(firstSequence: 1)
        let reach = 1024 + 2048
        try overwrite(path, [1], at: reach - 1)
        #expect(outcome(directory.log) == .torn)
        try overwrite(path, [0, 1], at: reach - 1)
        #expect(outcome(directory.log) == .damaged)
        try overwrite(path, [1, 1], at: reach - 1)
        #expect(outcome(directory.log) == .damaged)
    }

    @Test("an empty segment that says another one follows: it would lead to itself")
    func footerOfAnEmptySegment() throws {
        let directory = TemporaryDirectory()
        do { _ = try openLog(directory.log) }
        var sha = SHA256()
        let footer = SegmentFooter(nextSequence: 1, chain: SHA256Digest())
        let path = directory.log + "/" + LogFormat.segmentName(firstSequence: 1)
        try overwrite(path, footer.encoded(&sha).bytes.array, at: 8192 - 512)
        #expect(outcome(directory.log) == .damaged)
    }
}
