import Bytes
import Cryptography
import Files
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Log

@Suite("Batches that are synced later: a majority has them elsewhere")
struct LaterSyncTests {
    /// What was reported as synced.
    private final class Reports: Sendable {
        private let stored = Mutex<[UInt64]>([])
        var all: [UInt64] { stored.withLock { $0 } }
        func add(_ end: UInt64) { stored.withLock { $0.append(end) } }

        /// Waits until all below a record is synced.
        func reach(_ end: UInt64) -> Bool {
            for _ in 0..<6_000 {
                if all.last == end { return true }
                usleep(5_000)
            }
            return false
        }
    }

    private static var options: LogOptions {
        var options = smallOptions()
        options.isShared = true
        return options
    }

    @Test("all is synced soon, over segments, and what is reported never goes back")
    func reports() throws {
        let directory = TemporaryDirectory()
        let reports = Reports()
        var chain = ""
        do {
            var log = try openLog(directory.log, Self.options)
            try log.syncLater { reports.add($0) }
            #expect(reports.all == [1])
            for number in 1...60 {
                _ = log.ensureSpace()
                try commit([bytes(number * 37 % 1_500)], to: &log)
                if number % 20 == 0 { #expect(reports.reach(UInt64(number + 1))) }
            }
            chain = log.chain.hexadecimal
        }
        #expect(reports.all == reports.all.sorted())
        let (records, report) = try readAll(directory.log)
        #expect(records.count == 60 && report.segments >= 4)
        #expect(report.chain.hexadecimal == chain)
    }

    @Test("the end syncs what is left")
    func syncsAtTheEnd() throws {
        let directory = TemporaryDirectory()
        let reports = Reports()
        do {
            var log = try openLog(directory.log, Self.options)
            try log.syncLater { reports.add($0) }
            _ = log.ensureSpace()
            try commit([bytes(100)], to: &log)
        }
        #expect(reports.all.last == 2)
    }

    @Test("what a lost power left out of is cut, and kept aside; alone it is damage")
    func holes() throws {
        for missing in 0..<3 {
            let directory = TemporaryDirectory()
            do {
                var log = try openLog(directory.log, Self.options)
                _ = log.ensureSpace()
                for number in 0..<4 { try commit([bytes(1_000, UInt8(number + 1))], to: &log) }
            }
            // Each batch takes three sectors behind the header's; one did not come to the disk.
            let names = try segmentNames(directory.log)
            try #require(names.count == 1)
            let path = directory.log + "/" + names[0]
            try overwrite(path, bytes(512, 0), at: 512 + 3 * 512 * missing + 512 * (missing % 3))
            do {
                _ = try openLog(directory.log, smallOptions())
                Issue.record("\(missing): a single node's log was opened")
            } catch {
                guard case .damaged = error else {
                    Issue.record("\(error)")
                    continue
                }
            }
            var log = try openLog(directory.log, Self.options)
            #expect(log.recovery.missing?.sequence == UInt64(missing + 1))
            #expect(log.recovery.missing?.setAside != nil)
            #expect(log.nextSequence == UInt64(missing + 1))
            _ = log.ensureSpace()
            try commit([bytes(10)], to: &log)
        }
    }
}
