import Bytes
import TestSupport
import Testing

@testable import Log

/// What a node stores that another one has gathered.
@Suite("A batch that another node has gathered")
struct CopiedBatchTests {
    private func batches(_ directory: String) throws(LogError) -> [[UInt8]] {
        var all: [[UInt8]] = []
        _ = try LogReader.read(directory: directory, from: 1) { all.append($0.bytes.array) }
        return all
    }

    private func follow(
        _ bytes: [UInt8], _ log: inout Log, _ replay: () -> Void = {}
    ) throws(LogError) {
        unsafe try log.follow(bytes.span.bytes) { _ in replay() }
    }

    @Test("may be longer than those that are gathered here, and is there at the next start")
    func isLonger() throws {
        let folder = TemporaryDirectory()
        do {
            var leader = try openLog(folder.path("leader"))
            for length in [1_900, 10, 1_500] {
                try commit([[UInt8](repeating: 7, count: length)], to: &leader)
            }
        }
        var options = smallOptions()
        options.gatheredBatchBytes = 1_024
        let all = try batches(folder.path("leader"))
        do {
            var log = try openLog(folder.path("own"), options)
            #expect(log.batchRoom < 1_024)
            for bytes in all { try follow(bytes, &log) }
        }
        _ = try openLog(folder.path("own"), options)
        #expect(try batches(folder.path("own")) == all)
    }

    @Test("that finds no room once it was decided again stops the log: it cannot come once more")
    func findsNoRoom() throws {
        let folder = TemporaryDirectory()
        do {
            var leader = try openLog(folder.path("leader"))
            try commit([[1, 2, 3]], to: &leader)
        }
        let bytes = try #require(try batches(folder.path("leader")).first)
        let memory = try MemoryStore()
        var log = try Log.open(memory, at: time(1)) { _ in }
        memory.isFull = true
        #expect(throws: LogError.noSpace(directory: "of this node")) { try follow(bytes, &log) }
        memory.isFull = false
        var failure: LogError?
        do throws(LogError) {
            try follow(bytes, &log) { memory.isFull = true }
        } catch {
            failure = error
        }
        #expect(
            failure == .unusable("memory has no room for record 1, which was decided here"))
        memory.isFull = false
        #expect(throws: LogError.self) { try follow(bytes, &log) }
    }
}
