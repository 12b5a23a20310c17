import Files
import Foundation
import TestSupport
import Testing

@testable import Log

@Suite("A copy that was made while the log was written, and other logs that lack records")
struct CopyTests {
    /// A log of three segments that knows its place.
    private func placed() throws -> SmallLog {
        let small = try SmallLog()
        try LogPlace(of: small.directory.log).write(in: small.directory.log)
        return small
    }

    private func copy(_ small: SmallLog) throws -> String {
        let path = small.directory.path("copy")
        try FileManager.default.copyItem(atPath: small.directory.log, toPath: path)
        return path
    }

    private func open(
        _ directory: String, accepting: Bool = false
    ) throws -> (report: RecoveryReport, records: [Written]) {
        var options = SmallLog.options
        options.acceptsMissingRecords = accepting
        var report = RecoveryReport()
        do {
            var log = try openLog(directory, options)
            report = log.recovery
            // It goes on behind what is left, and is then a whole log.
            _ = log.ensureSpace()
            try commit([bytes(100, 7)], to: &log)
        }
        let all = try readAll(directory)
        #expect(all.1.missing == nil && all.1.tornTail == nil)
        #expect(all.0.last?.bytes == bytes(100, 7))
        return (report, Array(all.0.dropLast()))
    }

    private func isRefused(_ directory: String) -> Bool {
        do {
            _ = try openLog(directory, SmallLog.options)
            return false
        } catch {
            guard case .damaged = error else { return false }
            return true
        }
    }

    @Test("the next segment was begun after the folder was listed: the copy ends there")
    func newestMissing() throws {
        let small = try placed()
        let path = try copy(small)
        let names = try segmentNames(path)
        try File.remove(path + "/" + names[names.count - 1])
        let read = try readAll(path)
        #expect(read.1.missing?.sequence == read.1.nextSequence)
        let (report, records) = try open(path)
        #expect(report.missing?.found == "the newest segment is missing")
        #expect(report.missing?.setAside == nil)
        #expect(records == Array(small.records.prefix(records.count)) && records == read.0)
        // Where it was written nothing is missing: records are lost.
        try File.remove(small.last)
        #expect(isRefused(small.directory.log))
    }

    @Test("a part was read before it was written, and later ones after: the copy ends there")
    func hole() throws {
        let small = try placed()
        let path = try copy(small)
        let last = path + "/" + (try segmentNames(path).last ?? "")
        for folder in [path, small.directory.log] {
            let file = folder + "/" + (try segmentNames(folder).last ?? "")
            var content = try contents(file)
            content.replaceSubrange(512..<1024, with: bytes(512, 0))
            try Data(content).write(to: URL(filePath: file))
        }
        let before = try contents(last)
        let (report, records) = try open(path)
        #expect(report.missing?.sequence == UInt64(records.count + 1))
        #expect(records == Array(small.records.prefix(records.count)))
        // What lay behind is kept.
        let aside = try #require(report.missing?.setAside)
        let name = try #require(last.split(separator: "/").last)
        #expect(try contents(aside + "/" + name) == before)
        #expect(isRefused(small.directory.log))
    }

    @Test(
        "a segment missing in the middle, a short one, a changed byte: refused, unless accepted",
        arguments: ["missing", "early", "changed"], [true, false])
    func accepted(what: String, inCopy: Bool) throws {
        let small = try placed()
        let path = inCopy ? try copy(small) : small.directory.log
        let names = try segmentNames(path)
        let middle = path + "/" + names[1]
        switch what {
        case "missing": try File.remove(middle)
        case "early":
            // As it was before its last batches came, and its footer.
            var content = try contents(middle)
            content.replaceSubrange(1024..., with: bytes(content.count - 1024, 0))
            try Data(content).write(to: URL(filePath: middle))
        default:
            var content = try contents(middle)
            content[700] ^= 1
            try Data(content).write(to: URL(filePath: middle))
        }
        #expect(isRefused(path))
        #expect(isRefused(path), "a refusal changes nothing")
        let (report, records) = try open(path, accepting: true)
        let missing = try #require(report.missing)
        #expect(missing.sequence == UInt64(records.count + 1))
        #expect(records == Array(small.records.prefix(records.count)) && !records.isEmpty)
        let aside = try #require(missing.setAside)
        #expect(try segmentNames(aside).contains(names[2]))
        // Once more is not needed.
        #expect(try readAll(path).1.missing == nil)
    }

    @Test("where the segment that a start begins in lost its header, an earlier start ends there")
    func earlierStart() throws {
        let small = try placed()
        let directory = small.directory.log
        var ends: [LogPosition] = []
        _ = try LogReader.read(directory: directory) { ends.append($0.end) }
        let start = try #require(ends.dropLast().last)
        var content = try contents(small.last)
        content[100] ^= 1
        try Data(content).write(to: URL(filePath: small.last))
        var options = SmallLog.options
        options.acceptsMissingRecords = true
        do {
            _ = try Log.open(
                directory: directory, options: options, after: start, at: time(1)
            ) { _ in }
            Issue.record("opens behind \(start)")
        } catch {
            guard case .positionMissing(let file, _) = error else { throw error }
            #expect(file == small.last)
        }
        #expect(isRefused(directory), "nothing has changed")
        let (report, records) = try open(directory, accepting: true)
        #expect(report.missing?.file == small.last)
        #expect(report.missing?.sequence == UInt64(records.count + 1))
        #expect(records == Array(small.records.prefix(records.count)) && !records.isEmpty)
    }

    @Test("a folder that was moved is where it was; one that was copied is not")
    func place() throws {
        let small = try placed()
        let path = try copy(small)
        #expect(try LogPlace.isCopy(path))
        let moved = small.directory.path("moved")
        try File.rename(small.directory.log, to: moved)
        #expect(try !LogPlace.isCopy(moved))
        #expect(try LogPlace.last(in: moved) == LogPlace(of: moved))
        #expect(try LogPlace.last(in: path) != LogPlace(of: path))
    }
}
