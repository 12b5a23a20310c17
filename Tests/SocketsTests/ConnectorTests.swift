import Glibc
import TestSupport
import Testing

@testable import Sockets

@Suite("A connection is begun, and its outcome is told")
struct ConnectorTests {
    @Test("a connection to a listener is made, from the address that was asked for")
    func connectionIsMade() throws {
        let listener = try Listener(on: #require(SocketAddress("127.0.0.1:0")))
        let source = try #require(SocketAddress("127.0.3.7:0"))
        let number = try Connector.begin(to: listener.address, from: source)
        let client = Descriptor(owning: number)
        try waitUntilDecided(client.number)
        #expect(Connector.outcome(of: client.number, to: listener.address) == nil)
        let (accepted, peer) = try acceptNext(listener)
        _ = Descriptor(owning: accepted)
        #expect("\(peer)".hasPrefix("127.0.3.7:"))
    }

    @Test("a connection that nobody takes says so")
    func connectionIsRefused() throws {
        let port = try LoopbackPorts.take()
        let address = try #require(SocketAddress("127.0.0.1:\(port)"))
        let client = Descriptor(owning: try Connector.begin(to: address))
        try waitUntilDecided(client.number)
        #expect(Connector.outcome(of: client.number, to: address)?.code == ECONNREFUSED)
    }

    @Test("an address that is not this machine's is refused at once, and no descriptor is left")
    func wrongSourceIsRefused() throws {
        let peer = try #require(SocketAddress("127.0.0.1:9"))
        let source = try #require(SocketAddress("192.0.2.1:0"))
        #expect(throws: SystemError("bind", on: "192.0.2.1:0", code: EADDRNOTAVAIL)) {
            _ = try Connector.begin(to: peer, from: source)
        }
    }

    @Test("a precise wait ends in time, and an event ends it before")
    func preciseWaits() throws {
        var poller = try Poller()
        let began = ContinuousClock.now
        #expect(poller.wait(timeoutNanoseconds: 300_000) == 0)
        #expect(ContinuousClock.now - began >= .nanoseconds(300_000))
        let listener = try Listener(on: #require(SocketAddress("127.0.0.1:0")))
        let token = EventToken(place: 1, generation: 2)
        let client = Descriptor(owning: try Connector.begin(to: listener.address))
        try poller.add(client.number, token: token)
        #expect(poller.wait(timeoutNanoseconds: Int64(patienceMilliseconds) * 1_000_000) == 1)
        #expect(poller.event(0).token == token)
    }

    /// Until the kernel knows whether the connection is made.
    private func waitUntilDecided(_ descriptor: Int32) throws {
        var poller = try Poller()
        try poller.add(descriptor, token: EventToken(place: 0, generation: 0))
        #expect(poller.wait(timeoutMilliseconds: patienceMilliseconds) == 1)
    }
}
