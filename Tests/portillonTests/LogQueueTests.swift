import Foundation
import Glibc
import Testing

@testable import portillon

@Suite("The log's queue never holds up whoever logs")
struct LogQueueTests {
    private func queue(to descriptor: Int32) -> LogQueue {
        LogQueue(to: descriptor) { "dropped \($0)\n" }
    }

    /// A pipe whose reading end does not block.
    private func makePipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        return (ends[0], ends[1])
    }

    private func text(_ descriptor: Int32, until isEnough: (String) -> Bool) -> String {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        var text = ""
        for _ in 0..<20_000 {
            let count = unsafe read(descriptor, &bytes, bytes.count)
            if count > 0 { text += String(decoding: bytes[..<count], as: UTF8.self) }
            if isEnough(text) { return text }
            _ = poll(nil, 0, 1)
        }
        return text
    }

    @Test("lines come out in their order, and a flush waits for them")
    func order() throws {
        let (reading, writing) = try makePipe()
        let queue = queue(to: writing)
        for number in 0..<100 { queue.append("line \(number)\n") }
        queue.flush(withinMilliseconds: 60_000)
        let found = text(reading) { $0.hasSuffix("line 99\n") }
        #expect(found == (0..<100).map { "line \($0)\n" }.joined())
        #expect(queue.droppedLines == 0)
    }

    @Test("beyond its bound lines are dropped, counted, and reported where they are missing")
    func bound() throws {
        let (reading, writing) = try makePipe()
        let queue = queue(to: writing)
        // More than the pipe and the queue hold together.
        let line = String(repeating: "x", count: 99) + "\n"
        let count = 40_000
        for _ in 0..<count { queue.append(line) }
        #expect(queue.droppedLines > 0)
        queue.flush(withinMilliseconds: 10)
        let found = text(reading) { $0.contains("dropped") }
        queue.append("last\n")
        let rest = found + text(reading) { $0.contains("last\n") }
        let lines = rest.split(separator: "\n")
        let dropped = lines.compactMap { line in
            line.hasPrefix("dropped ") ? Int(line.dropFirst(8)) : nil
        }.reduce(0, +)
        #expect(lines.count { $0.hasPrefix("xxx") } + dropped == count)
        #expect(UInt64(dropped) == queue.droppedLines)
        #expect(lines.last == "last")
    }

    @Test("a line that cannot be written is counted, and reported once one can be")
    func failure() throws {
        let full = unsafe open("/dev/full", O_WRONLY)
        let queue = queue(to: full)
        for _ in 0..<3 { queue.append("line\n") }
        queue.flush(withinMilliseconds: 60_000)
        #expect(queue.droppedLines == 3)
        // The disk has room again.
        let (reading, writing) = try makePipe()
        #expect(dup2(writing, full) == full)
        #expect(text(reading) { $0.contains("dropped 3\n") } == "dropped 3\n")
        queue.append("line\n")
        #expect(text(reading) { $0.contains("line\n") } == "line\n")
    }
}
