import Addresses
import Glibc
import TestSupport
import Testing

@testable import Sockets

@Suite("The table of connections")
struct ConnectionTableTests {
    let peer: SocketAddress

    init() throws {
        peer = try #require(SocketAddress("192.0.2.1:4711"))
    }

    @Test("a place is used again, under another generation")
    func reuse() throws {
        let table = Places(capacity: 4)
        let witness = try Witness()
        let first = try #require(table.open(witness.far, peer: peer))
        #expect(table.isCurrent(first))
        #expect(table[first.place].peer == peer.octets)
        #expect(table.token(of: first.place) == first)
        table[first.place].peer = IPAddress(ipv4: 9)
        table.close(first.place)
        #expect(witness.isFarEndClosed)
        #expect(!table.isCurrent(first))
        #expect(!table.isOpen(first.place))

        let next = try Witness()
        let second = try #require(table.open(next.far, peer: peer))
        #expect(second.place == first.place)
        #expect(second.generation != first.generation)
        #expect(table.isCurrent(second))
        #expect(!table.isCurrent(first))
        #expect(table[second.place].peer == peer.octets, "nothing of the former tenant stays")
        #expect(!next.isFarEndClosed)
    }

    @Test("a full table takes nothing, and the descriptor stays the caller's")
    func full() throws {
        let witnesses = try (0..<3).map { _ in try Witness() }
        do {
            let table = Places(capacity: 2)
            _ = try #require(table.open(witnesses[0].far, peer: peer))
            let second = try #require(table.open(witnesses[1].far, peer: peer))
            #expect(table.open(witnesses[2].far, peer: peer) == nil)
            #expect(table.count == 2)
            #expect(fcntl(witnesses[2].far, F_GETFD) >= 0)
            #expect(!witnesses[2].isFarEndClosed)
            table.close(second.place)
            #expect(table.open(witnesses[2].far, peer: peer)?.place == second.place)
        }
        // The table is gone, and with it what it owned.
        #expect(witnesses.map(\.isFarEndClosed) == [true, true, true])
    }

    @Test("places never used, and tokens from nowhere, are not current")
    func strangers() {
        let table = Places(capacity: 4)
        #expect(!table.isCurrent(EventToken(place: 0, generation: 0)))
        #expect(!table.isCurrent(EventToken(place: .max, generation: 0)))
        #expect(!table.isOpen(0))
        #expect(!table.isOpen(.max))
        #expect(table.openPlaces.isEmpty)
    }

    @Test("whatever is opened and closed, the table agrees with a plain model")
    func model() throws {
        var random = SeededGenerator.printed()
        let table = Places(capacity: 12)
        var open: [UInt32: (token: EventToken, witness: Witness)] = [:]
        var former: [EventToken] = []
        for _ in 0..<3_000 {
            if Int.random(in: 0..<5, using: &random) < 3 {
                let witness = try Witness()
                if let token = table.open(witness.far, peer: peer) {
                    #expect(open[token.place] == nil)
                    #expect(!former.contains(token))
                    open[token.place] = (token, witness)
                } else {
                    #expect(open.count == 12)
                    close(witness.far)
                }
            } else if let place = open.keys.sorted().randomElement(using: &random),
                let closed = open.removeValue(forKey: place)
            {
                table.close(place)
                #expect(closed.witness.isFarEndClosed)
                former.append(closed.token)
            }
            #expect(table.count == open.count)
            #expect(table.openPlaces == open.keys.sorted())
            if let token = former.randomElement(using: &random) { #expect(!table.isCurrent(token)) }
        }
        #expect(open.values.allSatisfy { table.isCurrent($0.token) && !$0.witness.isFarEndClosed })
    }
}
