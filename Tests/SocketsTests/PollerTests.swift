import Bytes
import Glibc
import Testing

@testable import Sockets

@Suite("The poller")
struct PollerTests {
    /// The events of one wait.
    private func events(
        _ poller: inout Poller, milliseconds: Int32 = patienceMilliseconds
    ) -> [(token: EventToken, event: Poller.Event)] {
        let count = poller.wait(timeoutMilliseconds: milliseconds)
        return (0..<count).map { poller.event($0) }.map { ($0.token, $0) }
    }

    @Test("each arrival is told once, whether or not it was read")
    func edgeTriggered() throws {
        let link = try Link()
        var poller = try Poller()
        let token = EventToken(place: 7, generation: 0xFFFF_FFFF)
        try poller.add(link.connection.descriptor, token: token)
        let first = events(&poller)
        #expect(first.map(\.token) == [token])
        #expect(first.first?.event.isWritable == true)
        #expect(first.first?.event.isReadable == false)
        #expect(events(&poller, milliseconds: 0).isEmpty)

        try link.client.send([1])
        let second = events(&poller)
        #expect(second.map(\.token) == [token])
        #expect(second.first?.event.isReadable == true)
        #expect(second.first?.event.hasHungUp == false)
        #expect(events(&poller, milliseconds: 0).isEmpty, "unread, and told already")

        try link.client.send([2])
        #expect(events(&poller).first?.event.isReadable == true)

        link.client.finishSending()
        let last = events(&poller)
        #expect(last.first?.event.hasHungUp == true)
        #expect(last.first?.event.isReadable == true)
        #expect(last.first?.event.isBroken == false, "it can still be answered")
        #expect(events(&poller, milliseconds: 0).isEmpty)
    }

    @Test("a level is told again and again until it is read off")
    func levelTriggered() throws {
        let listener = try Listener(on: try #require(SocketAddress("127.0.0.1:0")))
        var poller = try Poller()
        let token = EventToken(place: .max, generation: 0)
        try poller.addLevelTriggered(listener.descriptor, token: token)
        #expect(events(&poller, milliseconds: 0).isEmpty)
        let client = try Client(port: listener.address.port)
        for _ in 0..<3 { #expect(events(&poller).map(\.token) == [token]) }
        poller.remove(listener.descriptor)
        #expect(events(&poller, milliseconds: 0).isEmpty, "what is removed is not told")
        try poller.addLevelTriggered(listener.descriptor, token: token)
        #expect(events(&poller).map(\.token) == [token])
        let accepted = try acceptNext(listener)
        #expect(events(&poller, milliseconds: 0).isEmpty)
        close(accepted.descriptor)
        client.end()
    }

    @Test("a reset breaks both directions")
    func broken() throws {
        let link = try Link()
        var poller = try Poller()
        try poller.add(link.connection.descriptor, token: link.token)
        _ = events(&poller)
        link.client.reset()
        #expect(events(&poller).first?.event.isBroken == true)
    }

    @Test("a socket that takes bytes again is told")
    func writableAgain() throws {
        let link = try Link(receiveBufferBytes: 4_096)
        var poller = try Poller()
        try poller.add(link.connection.descriptor, token: link.token)
        _ = events(&poller)
        let block = [UInt8](repeating: 1, count: 1 << 20)
        var sent = 0
        while case let taken? = block.withBytes({ link.connection.send($0) }), taken > 0 {
            sent += taken
        }
        _ = events(&poller, milliseconds: 0)
        var received = 0
        while received < sent { received += try link.client.receive().count }
        #expect(events(&poller).contains { $0.event.isWritable })
    }

    @Test("an event of a former tenant is recognised")
    func staleEvents() throws {
        let listener = try Listener(on: try #require(SocketAddress("127.0.0.1:0")))
        let table = Places(capacity: 1)
        var poller = try Poller()
        let first = try Client(port: listener.address.port)
        let accepted = try acceptNext(listener)
        let old = try #require(table.open(accepted.descriptor, peer: accepted.peer))
        try poller.add(accepted.descriptor, token: old)
        try first.send([1])
        let fetched = events(&poller)
        #expect(fetched.map(\.token) == [old])
        // Between fetching the event and looking at it, the place changes hands.
        table.close(old.place)
        let second = try Client(port: listener.address.port)
        let next = try acceptNext(listener)
        let new = try #require(table.open(next.descriptor, peer: next.peer))
        #expect(new.place == old.place)
        #expect(!table.isCurrent(old))
        #expect(table.isCurrent(new))
        try poller.add(next.descriptor, token: new)
        try second.send([2])
        #expect(events(&poller).allSatisfy { $0.token == new })
    }

    @Test("more happens than one wait brings: the next ones bring the rest")
    func manyEvents() throws {
        var poller = try Poller()
        var witnesses: [Witness] = []
        for place in 0..<600 {
            let witness = try Witness()
            // The far end is a pipe's write end: writable from the start, told once.
            try poller.add(witness.far, token: EventToken(place: UInt32(place), generation: 3))
            witnesses.append(witness)
        }
        defer { for witness in witnesses { close(witness.far) } }
        var places: Set<UInt32> = []
        while case let some = events(&poller, milliseconds: 0), !some.isEmpty {
            for (token, event) in some {
                #expect(token.generation == 3 && event.isWritable)
                #expect(places.insert(token.place).inserted, "told twice")
            }
        }
        #expect(places.count == 600)
    }

    @Test("a token is its word, whatever its halves")
    func tokens() {
        for (place, generation) in [(0, 0), (.max, 0), (0, .max), (.max, .max), (1, 2)]
            as [(UInt32, UInt32)]
        {
            let token = EventToken(place: place, generation: generation)
            #expect(EventToken(word: token.word) == token)
        }
        let halves = EventToken(place: 1, generation: 2)
        #expect(halves.word != EventToken(place: 2, generation: 1).word)
    }

    @Test("a descriptor that is not open cannot be watched")
    func notOpen() throws {
        let poller = try Poller()
        let token = EventToken(place: 0, generation: 0)
        #expect(throws: SystemError.self) { try poller.add(-1, token: token) }
        #expect(throws: SystemError.self) { try poller.addLevelTriggered(-1, token: token) }
    }
}
