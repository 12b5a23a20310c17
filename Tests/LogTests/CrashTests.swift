import Bytes
import Cryptography
import Files
import Glibc
import TestSupport
import Testing

@testable import Log

@Suite("What a crash leaves is put right")
struct CrashTests {
    @Test("a last batch of which any sectors are missing is cut, reported, and written over")
    func tornSectors() throws {
        let small = try SmallLog()
        let good = try contents(small.last)
        // The last batch has two sectors, the one under test three: it is appended here.
        for missing in 0..<8 {
            try replace(small.last, good)
            var chain = SHA256Digest()
            do {
                var log = try openLog(small.directory.log, SmallLog.options)
                chain = log.chain
                try commit([bytes(1200)], to: &log)
                #expect(try readAll(small.directory.log).0.count == 17)
            }
            for sector in 0..<3 where missing & (1 << sector) != 0 {
                try overwrite(small.last, bytes(512, 0), at: small.end + sector * 512)
            }
            var log = try openLog(small.directory.log, SmallLog.options)
            let torn = log.recovery.tornTail
            #expect((torn != nil) == (missing != 0 && missing != 7), "sectors \(missing)")
            if let torn {
                #expect(torn.file == small.last)
                #expect(torn.offset == small.end)
                #expect(torn.sequence == 17)
                #expect(log.recovery.description.contains("torn tail"))
            }
            if missing != 0 {
                #expect(log.chain == chain)
                #expect(try contents(small.last) == good)
            }
            let sequence = log.nextSequence
            #expect(sequence == (missing == 0 ? 18 : 17))
            _ = log.ensureSpace()
            try commit([[1, 2, 3]], to: &log)
            let (all, report) = try readAll(small.directory.log)
            #expect(all.last == Written(sequence: sequence, kind: 1, bytes: [1, 2, 3]))
            #expect(report.tornTail == nil)
            // The next round starts from three segments again.
            for name in try segmentNames(small.directory.log).dropFirst(3) {
                try File.remove(small.directory.log + "/" + name)
            }
        }
    }

    @Test("a segment cut within a batch is reported once and made whole; cut elsewhere, refused")
    func cutSegment() throws {
        for length in [512, 513, 1000, 1024, 1536, 1537, 2047, 2048, 3000, 3584, 4000, 4095] {
            let small = try SmallLog()
            let good = try contents(small.last)
            #expect(unsafe truncate(small.last, off_t(length)) == 0)
            // Between batches nothing shows where the end was: refused, and not touched.
            guard let kept = try? readAll(small.directory.log).0 else {
                #expect(throws: LogError.self) {
                    _ = try openLog(small.directory.log, SmallLog.options)
                }
                #expect(try contents(small.last).count == length)
                continue
            }
            do {
                let log = try openLog(small.directory.log, SmallLog.options)
                #expect(log.recovery.shortBy == 4096 - length)
                #expect(log.nextSequence == UInt64(kept.count) + 1)
                #expect(log.recovery.description.contains("shorter"))
            }
            #expect(outcome(small.directory.log) == .clean)
            #expect(try contents(small.last).count == good.count)
            #expect(try readAll(small.directory.log).0 == kept)
        }
    }

    @Test("damage stops the opening and nothing is changed")
    func untouched() throws {
        let small = try SmallLog()
        try overwrite(small.paths[0], [0xFF], at: 700)
        #expect(unsafe truncate(small.last, 2000) == 0)
        let before = try small.paths.map { try contents($0) }
        do {
            _ = try openLog(small.directory.log, SmallLog.options)
            Issue.record("opens a damaged journal")
        } catch {
            guard case .damaged(let damage) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(damage.file == small.paths[0])
        }
        #expect(try small.paths.map { try contents($0) } == before)
    }

    @Test("a crash between a segment's name and the footer before it: the footer is written")
    func missingFooter() throws {
        let small = try SmallLog()
        let good = try contents(small.paths[1])
        try overwrite(small.paths[1], bytes(512, 0), at: 3584)
        #expect(outcome(small.directory.log) == .clean)
        _ = try openLog(small.directory.log, SmallLog.options)
        #expect(try contents(small.paths[1]) == good)
    }

    @Test("a half prepared segment is thrown away")
    func leftoverSpare() throws {
        let small = try SmallLog()
        let spare = small.directory.log + "/next.preparing"
        try replace(spare, bytes(100))
        do {
            var log = try openLog(small.directory.log, SmallLog.options)
            for _ in 0..<6 {
                _ = log.ensureSpace()
                try commit([bytes(1300)], to: &log)
            }
        }
        #expect(try readAll(small.directory.log).0.count == 22)
    }

    @Test("a failed write stops the journal for ever", arguments: [O_RDONLY, O_WRONLY])
    func poisoned(access: Int32) throws {
        let directory = TemporaryDirectory()
        var log = try openLog(directory.log)
        try commit([[1]], to: &log)
        // /dev/null refuses a write when open for reading, and a sync when open for writing.
        let null = try File("/dev/null", access)
        let store = log.store
        let segments = try #require(store as? SegmentStore)
        #expect(dup2(null.descriptor, segments.descriptor) >= 0)
        var errors: [LogError] = []
        for _ in 0..<3 {
            do {
                try commit([[2]], to: &log)
            } catch {
                errors.append(error)
            }
            log.batch.discard()
        }
        #expect(errors.count == 3)
        let call = access == O_RDONLY ? "write" : "sync"
        let code = access == O_RDONLY ? EBADF : EINVAL
        let path = directory.log + "/00000000000000000001.segment"
        #expect(errors.allSatisfy { $0 == .failed(FileError(call, path, code)) })
        #expect(log.failure == errors.first)
        let hasSpace = log.ensureSpace()
        #expect(!hasSpace)
        #expect(try readAll(directory.log).0.count == 1)
    }

    @Test("on a full disk there is no space, nothing is lost, and it goes on once there is some")
    func fullDisk() throws {
        let directory = TemporaryDirectory()
        guard unsafe mount("none", directory.path, "tmpfs", 0, "size=64k") == 0 else {
            print("skipped: the full disk test needs to mount a tmpfs: \(systemMessage(errno))")
            return
        }
        defer { _ = unsafe umount2(directory.path, Int32(MNT_DETACH)) }
        let ballast = directory.path + "/ballast"
        try replace(ballast, bytes(32768))
        var written = 0
        do {
            var log = try openLog(directory.log)
            while log.ensureSpace() {
                try commit([bytes(1500)], to: &log)
                written += 1
                try #require(written < 100)
            }
            #expect(written >= 3)
            #expect(log.failure == nil)
            #expect(log.spaceFailure?.isNoSpace == true)
            unsafe log.append(kind: 1, bytes(1900).span.bytes)
            do {
                try log.commit(at: time(1))
                Issue.record("commits without space")
            } catch {
                #expect(error == .noSpace(directory: directory.log))
            }
            #expect(log.failure == nil)
            try File.remove(ballast)
            while !log.ensureSpace() { sched_yield() }
            try log.commit(at: time(1))
            written += 1
        }
        #expect(try readAll(directory.log).0.count == written)
    }
}
