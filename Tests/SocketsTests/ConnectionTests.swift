import Bytes
import Glibc
import Testing

@testable import Sockets

@Suite("A connection's bytes")
struct ConnectionTests {
    @Test("nothing yet, then some, then the end of the stream")
    func receiving() throws {
        let link = try Link()
        var buffer = ByteBuffer(capacity: 16)
        buffer.append("before ")
        #expect(link.connection.receive(into: &buffer, maximum: 100) == .wouldBlock)
        try link.client.send(Array("hello".utf8))
        #expect(happenings(link.connection.descriptor) & POLLIN != 0)
        #expect(link.connection.receive(into: &buffer, maximum: 2) == .received(2))
        #expect(link.connection.receive(into: &buffer, maximum: 100) == .received(3))
        #expect(buffer.text == "before hello")
        #expect(link.connection.receive(into: &buffer, maximum: 100) == .wouldBlock)
        link.client.finishSending()
        #expect(happenings(link.connection.descriptor) & POLLIN != 0)
        #expect(link.connection.receive(into: &buffer, maximum: 100) == .finished)
        #expect(link.connection.receive(into: &buffer, maximum: 100) == .finished)
        #expect(buffer.text == "before hello")
        // Half closed: what is answered still arrives.
        #expect(link.connection.send(buffer.bytes) == 12)
        #expect(try link.client.receive() == Array("before hello".utf8))
    }

    @Test("a peer that resets breaks the connection, and sending to it says so")
    func reset() throws {
        let link = try Link()
        link.client.reset()
        #expect(happenings(link.connection.descriptor) & POLLIN != 0)
        var buffer = ByteBuffer(capacity: 16)
        #expect(link.connection.receive(into: &buffer, maximum: 16) == .broken)
        #expect(buffer.count == 0)
        buffer.append("anyone there?")
        #expect(link.connection.send(buffer.bytes) == nil)
    }

    @Test("what a peer does not take costs the kernel little")
    func unreadAnswers() throws {
        let link = try Link(receiveBufferBytes: 4_096)
        let block = [UInt8](repeating: 7, count: 1 << 20)
        var sent = 0
        while sent < 64 << 20 {
            let taken = try #require(block.withBytes { link.connection.send($0) })
            sent += taken
            if taken < block.count { break }
        }
        // What lies in the peer's buffer, what was announced to it, and one segment too many.
        #expect(sent < 256 << 10)
    }

    @Test("a full send buffer takes less, then nothing, then all the rest in order")
    func fullBuffer() throws {
        let link = try Link(receiveBufferBytes: 4_096)
        let block = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 / 7) }
        var sent = 0
        while sent < 64 << 20 {
            let taken = try #require(block.withBytes { link.connection.send($0) })
            sent += taken
            if taken < block.count { break }
        }
        #expect(sent < 64 << 20, "the kernel buffers without end")
        #expect([1].withBytes { link.connection.send($0) } == 0)
        var received = 0
        while received < sent {
            let bytes = try link.client.receive()
            try #require(!bytes.isEmpty)
            for (offset, byte) in bytes.enumerated()
            where byte != block[(received + offset) % block.count] {
                Issue.record("byte \(received + offset) is another one")
                return
            }
            received += bytes.count
        }
        #expect(happenings(link.connection.descriptor, POLLOUT) & POLLOUT != 0)
        #expect([9].withBytes { link.connection.send($0) } == 1)
        #expect(try link.client.receive() == [9])
    }

    @Test("after our end of the stream the peer's bytes still come")
    func finishSending() throws {
        let link = try Link()
        #expect([1].withBytes { link.connection.send($0) } == 1)
        link.connection.finishSending()
        #expect(try link.client.receive() == [1])
        #expect(try link.client.receive() == [])
        try link.client.send([2, 3])
        #expect(happenings(link.connection.descriptor) & POLLIN != 0)
        var buffer = ByteBuffer(capacity: 16)
        #expect(link.connection.receive(into: &buffer, maximum: 16) == .received(2))
        #expect([4].withBytes { link.connection.send($0) } == nil)
    }

    @Test("it is small: a table of a million connections is affordable")
    func size() {
        #expect(MemoryLayout<Connection>.stride <= 64)
    }
}
