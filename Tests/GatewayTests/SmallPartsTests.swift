import Addresses
import Bytes
import Glibc
import Sockets
import Testing
import Time
import Wire

@testable import Gateway
@testable import Sockets

@Suite("The small parts")
struct SmallPartsTests {
    @Test("a response's context is unpacked as it was packed", arguments: ["GET", "HEAD"])
    func contexts(method: String) {
        var readers: [BrowserReader] = [.any, .absent]
        readers += [0, 1, 31, 60_000].map { .allowed($0) }
        for version in ["1.0", "1.1"] {
            var request = ByteBuffer(capacity: 64)
            request.append("\(method) / HTTP/\(version)\r\nHost: a\r\n\r\n")
            var parser = RequestParser(limits: .entry)
            var bytes = request.mutableBytes
            #expect(parser.parse(&bytes) == .complete)
            var context = ResponseContext(parser)
            #expect(context.reader == .absent)
            for reader in readers {
                context.reader = reader
                #expect(context.reader == reader)
                #expect(context.isHead == (method == "HEAD"))
                #expect(context.isRead)
                #expect((context.framing == .chunked) == (version == "1.1"))
            }
        }
        let blank = ResponseContext()
        #expect(blank.reader == .any && !blank.isHead && blank.framing == .chunked)
        #expect(!blank.isRead)
    }

    @Test("an address has as many connections as it may, this machine as many as it likes")
    func addresses() throws {
        var limits = Limits()
        limits.connections = 1_000
        limits.connectionsPerAddress = 2
        let book = ConnectionCounts(limits, .public)
        let one = try #require(SocketAddress("192.0.2.1:1")).octets
        let other = try #require(SocketAddress("[2001:db8::1]:1")).octets
        let neighbour = try #require(SocketAddress("[2001:db8::ffff:1]:1")).octets
        let own = try #require(SocketAddress("127.0.0.1:1")).octets
        func isAdmitted(_ address: IPAddress) -> Bool { book.admit(address) == nil }
        #expect(isAdmitted(one) && isAdmitted(one))
        #expect(book.admit(one) == .address)
        #expect(!isAdmitted(one), "who was not admitted does not count")
        #expect(isAdmitted(other) && isAdmitted(neighbour))
        #expect(!isAdmitted(neighbour), "64 bits are one subscriber's")
        book.release(one)
        #expect(isAdmitted(one))
        #expect(!isAdmitted(one))
        book.release(one)
        book.release(one)
        book.release(one)
        #expect(isAdmitted(one) && isAdmitted(one))
        #expect(!isAdmitted(one), "releasing too often earns no more places")
        for _ in 0..<100 { #expect(isAdmitted(own)) }
    }

    @Test("the connections are as many as there may be, whoever they are of")
    func allConnections() {
        var limits = Limits()
        limits.adminConnections = 4
        limits.adminConnectionsPerAddress = 2
        let book = ConnectionCounts(limits, .admin)
        for number in 0..<4 { #expect(book.admit(IPAddress(ipv4: UInt32(number))) == nil) }
        #expect(book.admit(IPAddress(ipv4: 5)) == .connections)
        #expect(book.admit(nil) == .connections)
        for _ in 0..<2 { book.release(nil) }
        #expect(book.admit(IPAddress(ipv4: 1)) == nil)
        #expect(book.admit(IPAddress(ipv4: 1)) == .address, "well below the listener's own limit")
    }

    @Test("a time is written as it is, whatever was written before")
    func times() {
        var written = WrittenTime()
        for milliseconds in [1_795_176_000_123, 1_795_176_000_123, 0, -1, 1_795_176_000_124] {
            let time = Timestamp(milliseconds: Int64(milliseconds))
            var expected = ByteBuffer(capacity: 32)
            expected.append(rfc3339: time)
            var answer = ByteBuffer(capacity: 1)
            answer.append("at ")
            written.append(time, to: &answer)
            #expect(answer.text == "at " + expected.text)
        }
    }

    @Test("pending bytes stay with their connection, and the next one's buffers are empty")
    func pendingBuffers() {
        var pool = PendingBufferPool()
        let first = pool.acquire(.entry)
        let second = pool.acquire(.entry)
        #expect(first != second)
        #expect(pool.count == 2)
        pool[first].received.append("half a request")
        pool[second].received.append("other")
        hold("half an answer", in: pool[first])
        let link = MemoryLink(pipe: MemoryPipe())
        link.pipe.room = 4
        #expect(pool[first].send(to: link) == false)
        #expect(pool[second].received.text == "other")
        pool.release(first)
        #expect(pool.count == 1)
        let third = pool.acquire(.entry)
        #expect(third == first)
        #expect(pool[third].isEmpty)
        #expect(pool[third].send(to: link) == true)
        #expect(link.pipe.received == Array("half".utf8))
        #expect(pool[second].received.text == "other")
        pool[third].received.append(zeros: 1 << 20)
        hold(String(repeating: "x", count: 1 << 20), in: pool[third])
        pool.settle(third)
        #expect(pool.bytes >= 2 << 20)
        pool.release(third)
        #expect(pool.bytes <= 128 << 10, "what grew is given back")
    }

    private func hold(_ text: String, in buffers: PendingBuffers) {
        Array(text.utf8).withBytes { buffers.hold($0) }
    }

    @Test("secrets are new each time, and say what they are")
    func tokens() {
        let secrets = Set((0..<100).map { _ in Token.secret(prefix: "pk_") })
        #expect(secrets.count == 100)
        #expect(secrets.allSatisfy { $0.hasPrefix("pk_") && $0.utf8.count == 3 + 32 })
        let identifiers = Set((0..<100).map { _ in Token.identifier(prefix: "k") })
        #expect(identifiers.count == 100)
        #expect(identifiers.allSatisfy { $0.hasPrefix("k-") && $0.utf8.count == 2 + 16 })
    }
}
