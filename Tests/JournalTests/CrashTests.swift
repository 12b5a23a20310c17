import Bytes
import Cryptography
import Files
import Glibc
import TestSupport
import Testing

@testable import Journal

@Suite("What a crash leaves is put right")
struct CrashTests {
    @Test("a last batch of which any sectors are missing is cut, reported, and written over")
    func tornSectors() throws {
        let small = try SmallJournal()
        let good = try contents(small.last)
        // The last batch has two sectors, the one under test three: it is appended here.
        for missing in 0..<8 {
            try replace(small.last, good)
            var chain = SHA256Digest()
            do {
                var journal = try openJournal(small.directory.journal, SmallJournal.options)
                chain = journal.chain
                try commit([bytes(1200)], to: &journal)
                #expect(try readAll(small.directory.journal).0.count == 17)
            }
            for sector in 0..<3 where missing & (1 << sector) != 0 {
                try overwrite(small.last, bytes(512, 0), at: small.end + sector * 512)
            }
            var journal = try openJournal(small.directory.journal, SmallJournal.options)
            let torn = journal.recovery.tornTail
            #expect((torn != nil) == (missing != 0 && missing != 7), "sectors \(missing)")
            if let torn {
                #expect(torn.file == small.last)
                #expect(torn.offset == small.end)
                #expect(torn.sequence == 17)
                #expect(journal.recovery.description.contains("torn tail"))
            }
            if missing != 0 {
                #expect(journal.chain == chain)
                #expect(try contents(small.last) == good)
            }
            let sequence = journal.nextSequence
            #expect(sequence == (missing == 0 ? 18 : 17))
            _ = journal.ensureSpace()
            try commit([[1, 2, 3]], to: &journal)
            let (all, report) = try readAll(small.directory.journal)
            #expect(all.last == Written(sequence: sequence, kind: 1, bytes: [1, 2, 3]))
            #expect(report.tornTail == nil)
            // The next round starts from three segments again.
            for name in try segmentNames(small.directory.journal).dropFirst(3) {
                try File.remove(small.directory.journal + "/" + name)
            }
        }
    }

    @Test("a segment cut within a batch is reported once and made whole; cut elsewhere, refused")
    func cutSegment() throws {
        for length in [512, 513, 1000, 1024, 1536, 1537, 2047, 2048, 3000, 3584, 4000, 4095] {
            let small = try SmallJournal()
            let good = try contents(small.last)
            #expect(unsafe truncate(small.last, off_t(length)) == 0)
            // Between batches nothing shows where the end was: refused, and not touched.
            guard let kept = try? readAll(small.directory.journal).0 else {
                #expect(throws: JournalError.self) {
                    _ = try openJournal(small.directory.journal, SmallJournal.options)
                }
                #expect(try contents(small.last).count == length)
                continue
            }
            do {
                let journal = try openJournal(small.directory.journal, SmallJournal.options)
                #expect(journal.recovery.shortBy == 4096 - length)
                #expect(journal.nextSequence == UInt64(kept.count) + 1)
                #expect(journal.recovery.description.contains("shorter"))
            }
            #expect(outcome(small.directory.journal) == .clean)
            #expect(try contents(small.last).count == good.count)
            #expect(try readAll(small.directory.journal).0 == kept)
        }
    }

    @Test("damage stops the opening and nothing is changed")
    func untouched() throws {
        let small = try SmallJournal()
        try overwrite(small.paths[0], [0xFF], at: 700)
        #expect(unsafe truncate(small.last, 2000) == 0)
        let before = try small.paths.map { try contents($0) }
        do {
            _ = try openJournal(small.directory.journal, SmallJournal.options)
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
        let small = try SmallJournal()
        let good = try contents(small.paths[1])
        try overwrite(small.paths[1], bytes(512, 0), at: 3584)
        #expect(outcome(small.directory.journal) == .clean)
        _ = try openJournal(small.directory.journal, SmallJournal.options)
        #expect(try contents(small.paths[1]) == good)
    }

    @Test("a half prepared segment is thrown away")
    func leftoverSpare() throws {
        let small = try SmallJournal()
        let spare = small.directory.journal + "/next.preparing"
        try replace(spare, bytes(100))
        do {
            var journal = try openJournal(small.directory.journal, SmallJournal.options)
            for _ in 0..<6 {
                _ = journal.ensureSpace()
                try commit([bytes(1300)], to: &journal)
            }
        }
        #expect(try readAll(small.directory.journal).0.count == 22)
    }

    @Test("a failed write stops the journal for ever", arguments: [O_RDONLY, O_WRONLY])
    func poisoned(access: Int32) throws {
        let directory = TemporaryDirectory()
        var journal = try openJournal(directory.journal)
        try commit([[1]], to: &journal)
        // /dev/null refuses a write when open for reading, and a sync when open for writing.
        let null = try File("/dev/null", access)
        #expect(dup2(null.descriptor, journal.descriptor) >= 0)
        var errors: [JournalError] = []
        for _ in 0..<3 {
            do {
                try commit([[2]], to: &journal)
            } catch {
                errors.append(error)
            }
            journal.discardBatch()
        }
        #expect(errors.count == 3)
        let call = access == O_RDONLY ? "write" : "sync"
        let code = access == O_RDONLY ? EBADF : EINVAL
        let path = directory.journal + "/00000000000000000001.segment"
        #expect(errors.allSatisfy { $0 == .failed(FileError(call, path, code)) })
        #expect(journal.failure == errors.first)
        let hasSpace = journal.ensureSpace()
        #expect(!hasSpace)
        #expect(try readAll(directory.journal).0.count == 1)
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
            var journal = try openJournal(directory.journal)
            while journal.ensureSpace() {
                try commit([bytes(1500)], to: &journal)
                written += 1
                try #require(written < 100)
            }
            #expect(written >= 3)
            #expect(journal.failure == nil)
            #expect(journal.spaceFailure?.isNoSpace == true)
            unsafe journal.append(kind: 1, bytes(1900).span.bytes)
            do {
                try journal.commit(at: time(1))
                Issue.record("commits without space")
            } catch {
                #expect(error == .noSpace(directory: directory.journal))
            }
            #expect(journal.failure == nil)
            try File.remove(ballast)
            while !journal.ensureSpace() { sched_yield() }
            try journal.commit(at: time(1))
            written += 1
        }
        #expect(try readAll(directory.journal).0.count == written)
    }
}
