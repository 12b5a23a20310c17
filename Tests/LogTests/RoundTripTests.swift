import Bytes
import Cryptography
import TestSupport
import Testing
import Time

@testable import Log

@Suite("The journal gives back what was committed")
struct RoundTripTests {
    @Test("a new journal is empty, durable, and begins with record 1")
    func empty() throws {
        let directory = TemporaryDirectory()
        do {
            let log = try openLog(directory.log)
            #expect(log.nextSequence == 1)
            #expect(log.recovery.records == 0)
            #expect(try bytesOnDisk(in: directory.log) == 8192)
        }
        let (all, report) = try readAll(directory.log)
        #expect(all.isEmpty)
        #expect(report.nextSequence == 1)
        #expect(report.tornTail == nil)
        #expect(report.shortBy == 0)
    }

    @Test("records come back with number, kind and bytes, batches with their time")
    func records() throws {
        let directory = TemporaryDirectory()
        do {
            var log = try openLog(directory.log)
            let first = unsafe log.append(kind: 3, ([1, 2, 3] as [UInt8]).span.bytes)
            let second = log.append(kind: 255) { $0.append("hello") }
            let third = log.append(kind: 0) { _ in }
            #expect([first, second, third] == [1, 2, 3])
            #expect(log.nextSequence == 4)
            #expect(log.batchFirstSequence == 1)
            try log.commit(at: time(77))
            #expect(log.batchFirstSequence == 4)
            #expect(log.batchRecordCount == 0)
            try commit([[9]], to: &log, at: 78)
        }
        var times: [Int64] = []
        _ = try LogReader.read(directory: directory.log) { batch in
            times.append(batch.header.time.milliseconds)
        }
        #expect(times == [77, 78])
        let (all, report) = try readAll(directory.log)
        #expect(
            all == [
                Written(sequence: 1, kind: 3, bytes: [1, 2, 3]),
                Written(sequence: 2, kind: 255, bytes: Array("hello".utf8)),
                Written(sequence: 3, kind: 0, bytes: []),
                Written(sequence: 4, kind: 1, bytes: [9]),
            ])
        #expect(report.batches == 2)
        #expect(report.lastTime == time(78))
    }

    @Test("an empty batch writes nothing, a discarded one neither")
    func discarded() throws {
        let directory = TemporaryDirectory()
        var log = try openLog(directory.log)
        try log.commit(at: time(1))
        #expect(log.batchBytes == 0)
        unsafe log.append(kind: 1, bytes(10).span.bytes)
        #expect(log.batchBytes == 72 + 4 + 10 + 32)
        log.batch.discard()
        try log.commit(at: time(1))
        #expect(try readAll(directory.log).0.isEmpty)
        try commit([[1]], to: &log)
        #expect(try readAll(directory.log).0.map(\.sequence) == [1])
    }

    @Test("the longest batch fits exactly, one byte more is refused before anything is written")
    func longest() throws {
        let directory = TemporaryDirectory()
        var log = try openLog(directory.log)
        let room = log.batchRoom
        #expect(room == 2048 - 72 - 4 - 32)
        unsafe log.append(kind: 1, bytes(room + 1).span.bytes)
        do {
            try log.commit(at: time(1))
            Issue.record("commits a batch over the limit")
        } catch {
            #expect(error == .batchTooLarge(bytes: 2560, limit: 2048))
        }
        #expect(log.failure == nil)
        log.batch.discard()
        try commit([bytes(room)], to: &log)
        #expect(try readAll(directory.log).0.map(\.bytes.count) == [room])
    }

    @Test("batches roll into new segments, also over restarts, for every small record length")
    func rolling() throws {
        let directory = TemporaryDirectory()
        var expected: [Written] = []
        for restart in 0..<4 {
            var log = try openLog(directory.log)
            #expect(log.nextSequence == UInt64(expected.count) + 1)
            for length in stride(from: restart, to: 600, by: 37) {
                let hasSpace = log.ensureSpace()
                #expect(hasSpace)
                let content = (0..<length).map { UInt8(truncatingIfNeeded: $0 &+ restart) }
                expected.append(
                    Written(
                        sequence: log.nextSequence, kind: UInt8(restart), bytes: content))
                try commit([content], kind: UInt8(restart), to: &log)
            }
            let segments = try segmentNames(directory.log).count
            #expect(try bytesOnDisk(in: directory.log) >= segments * 8192)
        }
        let (all, report) = try readAll(directory.log)
        #expect(all == expected)
        #expect(report.segments >= 6)
        #expect(try segmentNames(directory.log).first == "00000000000000000001.segment")
    }

    @Test("a segment without a batch gives way to one for longer batches, at any place")
    func replacedSegment() throws {
        let directory = TemporaryDirectory()
        for batchBytes in [1024, 2048, 1024, 4096] {
            _ = try openLog(directory.log, smallOptions(batchBytes: batchBytes))
        }
        #expect(try segmentNames(directory.log).count == 1)
        do {
            var log = try openLog(directory.log, smallOptions(batchBytes: 6144))
            let hasSpace = log.ensureSpace()
            #expect(hasSpace)
            try commit([bytes(5000)], to: &log)
            // The next one may be half prepared.
            #expect(try (8192...16384).contains(bytesOnDisk(in: directory.log)))
        }
        #expect(try segmentNames(directory.log).count == 1)
        var log = try openLog(directory.log, smallOptions(batchBytes: 1024))
        #expect(log.nextSequence == 2)
        try commit([bytes(800)], to: &log)
        #expect(try readAll(directory.log).0.map(\.bytes.count) == [5000, 800])
    }

    @Test("random batches, rolls and restarts, from a printed seed")
    func property() throws {
        let seed = Random.word()
        print("journal property test: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let directory = TemporaryDirectory()
        var expected: [Written] = []
        var chain = SHA256Digest()
        for _ in 0..<6 {
            let batchBytes = 512 * Int.random(in: 2...6, using: &random)
            let options = smallOptions(
                segmentBytes: batchBytes * Int.random(in: 1...3, using: &random) + 1024,
                batchBytes: batchBytes)
            var log = try openLog(directory.log, options)
            #expect(log.chain == chain)
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                let hasSpace = log.ensureSpace()
                #expect(hasSpace)
                for _ in 0..<Int.random(in: 0...8, using: &random) {
                    let room = min(log.batchRoom, 700)
                    guard room >= 0 else { break }
                    let content = (0..<Int.random(in: 0...room, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    }
                    let kind = UInt8.random(in: 0...255, using: &random)
                    let sequence = unsafe log.append(kind: kind, content.span.bytes)
                    expected.append(Written(sequence: sequence, kind: kind, bytes: content))
                }
                try log.commit(at: time(9))
            }
            chain = log.chain
        }
        let (all, report) = try readAll(directory.log)
        #expect(all == expected, "seed \(seed)")
        #expect(report.chain == chain, "seed \(seed)")
    }

    @Test("what a gateway writes while somebody reads is no damage, and is read once")
    func readWhileWritten() throws {
        let directory = TemporaryDirectory()
        let options = smallOptions(segmentBytes: 16 << 20, batchBytes: 1 << 20)
        var log = try openLog(directory.log, options)
        try commit([bytes(100)], to: &log)
        var sequences: [UInt64] = []
        let report = try LogReader.read(directory: directory.log) { batch in
            sequences.append(batch.header.firstSequence)
            guard sequences.count == 1 else { return }
            // The reader holds the first 4 MiB in memory, and in them nothing behind this batch.
            for _ in 0..<8 { try commit([bytes(1_000_000)], to: &log) }
        }
        #expect(sequences == Array(1...9))
        #expect(report.records == 9)
        #expect(report.tornTail == nil)
    }

    @Test("a second opener is kept out until the first has gone")
    func exclusive() throws {
        let directory = TemporaryDirectory()
        do {
            let log = try openLog(directory.log)
            #expect(log.nextSequence == 1)
            #expect(throws: LogError.inUse(directory: directory.log)) {
                _ = try openLog(directory.log)
            }
        }
        _ = try openLog(directory.log)
    }

    @Test("what the replay throws stops the opening, with the place")
    func replayFails() throws {
        struct Unknown: Error {}
        let directory = TemporaryDirectory()
        do {
            var log = try openLog(directory.log)
            try commit([[1]], to: &log)
            try commit([[2]], to: &log)
        }
        do {
            _ = try Log.open(
                directory: directory.log, options: smallOptions(), at: time(1)
            ) { batch in
                if batch.header.firstSequence == 2 { throw Unknown() }
            }
            Issue.record("opens although its replay has failed")
        } catch {
            let file = directory.log + "/00000000000000000001.segment"
            #expect(error == .replayFailed(file: file, sequence: 2, reason: "Unknown()"))
        }
    }

    @Test("options out of range are named")
    func options() throws {
        let directory = TemporaryDirectory()
        let changes: [(String, (inout LogOptions) -> Void)] = [
            ("segmentBytes", { $0.segmentBytes = 0 }),
            ("segmentBytes", { $0.segmentBytes = 1000 }),
            ("segmentBytes", { $0.segmentBytes = 8 << 30 }),
            ("maximumBatchBytes", { $0.maximumBatchBytes = -512 }),
            ("maximumBatchBytes", { $0.maximumBatchBytes = 16 << 20 }),
            ("maximumBatchBytes", { $0.maximumBatchBytes = $0.segmentBytes - 512 }),
            ("retryMilliseconds", { $0.retryMilliseconds = 0 }),
        ]
        for (name, change) in changes {
            var options = smallOptions()
            change(&options)
            do {
                _ = try openLog(directory.log, options)
                Issue.record("takes a wrong \(name)")
            } catch {
                #expect(error.description.contains(name))
            }
        }
    }
}
