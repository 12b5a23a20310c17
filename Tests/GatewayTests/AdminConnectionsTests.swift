import Addresses
import Ledger
import Sockets
import Testing

@testable import Gateway

@Suite("Which connections of the admin listener go first")
struct AdminConnectionsTests {
    private let acme = TokenHolder(Author(.client, name: "acme"))
    private let bolt = TokenHolder(Author(.client, name: "bolt"))
    private let cora = TokenHolder(Author(.client, name: "cora"))
    private let marie = TokenHolder(Author(.operator, name: "marie"))

    private static var limits: Limits {
        var limits = Limits()
        limits.adminConnections = 16
        limits.unauthenticatedSeconds = 5
        return limits
    }

    private func token(_ slot: UInt32) -> EventToken { EventToken(place: slot, generation: 1) }
    private func address(_ number: UInt32) -> IPAddress { IPAddress(ipv4: 0xC000_0200 + number) }

    /// Closes what is displaced, as the loop does.
    private func closeDisplaced(_ connections: inout AdminConnections) -> [UInt32] {
        var slots: [UInt32] = []
        while let displaced = connections.popDisplaced() {
            connections.end(displaced.place)
            slots.append(displaced.place)
        }
        return slots
    }

    /// Connections of this address, one a slot, with what that displaces.
    private func begin(
        _ slots: ClosedRange<UInt32>, from number: UInt32, _ connections: inout AdminConnections
    ) -> [UInt32] {
        slots.flatMap { slot in
            connections.begin(token(slot), from: address(number), at: 0)
            return closeDisplaced(&connections)
        }
    }

    private func check(
        _ displaced: [UInt32], _ expected: [UInt32],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(displaced == expected, sourceLocation: sourceLocation)
    }

    @Test("strangers have half of the places; beyond, the greediest address's oldest goes first")
    func strangers() {
        var connections = AdminConnections(Self.limits)
        check(begin(0...1, from: 1, &connections), [])
        check(begin(2...6, from: 2, &connections), [])
        check(begin(7...7, from: 3, &connections), [])
        // The eighth is a newcomer of an address that has few.
        check(begin(8...9, from: 4, &connections), [2, 3])
        // One who has most pays for himself, and keeps the newest.
        check(begin(10...12, from: 2, &connections), [4, 5, 6])
        #expect(connections.next()?.place == 10)
    }

    @Test("a token ends that, and its share is counted over all of its client's tokens")
    func shares() {
        var connections = AdminConnections(Self.limits)
        for slot in UInt32(0)..<4 {
            check(begin(slot...slot, from: 1, &connections), [])
            #expect(connections.isUnauthenticated(slot))
            #expect(connections.authenticate(slot, as: acme) == nil)
            #expect(!connections.isUnauthenticated(slot))
            #expect(connections.authenticate(slot, as: acme) == nil, "counted once")
        }
        check(begin(4...4, from: 1, &connections), [])
        #expect(connections.authenticate(4, as: acme) == .token)
        #expect(connections.isUnauthenticated(4))
        #expect(connections.authenticate(4, as: bolt) == nil)
        connections.end(0)
        // Another token on the same connection: it counts as that one's now.
        #expect(connections.authenticate(4, as: acme) == nil)
        connections.end(4)
        connections.end(4)
        check(begin(5...5, from: 1, &connections), [])
        #expect(connections.authenticate(5, as: acme) == nil)
    }

    @Test("clients have half of the places; beyond, an idle one of the greediest makes room")
    func clients() throws {
        var connections = AdminConnections(Self.limits)
        let places = ControlPlaces(Self.limits)
        for slot in UInt32(0)..<8 {
            _ = begin(slot...slot, from: 1, &connections)
            let holder = slot < 4 ? acme : slot < 7 ? bolt : cora
            #expect(connections.authenticate(slot, as: holder) == nil)
        }
        // The oldest of acme's has a request in progress, and keeps its place.
        connections.hold(try places.begin(.request, by: acme), 0)
        _ = begin(8...8, from: 1, &connections)
        #expect(connections.authenticate(8, as: cora) == nil)
        check(closeDisplaced(&connections), [1])
        // An operator displaces nobody while there are places.
        for slot in UInt32(9)..<17 {
            _ = begin(slot...slot, from: 1, &connections)
            #expect(connections.authenticate(slot, as: marie) == nil)
        }
        check(closeDisplaced(&connections), [])
        #expect(connections.next()?.place == 4, "of bolt, who has three that are idle")
        for slot in UInt32(4)...8 {
            connections.hold(try places.begin(.measure, by: bolt), slot)
        }
        #expect(connections.next()?.place == 2)
        _ = connections.popPlace(4)
        connections.end(2)
        connections.end(3)
        #expect(connections.next()?.place == 4, "its request is over")
        connections.end(4)
        #expect(connections.next() == nil, "nobody makes room for a newcomer")
    }

    @Test("without a token a connection's time is over soon, with one never")
    func overdue() {
        var connections = AdminConnections(Self.limits)
        connections.begin(token(0), from: address(1), at: 1_000)
        #expect(!connections.isOverdue(0, at: 5_999))
        #expect(connections.isOverdue(0, at: 6_000))
        #expect(connections.authenticate(0, as: marie) == nil)
        #expect(!connections.isOverdue(0, at: 600_000))
    }
}
