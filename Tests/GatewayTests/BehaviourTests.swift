import Addresses
import Bytes
import Foundation
import Ledger
import Robots
import Sockets
import Testing
import Wire

@testable import Gateway

@Suite("How entries come is judged beside the fold (layers 3 and 4)", .onOwnThread)
struct BehaviourTests {
    /// How many of so many entries of a program with a browser's very headers are challenged.
    /// - Parameter ruleset: is read before the first; nil for the shipped one.
    private func challenged(
        of count: Int, remembering bytes: Int, ruleset: Ruleset? = nil
    ) throws -> Int {
        let gateway = try TestGateway { $0.behaviourBytes = bytes }
        let operation = try gateway.open("ete", #""rule":"once","robots":"challenge""#)
        if let ruleset { _ = try gateway.gateway.reload(TestGateway.limits, ruleset) }
        let client = try gateway.connect()
        var challenged = 0
        for number in 0..<count {
            let body = "{\"participant\":\"player\(1_000 + number)@example.org\"}"
            let answer = try client.exchange(EntrySender.chromium.request(body, to: operation))
            // There may be no puzzle left: then it is 503, and challenged all the same.
            #expect([201, 403, 503].contains(answer.status), "\(answer)")
            if answer.status != 201 { challenged += 1 }
        }
        return challenged
    }

    @Test("numbered participants in a hurry are challenged, though the headers are perfect")
    func program() throws {
        #expect(try challenged(of: 80, remembering: 8 << 20) >= 40)
    }

    @Test("a ruleset that is read again says what both layers weigh")
    func reload() throws {
        let file = try JSONSerialization.jsonObject(with: Data(Ruleset.shippedJSON.utf8))
        var members = try #require(file as? [String: Any])
        members["rhythm"] = nil
        members["cohort"] = nil
        let json = try JSONSerialization.data(withJSONObject: members)
        let without = try Ruleset(Array(json))
        #expect(try challenged(of: 80, remembering: 8 << 20, ruleset: without) == 0)
    }

    @Test("a limit of 0 switches both layers off")
    func off() throws {
        #expect(try challenged(of: 80, remembering: 0) == 0)
    }

    @Test("the tables have the sizes that fit into the limit")
    func capacity() {
        #expect(BehaviourCapacity(bytes: 64 << 20) == BehaviourCapacity())
        #expect(BehaviourCapacity(bytes: 100 << 20) == BehaviourCapacity())
        for bytes in [1 << 20, 8 << 20, 64 << 20, 256 << 20] {
            let detector = BehaviourDetector(capacity: BehaviourCapacity(bytes: bytes), seed: 1)
            let taken = detector.memoryBytes
            #expect(taken <= bytes + (1 << 20), "\(bytes): \(taken)")
            #expect(taken >= bytes / 4, "\(bytes): \(taken)")
        }
        #expect(BehaviourCapacity(bytes: 1).rhythmSlots >= 1 << 12)
        // Addresses and participants, a million of each.
        #expect(BehaviourCapacity().rhythmSlots >= 2_000_000)
        let usual = BehaviourDetector(seed: 1).memoryBytes
        #expect(usual <= 64 << 20, "\(usual)")
    }

    @Test("an address, a network, a connection have a hash each; behind a proxy no connection")
    func traits() throws {
        func traits(
            _ address: String, _ transport: RobotTransport, isHidden: Bool = false,
            key: UInt64 = 5, ownKey: UInt64 = 6
        ) throws -> EntryTraits {
            let peer = try #require(address.withBytes { IPAddress(text: $0) })
            return EntryTraits(
                from: RequestSource(
                    connection: EventToken(place: 7, generation: 3), peer: peer,
                    transport: transport), ClientAddress(peer, isHidden: isHidden),
                operation: 1, key: 2, head: 9, lane: 1, OriginHash(key: key, ownKey: ownKey))
        }
        let one = try traits("192.0.2.1", .plain)
        let neighbour = try traits("192.0.2.2", .plain)
        let stranger = try traits("192.0.3.1", .plain)
        #expect(one.address != neighbour.address && one.network == neighbour.network)
        #expect(one.session != 0 && one.session == neighbour.session)
        #expect(one.network != stranger.network)
        let host = try traits("2001:db8:1:2::1", .tls13)
        let other = try traits("2001:db8:1:2::2", .tls13)
        let site = try traits("2001:db8:1:3::1", .tls13)
        let elsewhere = try traits("2001:db8:2::1", .tls13)
        #expect(host.address == other.address, "one subscriber")
        #expect(host.address != site.address && host.network == site.network)
        #expect(host.network != elsewhere.network)
        let proxied = try traits("192.0.2.1", .proxied)
        #expect(proxied.session == 0 && proxied.address == one.address)
        let hidden = try traits("192.0.2.1", .proxied, isHidden: true)
        #expect(hidden.address == 0 && hidden.network == 0, "not known")
        // Nodes of one cluster share the first key: a person is one, a connection is a node's.
        let elsewhereToo = try traits("192.0.2.1", .plain, ownKey: 7)
        #expect(elsewhereToo.address == one.address && elsewhereToo.network == one.network)
        #expect(elsewhereToo.session != one.session)
        #expect(try traits("192.0.2.1", .plain, key: 8).address != one.address)
    }

    @Test("addresses are spread over all bits, which counts of addresses rely on")
    func spread() {
        let origins = OriginHash(key: 5, ownKey: 5)
        let hashes = (0 as UInt32..<64).map { origins.hash(IPAddress(ipv4: 0xC000_0200 + $0)) }
        #expect(Set(hashes.map { $0 >> 58 }).count > 24)
        #expect(Set(hashes.map { UInt32(truncatingIfNeeded: $0) }).count == 64)
        #expect(
            OriginHash(key: 6, ownKey: 5).hash(IPAddress(ipv4: 1))
                != origins.hash(IPAddress(ipv4: 1)))
    }
}
