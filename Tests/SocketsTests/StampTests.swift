import Bytes
import Glibc
import Testing

@testable import Sockets

@Suite("When bytes came")
struct StampTests {
    /// Nanoseconds since 1970.
    private var wallNanoseconds: Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// A connection whose bytes are stamped: the kernel begins with it a moment after it was asked.
    private func stampedLink() throws -> Link {
        let link = try Link()
        #expect(link.connection.stampArrivals())
        var buffer = ByteBuffer(capacity: 16)
        for _ in 0..<3_000 {
            try link.client.send([1])
            try #require(happenings(link.connection.descriptor) & POLLIN != 0)
            let found = link.connection.receiveStamped(into: &buffer, maximum: 16)
            #expect(found.result == .received(1))
            if found.stamp != nil { return link }
            usleep(10_000)
        }
        throw NoStamps()
    }

    private struct NoStamps: Error {}

    @Test("a reader that is not there learns when the kernel had the bytes")
    func lateReader() throws {
        let link = try stampedLink()
        let before = wallNanoseconds
        try link.client.send(Array("hello".utf8))
        try #require(happenings(link.connection.descriptor) & POLLIN != 0)
        let there = wallNanoseconds
        var buffer = ByteBuffer(capacity: 16)
        buffer.append("> ")
        let (result, stamp) = link.connection.receiveStamped(into: &buffer, maximum: 100)
        #expect(result == .received(5))
        #expect(buffer.text == "> hello")
        let time = try #require(stamp)
        #expect(time >= before && time <= there, "\(time - before) of \(there - before) ns")
    }

    @Test("the stamp is that of the last bytes that were read")
    func lastBytes() throws {
        let link = try stampedLink()
        try link.client.send([1, 2])
        try #require(happenings(link.connection.descriptor) & POLLIN != 0)
        let between = wallNanoseconds
        try link.client.send([3])
        var buffer = ByteBuffer(capacity: 16)
        var stamp: Int64?
        while buffer.count < 3 {
            try #require(happenings(link.connection.descriptor) & POLLIN != 0)
            stamp = link.connection.receiveStamped(into: &buffer, maximum: 16).stamp
        }
        #expect(try #require(stamp) >= between)
    }

    @Test("nothing yet, the end and a reset have no stamp, and are told apart as without one")
    func nothing() throws {
        let link = try stampedLink()
        var buffer = ByteBuffer(capacity: 16)
        var found = link.connection.receiveStamped(into: &buffer, maximum: 16)
        #expect(found.result == .wouldBlock && found.stamp == nil)
        link.client.finishSending()
        #expect(happenings(link.connection.descriptor) & POLLIN != 0)
        found = link.connection.receiveStamped(into: &buffer, maximum: 16)
        #expect(found.result == .finished && found.stamp == nil)
        let other = try Link()
        other.client.reset()
        #expect(happenings(other.connection.descriptor) & POLLIN != 0)
        found = other.connection.receiveStamped(into: &buffer, maximum: 16)
        #expect(found.result == .broken && found.stamp == nil)
        #expect(buffer.count == 0)
    }

    @Test("without being asked the kernel says nothing")
    func unasked() throws {
        let link = try Link()
        try link.client.send([1])
        try #require(happenings(link.connection.descriptor) & POLLIN != 0)
        var buffer = ByteBuffer(capacity: 16)
        let found = link.connection.receiveStamped(into: &buffer, maximum: 16)
        #expect(found.result == .received(1) && found.stamp == nil)
    }
}
