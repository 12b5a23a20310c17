import Addresses
import AllocationCounter
import Bytes
import Contract
import Ledger
import Testing

@testable import Gateway

@Suite(
    "An entry's way allocates nothing", .onOwnThread,
    .enabled(if: allocation_counter_counts(), "sanitizers have a malloc of their own"))
struct AllocationTests {
    /// What is made once, for a loop, a connection or an operation, is there after a few turns.
    private static let warmUp = 8
    private static let turns = 64
    private static let connections = 32

    private func allocations(_ path: EntryPath) throws -> Int {
        for _ in 0..<Self.warmUp { _ = try path.turn() }
        return try (0..<Self.turns).reduce(0) { sum, _ in try sum + path.turn() }
    }

    @Test(
        "from a request's bytes to its answer: a batch of many makes no more than one of one",
        .disabled(
            if: _isDebugAssertConfiguration(),
            "without optimisation, Swift allocates for closures: loadtests/trials runs it"))
    func entries() throws {
        let ofOne = try allocations(try EntryPath(connections: 1))
        let ofMany = try allocations(try EntryPath(connections: Self.connections))
        #expect(ofMany == ofOne)
        // OpenSSL 3.0 allocates the state of each digest anew. A batch has two: the checksum of its
        // header and its chain value.
        #expect(ofOne <= 2 * Self.turns)
    }

    @Test(
        "judged by its head: a browser's, a suspect's, a robot's",
        .disabled(
            if: _isDebugAssertConfiguration(),
            "without optimisation, Swift allocates for closures: loadtests/trials runs it"),
        arguments: [EntrySender.chromium, .unknown, .curl])
    func judged(_ sender: EntrySender) throws {
        let path = try EntryPath(
            connections: Self.connections, robots: .observe, from: sender)
        // As for entries that nobody judges: two digests a batch.
        #expect(try allocations(path) <= 2 * Self.turns)
    }

    @Test(
        "judged behind a proxy, which tells the client's address",
        .disabled(
            if: _isDebugAssertConfiguration(),
            "without optimisation, Swift allocates for closures: loadtests/trials runs it"))
    func proxied() throws {
        let loopback = try #require(AddressNetwork("127.0.0.0/8"))
        let path = try EntryPath(
            connections: Self.connections, robots: .observe, from: .chromium,
            proxies: TrustedProxies([loopback]), fields: "X-Forwarded-For: 203.0.113.7\r\n")
        #expect(try allocations(path) <= 2 * Self.turns)
    }

    @Test(
        "the canonical form of an e-mail address in ASCII, and of a telephone number",
        .disabled(
            if: _isDebugAssertConfiguration(), "without optimisation, Swift allocates for closures")
    )
    func identities() {
        let given: [(IdentityForm, [UInt8])] = [
            (.email, Array("  Jean.Dupont+Jeu@GMail.com ".utf8)),
            (.email, Array("anne@example.fr".utf8)), (.email, Array("no address".utf8)),
            (IdentityForm(.phone, country: "FR"), Array("06 12 34 56 78".utf8)),
        ]
        var form = ByteBuffer(capacity: 512)
        func canonicalize() {
            for (identity, bytes) in given {
                _ = bytes.withBytes { identity.canonicalize($0, into: &form) }
            }
        }
        canonicalize()
        let before = allocation_counter_of_this_thread()
        for _ in 0..<100 { canonicalize() }
        #expect(allocation_counter_of_this_thread() == before)
    }

    @Test("an allocation beside each entry is counted", arguments: EntryPath.Planted.allCases)
    func planted(_ planted: EntryPath.Planted) throws {
        let path = try EntryPath(connections: Self.connections, planting: planted)
        #expect(try allocations(path) >= Self.turns * Self.connections)
    }
}
