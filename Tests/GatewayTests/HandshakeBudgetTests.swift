import Addresses
import Bytes
import Sockets
import Testing

@testable import Gateway

@Suite("The budget of handshakes")
struct HandshakeBudgetTests {
    static let second: UInt64 = 1_000_000_000

    func address(_ text: String) throws -> IPAddress {
        try #require(SocketAddress(text + ":0")).octets
    }

    @Test("one second's worth at once, then one at a time, as they come back")
    func rate() throws {
        let budget = HandshakeBudget(perSecond: 10)
        let peer = try address("192.0.2.1")
        let start = 5 * Self.second
        let burst = (0..<100).count { _ in budget.admit(peer, now: start) }
        #expect(burst == 10)
        #expect(!budget.admit(peer, now: start + Self.second / 10 - 1))
        #expect(budget.admit(peer, now: start + Self.second / 10))
        #expect(!budget.admit(peer, now: start + Self.second / 10))
        // Whoever asks all the time gets the rate, and not a handshake more.
        var admitted = 0
        for step in 0..<10_000 {
            let now = start + Self.second + UInt64(step) * Self.second / 1_000
            if budget.admit(peer, now: now) { admitted += 1 }
        }
        #expect((100...110).contains(admitted), "\(admitted) in ten seconds")
    }

    @Test("each address has its own; this machine's have none")
    func addresses() throws {
        let budget = HandshakeBudget(perSecond: 1)
        let (one, other) = (try address("192.0.2.1"), try address("[2001:db8::1]"))
        #expect(budget.admit(one, now: 0))
        #expect(!budget.admit(one, now: 0))
        #expect(budget.admit(other, now: 0))
        for loopback in ["127.0.0.1", "127.9.9.9", "[::1]"] {
            let peer = try address(loopback)
            #expect((0..<1_000).allSatisfy { _ in budget.admit(peer, now: 0) })
        }
    }

    @Test("addresses that have gone are forgotten, however many they were")
    func forgetting() throws {
        let budget = HandshakeBudget(perSecond: 100)
        for number in 0..<5_000 {
            #expect(
                budget.admit(try address("10.1.\(number / 250).\(number % 250)"), now: Self.second))
        }
        #expect(budget.count == 5_000)
        #expect(budget.admit(try address("192.0.2.1"), now: 3 * Self.second))
        #expect(budget.count == 1)
    }
}
