import Files
import Foundation
import TestSupport
import Testing
import Time

@testable import Log

@Suite("One process at a time has a log, whatever is done to names")
struct LockTests {
    private func opened(_ directory: String) throws -> Log {
        try Log.open(directory: directory, at: Timestamp(milliseconds: 0)) { _ in }
    }

    private func isInUse(_ directory: String) -> Bool {
        do {
            _ = try opened(directory)
            return false
        } catch {
            guard case LogError.inUse = error else {
                Issue.record("\(error)")
                return false
            }
            return true
        }
    }

    @Test(
        "the file lock removed, renamed, replaced, made anew: the log stays in use",
        arguments: [
            "rm lock", "mv lock other", "rm lock; : > lock", "cp lock l2; mv l2 lock",
            "ln -sf /dev/null lock", "rm lock; mkdir lock; rmdir lock",
        ])
    func names(command: String) throws {
        let folder = TemporaryDirectory()
        let directory = folder.path("journal")
        let log = try opened(directory)
        #expect(isInUse(directory))
        try shell("cd '\(directory)'; \(command)")
        #expect(isInUse(directory))
        // Under another name it is the same folder.
        try shell("ln -s journal '\(directory)-too'")
        #expect(isInUse(directory + "-too"))
        withExtendedLifetime(log) {}
    }

    @Test("hard links to the segments elsewhere, and no lock beside them: in use all the same")
    func hardLinks() throws {
        let folder = TemporaryDirectory()
        let directory = folder.path("journal")
        let log = try opened(directory)
        try shell("cp -al '\(directory)' '\(directory)-2'; rm '\(directory)-2/lock'")
        #expect(isInUse(directory + "-2"))
        withExtendedLifetime(log) {}
    }

    @Test("a log whose segment was removed takes nothing more")
    func removedSegment() throws {
        let folder = TemporaryDirectory()
        let directory = folder.path("journal")
        var log = try opened(directory)
        let before = log.ensureSpace()
        try shell("rm '\(directory)'/*.segment")
        let after = log.ensureSpace()
        #expect(before && !after)
        let failure = log.spaceFailure
        #expect(failure?.isNoSpace == false)
    }

    @Test(
        "a log whose segment was cut takes nothing more, and acknowledges nothing written into it",
        arguments: [0, 512, 8191])
    func cutSegment(length: UInt64) throws {
        let folder = TemporaryDirectory()
        let directory = folder.path("journal")
        var log = try openLog(directory)
        let before = log.ensureSpace()
        try commit([bytes(100)], to: &log)
        let name = try #require(try segmentNames(directory).first)
        let file = try FileHandle(forWritingTo: URL(filePath: directory + "/" + name))
        try file.truncate(atOffset: length)
        try file.close()
        let after = log.ensureSpace()
        #expect(before && !after)
        let found = "cut it to \(length) of 8192 bytes"
        let failure = log.spaceFailure
        #expect(failure?.isNoSpace == false && failure?.reason.contains(found) == true)
        // As where it is cut between that question and the write.
        var error: LogError?
        do {
            try commit([bytes(100)], to: &log)
        } catch let thrown {
            error = thrown
        }
        #expect(error.map { "\($0)" }?.contains("another program has cut it") == true)
        let (failed, next) = (log.failure, log.batchFirstSequence)
        #expect(failed == error && error != nil)
        #expect(next == 2, "nothing more is durable")
    }

    @Test("a copy put in place of the log's folder is in use while the folder around it is locked")
    func copiedFolder() throws {
        let folder = TemporaryDirectory()
        let directory = folder.path("journal")
        var options = smallOptions()
        options.lockedFolders = [folder.path]
        do {
            let log = try openLog(directory, options)
            try shell("cd '\(folder.path)'; mv journal away; cp -a away journal")
            var isInUse = false
            do {
                _ = try openLog(directory, options)
            } catch {
                if case .inUse = error { isInUse = true }
            }
            #expect(isInUse)
            withExtendedLifetime(log) {}
        }
        let log = try openLog(directory, options)
        withExtendedLifetime(log) {}
    }

    @Test("it is free when its process lets go")
    func free() throws {
        let folder = TemporaryDirectory()
        let directory = folder.path("journal")
        do {
            let log = try opened(directory)
            withExtendedLifetime(log) {}
        }
        #expect(!isInUse(directory))
    }

    private func shell(_ command: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(command)")
    }
}
