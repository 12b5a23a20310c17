import CommandIO
import Foundation
import Glibc
import Testing

@Suite("Texts reach whatever descriptor the process was given")
struct DescriptorWriterTests {
    /// A pipe; the reading end never blocks.
    private func pipeEnds(blocking: Bool) throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        if !blocking { _ = fcntl(ends[1], F_SETFL, O_NONBLOCK) }
        return (ends[0], ends[1])
    }

    private func readAll(_ descriptor: Int32) -> Int {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        var total = 0
        while true {
            let count = unsafe read(descriptor, &bytes, bytes.count)
            if count <= 0 { return total }
            total += count
        }
    }

    @Test("a pipe that does not block takes all of a text that it has no room for at once")
    func nonBlockingPipe() async throws {
        let (reading, writing) = try pipeEnds(blocking: false)
        let text = String(repeating: "x", count: 300_000)
        // A thread of its own: a write that waits would keep a task's thread from other tests.
        let (results, outcome) = AsyncStream.makeStream(of: DescriptorWriter.Result.self)
        Thread.detachNewThread {
            outcome.yield(DescriptorWriter(writing).write(text))
            outcome.finish()
            close(writing)
        }
        var total = 0
        while total < 300_000 {
            total += readAll(reading)
            try await Task.sleep(for: .milliseconds(1))
        }
        var iterator = results.makeAsyncIterator()
        let result = try #require(await iterator.next())
        #expect(result.written == 300_000 && result.code == 0)
        close(reading)
    }

    @Test("who gives up on a full pipe is free again", arguments: [true, false])
    func fullPipe(blocking: Bool) throws {
        let (reading, writing) = try pipeEnds(blocking: blocking)
        defer {
            close(reading)
            close(writing)
        }
        let text = String(repeating: "x", count: 300_000)
        var asked = 0
        let result = DescriptorWriter(writing).write(text) {
            asked += 1
            return asked > 2
        }
        #expect(result.code == ECANCELED)
        #expect(result.written > 0 && result.written < 300_000)
    }

    @Test("a descriptor that cannot be written says why")
    func errors() throws {
        let descriptor = unsafe open("/", O_RDONLY)
        try #require(descriptor >= 0)
        #expect(DescriptorWriter(descriptor).write("x").code == EBADF)
        close(descriptor)
        let full = unsafe open("/dev/full", O_WRONLY)
        try #require(full >= 0)
        #expect(DescriptorWriter(full).write("x", withinMilliseconds: 100).code == ENOSPC)
        close(full)
    }
}
