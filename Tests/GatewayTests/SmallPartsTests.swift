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
    @Test("a note is unpacked as it was packed", arguments: [false, true])
    func notes(isHead: Bool) {
        var readers: [BrowserReader] = [.none, .any]
        readers += [0, 1, 31, 60_000].map { .allowed($0) }
        for reader in readers {
            var connection = Connection()
            connection.responseContextBits = .max
            connection.responseContext = ResponseContext(reader: reader, isHead: isHead)
            #expect(connection.responseContext.reader == reader)
            #expect(connection.responseContext.isHead == isHead)
        }
        let blank = Connection().responseContext
        #expect(blank.reader == .none && !blank.isHead)
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
        let book = ConnectionCounts(limits, .admin)
        for number in 0..<4 { #expect(book.admit(IPAddress(ipv4: UInt32(number))) == nil) }
        #expect(book.admit(IPAddress(ipv4: 5)) == .connections)
        #expect(book.admit(nil) == .connections)
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

    @Test("parked bytes stay with their place, and the next tenant finds it empty")
    func parking() {
        let fresh = RequestParser(limits: .entry)
        var lot = PendingBufferPool()
        let first = lot.acquire(fresh)
        let second = lot.acquire(fresh)
        #expect(first != second)
        #expect(lot.count == 2)
        lot[first].received.append("half a request")
        lot[first].unsent.append("half an answer")
        lot[first].sent = 4
        lot[second].received.append("other")
        #expect(lot[second].received.text == "other")
        lot.release(first)
        #expect(lot.count == 1)
        let third = lot.acquire(fresh)
        #expect(third == first)
        #expect(lot[third].received.count == 0)
        #expect(lot[third].unsent.count == 0)
        #expect(lot[third].sent == 0)
        #expect(lot[second].received.text == "other")
        lot[third].received.append(zeros: 1 << 20)
        lot[third].unsent.append(zeros: 1 << 20)
        lot.release(third)
        #expect(lot[third].received.capacity <= 32 << 10, "what grew is given back")
        #expect(lot[third].unsent.capacity <= 32 << 10)
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

    @Test("the clock does not run backwards, and its fields have now's date")
    func clock() {
        var clock = LoopClock()
        for _ in 0..<1_000 {
            let before = clock.nanoseconds
            clock.advance()
            let after = clock.nanoseconds
            #expect(after >= before)
        }
        var fields = ByteBuffer(capacity: 32)
        fields.append(usualFields: clock.now)
        let (held, wanted) = (clock.usualFields.text, fields.text)
        #expect(held == wanted)
    }
}
