import Bytes
import Cryptography
import Files
import TestSupport
import Testing

@testable import Log

@Suite("A log in memory is the log on disk, and fails where it was planned")
struct MemoryStoreTests {
    private func open(
        _ store: MemoryStore, after start: LogPosition = .beginning
    ) throws(LogError) -> (log: [Written], next: UInt64, report: RecoveryReport) {
        var all: [Written] = []
        let log = try Log.open(store, after: start, at: time(1)) { batch in
            var records = batch.records
            while let record = records.next() {
                all.append(
                    Written(
                        sequence: record.sequence, kind: record.kind, bytes: record.bytes.array))
            }
        }
        return (all, log.nextSequence, log.recovery)
    }

    /// Commits batches of one record until one fails.
    private func write(_ lengths: [Int], to store: MemoryStore) throws -> (written: Int, LogError?)
    {
        var log = try Log.open(store, at: time(1)) { _ in }
        for (index, length) in lengths.enumerated() {
            do throws(LogError) {
                try commit([bytes(length, UInt8(index + 1))], to: &log)
            } catch {
                return (index, error)
            }
        }
        return (lengths.count, nil)
    }

    @Test("the same batches give the same bytes in memory and on disk")
    func sameBytes() throws {
        let directory = TemporaryDirectory()
        let store = try MemoryStore(options: SmallLog.options)
        do {
            var disk = try openLog(directory.log, SmallLog.options)
            var memory = try Log.open(store, at: time(1)) { _ in }
            for (index, length) in [300, 700, 1200, 20, 1300, 900, 250, 600].enumerated() {
                _ = disk.ensureSpace()
                _ = memory.ensureSpace()
                try commit([bytes(length, UInt8(index))], to: &disk)
                try commit([bytes(length, UInt8(index))], to: &memory)
            }
            #expect(disk.chain == memory.chain)
        }
        let names = try segmentNames(directory.log)
        #expect(names == store.sequences.map { LogFormat.segmentName(firstSequence: $0) })
        for (name, sequence) in zip(names, store.sequences) {
            let inMemory = store.image(sequence)
            #expect(try contents(directory.log + "/" + name) == inMemory.bytes.array, "\(name)")
        }
    }

    @Test("a batch torn at any byte is cut at the next start, and its room is used again")
    func tornAtAnyByte() throws {
        // 72 bytes of header, 4 + 900 of the record, 32 of the chain value: two sectors.
        for count in 0...1024 {
            let store = try MemoryStore(options: smallOptions())
            store.faults[3] = .torn(bytes: count)
            let (written, error) = try write([100, 200, 900, 300], to: store)
            #expect(written == 2 && store.hasCrashed)
            guard case .failed? = error else {
                Issue.record("no failure at byte \(count)")
                continue
            }
            let (all, next, report) = try open(store)
            let isWhole = count == 1024
            #expect(all.count == (isWhole ? 3 : 2), "byte \(count)")
            #expect(next == (isWhole ? 4 : 3))
            #expect((report.tornTail != nil) == (count >= 512 && !isWhole), "byte \(count)")
            #expect(try write([50], to: store).written == 1)
            #expect(try open(store).log.count == all.count + 1)
        }
    }

    @Test("sectors that are missing, whichever they are: the batch is cut or, if none is, kept")
    func tornSectors() throws {
        for missing in 0..<UInt64(8) {
            let store = try MemoryStore(options: smallOptions())
            store.faults[2] = .tornSectors(missing: missing)
            #expect(try write([100, 1200], to: store).written == 1)
            let (all, _, report) = try open(store)
            #expect(all.count == (missing == 0 ? 2 : 1), "sectors \(missing)")
            #expect((report.tornTail != nil) == (missing != 0 && missing != 7))
        }
    }

    @Test("crash before and after: what was acknowledged is there, the rest at most once")
    func crashes() throws {
        for (fault, count) in [(MemoryStore.Fault.crashBefore, 1), (.crashAfter, 2)] {
            let store = try MemoryStore(options: smallOptions())
            store.faults[2] = fault
            #expect(try write([10, 20, 30], to: store).written == 1)
            #expect(try open(store).log.count == count, "\(fault)")
        }
    }

    @Test("a torn batch that would have begun a segment leaves nothing of it")
    func tornRoll() throws {
        let store = try MemoryStore(options: smallOptions(segmentBytes: 3072, batchBytes: 2048))
        store.faults[2] = .torn(bytes: 600)
        #expect(try write([1500, 1500], to: store).written == 1)
        let (all, _, report) = try open(store)
        #expect(all.count == 1)
        #expect(report.segments == 1 && report.tornTail == nil)
        #expect(try write([1500], to: store).written == 1)
        #expect(try open(store).report.segments == 2)
    }

    @Test("a full store keeps the batch; a failing one stops the log; a slow one takes time")
    func otherFaults() throws {
        let store = try MemoryStore(options: smallOptions())
        var delay: UInt64 = 0
        store.onDelay = { delay += $0 }
        store.faults = [1: .slow(nanoseconds: 5), 3: .failing]
        var log = try Log.open(store, at: time(1)) { _ in }
        try commit([[1]], to: &log)
        #expect(delay == 5)
        store.isFull = true
        let hasSpace = log.ensureSpace()
        #expect(!hasSpace)
        #expect(log.spaceFailure?.isNoSpace == true)
        unsafe log.append(kind: 1, bytes(9).span.bytes)
        do {
            try log.commit(at: time(2))
            Issue.record("commits to a full store")
        } catch {
            #expect(error == .noSpace(directory: "memory"))
        }
        store.isFull = false
        #expect(log.batchRecordCount == 1)
        unsafe log.append(kind: 1, bytes(8).span.bytes)
        try log.commit(at: time(3))
        #expect(log.nextSequence == 4)
        do {
            try commit([[4]], to: &log)
            Issue.record("commits to a failing store")
        } catch {
            #expect(error == log.failure)
        }
        #expect(try open(store).log.map(\.bytes.count) == [1, 9, 8])
    }

    @Test("random faults and starts, from a printed seed: what was acknowledged is there, once")
    func property() throws {
        var random = SeededGenerator.printed()
        for _ in 0..<50 {
            let store = try MemoryStore(options: smallOptions())
            var acknowledged: [Written] = []
            for _ in 0..<6 {
                var unknown: Written?
                do {
                    var log = try Log.open(store, at: time(1)) { _ in }
                    store.faults[store.calls + .random(in: 1...8, using: &random)] =
                        Self.fault(&random)
                    while true {
                        let content = bytes(.random(in: 0...1500, using: &random), 7)
                        unknown = Written(sequence: log.nextSequence, kind: 1, bytes: content)
                        try commit([content], to: &log)
                        if let unknown { acknowledged.append(unknown) }
                    }
                } catch {
                    let all = try open(store).log
                    #expect(Array(all.prefix(acknowledged.count)) == acknowledged)
                    #expect(all.count <= acknowledged.count + 1)
                    if all.count > acknowledged.count {
                        #expect(all.last == unknown)
                        acknowledged = all
                    }
                }
            }
        }
    }

    private static func fault(_ random: inout SeededGenerator) -> MemoryStore.Fault {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: .failing
        case 1: .crashBefore
        case 2: .crashAfter
        case 3: .torn(bytes: .random(in: 0...1600, using: &random))
        default: .tornSectors(missing: .random(in: 0...7, using: &random))
        }
    }
}
