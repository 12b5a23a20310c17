import Bytes
import Cryptography
import Files
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Log

@Suite("A log is followed while it is written")
struct FollowTests {
    /// The first records of the batches that a reading gives.
    private func read(_ reader: inout LogReader) throws(LogError) -> [UInt64] {
        var read: [UInt64] = []
        try reader.read { read.append($0.header.firstSequence) }
        return read
    }

    @Test("each batch is given once, over segments, from any record, and before there is any")
    func growing() throws {
        let directory = TemporaryDirectory()
        try Folder.make(directory.log)
        var reader = LogReader(directory: directory.log)
        #expect(try read(&reader).isEmpty)
        var log = try openLog(directory.log)
        var late = LogReader(directory: directory.log, from: 5)
        var all: [UInt64] = []
        for sequence in 1...UInt64(40) {
            _ = log.ensureSpace()
            try commit([bytes(Int(sequence) * 37 % 1500)], to: &log)
            #expect(try read(&reader) == [sequence])
            #expect(try read(&reader).isEmpty)
            if sequence % 3 == 0 { all += try read(&late) }
        }
        all += try read(&late)
        #expect(all == Array(5...40))
        #expect(reader.report.segments >= 4)
        #expect(reader.report.chain == log.chain)
        #expect(reader.report.records == 40)
    }

    @Test("an empty segment that gives way to one for longer batches is followed")
    func replacedSegment() throws {
        let directory = TemporaryDirectory()
        do { _ = try openLog(directory.log, smallOptions(batchBytes: 1024)) }
        var reader = LogReader(directory: directory.log)
        #expect(try read(&reader).isEmpty)
        var log = try openLog(directory.log, smallOptions(batchBytes: 6144))
        _ = log.ensureSpace()
        try commit([bytes(5000)], to: &log)
        #expect(try read(&reader) == [1])
    }

    @Test("a batch of which any part is there yet is given when it is whole")
    func partOfABatch() throws {
        let small = try SmallLog()
        let whole = try contents(small.last)
        let start = small.end - 1024
        try overwrite(small.last, bytes(1024, 0), at: start)
        var reader = LogReader(directory: small.directory.log)
        #expect(try read(&reader).last == 13)
        for length in stride(from: 512, to: 1024, by: 9) {
            try overwrite(small.last, Array(whole[start..<(start + length)]), at: start)
            #expect(try read(&reader).isEmpty, "\(length) bytes")
            #expect(reader.report.tornTail != nil)
        }
        try replace(small.last, whole)
        #expect(try read(&reader) == [15])
        #expect(reader.report.tornTail == nil)
    }

    @Test("a torn batch is cut, and another one is written in its place")
    func tornAndWrittenOver() throws {
        let small = try SmallLog()
        try overwrite(small.last, bytes(512, 0), at: small.end - 512)
        var reader = LogReader(directory: small.directory.log)
        #expect(try read(&reader).last == 13)
        #expect(reader.report.tornTail?.sequence == 15)
        var log = try openLog(small.directory.log, SmallLog.options)
        #expect(try read(&reader).isEmpty)
        #expect(reader.report.tornTail == nil)
        _ = log.ensureSpace()
        try commit([bytes(200, 1)], to: &log)
        #expect(try read(&reader) == [15])
        #expect(reader.report.chain == log.chain)
    }

    @Test("records that were read and then lost are named, not read past")
    func endReplaced() throws {
        let small = try SmallLog()
        var reader = LogReader(directory: small.directory.log)
        #expect(try read(&reader).count == 8)
        try overwrite(small.last, bytes(1024, 0), at: small.end - 1024)
        let expected = LogError.endReplaced(file: small.last, sequence: 16)
        do {
            _ = try read(&reader)
            Issue.record("goes on behind what is not there")
        } catch {
            #expect(error == expected)
        }
    }

    @Test("damage before the place that is followed is not met; behind it, it is named")
    func damage() throws {
        let small = try SmallLog()
        var reader = LogReader(directory: small.directory.log)
        _ = try read(&reader)
        try overwrite(small.last, [1], at: small.end)
        #expect(throws: LogError.self) { _ = try read(&reader) }
        try overwrite(small.last, [0], at: small.end)
        #expect(try read(&reader).isEmpty)
    }

    private final class Counter: Sendable {
        let value = Atomic<Int>(0)
    }

    /// Writes batches of up to 1 MiB until it is killed, in the midst of whatever it is doing.
    private static func writeUntilKilled(_ directory: String) throws {
        let options = smallOptions(segmentBytes: 4 << 20, batchBytes: 1 << 20)
        var log = try Log.open(directory: directory, options: options, at: time(1)) { _ in }
        let written = Counter()
        let limit = Int.random(in: 2...12)
        Task.detached {
            while written.value.load(ordering: .acquiring) < limit { sched_yield() }
            usleep(.random(in: 0...2_000))
            kill(getpid(), SIGKILL)
        }
        while true {
            _ = log.ensureSpace()
            let length = Int.random(in: 0...1_000_000)
            try commit([bytes(length, UInt8.random(in: 1...255))], to: &log)
            written.value.add(1, ordering: .releasing)
        }
    }

    @Test("a writer in another process that is killed, again and again: each batch once")
    func killedWriter() async throws {
        let directory = TemporaryDirectory()
        let path = directory.log
        try Folder.make(path)
        let hasEnded = Mutex(false)
        let follower = Task.detached { () throws -> [UInt64: SHA256Digest] in
            var chains: [UInt64: SHA256Digest] = [:]
            var reader = LogReader(directory: path)
            var isLastRound = false
            while true {
                try reader.read { batch in
                    #expect(chains[batch.header.firstSequence] == nil)
                    chains[batch.header.firstSequence] = batch.chain
                }
                if isLastRound { return chains }
                isLastRound = hasEnded.withLock { $0 }
                usleep(500)
            }
        }
        for _ in 0..<5 {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                try FollowTests.writeUntilKilled(path)
            }
        }
        do { _ = try openLog(path, smallOptions(segmentBytes: 4 << 20, batchBytes: 1 << 20)) }
        hasEnded.withLock { $0 = true }
        let followed = try await follower.value
        var chains: [UInt64: SHA256Digest] = [:]
        let report = try LogReader.read(directory: path) {
            chains[$0.header.firstSequence] = $0.chain
        }
        #expect(report.batches >= 10)
        #expect(followed == chains)
    }
}
