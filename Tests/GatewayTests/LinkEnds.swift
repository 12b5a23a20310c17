import Bytes
import Cluster
import Glibc
import Ledger
import LockFree
import Sockets
import TestSupport
import Testing
import Time
import Vault

@testable import Gateway

/// A leader that takes entries over links; its sequencer is started by the test.
final class LinkLeader {
    let bench: Bench
    let owner: LogOwner
    private let server: LinkServer

    /// - Parameters:
    ///   - credit: entries that a link may have on their way.
    ///   - lanes: links that get credit.
    ///   - copies: gets each batch that the leader stores.
    ///   - isProven: whether its office is, for as long as the test runs.
    init(
        term: UInt64 = 1, credit: Int = 8_192, lanes: Int = .max, copies: CopiedLog? = nil,
        isProven: Bool = true
    ) throws {
        let status = ClusterStatus(node: "a\(term)")
        bench = try Bench(try Bench.opened(), cluster: status, copies: copies) {
            $0.linkEntries = credit
        }
        // Of the operation that is there.
        try bench.vault.withLock { vault throws(KeyVaultError) in _ = try vault.create("d-1") }
        // With its office a node decides what it is asked for.
        bench.shared.commands?.takeOffice()
        bench.shared.leaves.add(0..<1 << 20)
        status.term = term
        status.office = term
        status.state = .leading
        if isProven { status.proveForGood() }
        server = try LinkServer(status, .none)
        let any = try #require(SocketAddress("127.0.0.1:0"))
        let listener = try Listener(on: any)
        owner = try #require(
            LogOwner(node: status.node, term: term, address: "\(listener.address)"))
        try server.start(listener)
        let lent = Array(bench.shared.linkLanes.prefix(lanes))
        server.lend(
            LinkLanes(bench.shared, lent, bench.shared.links), CommandDesk(bench.control))
    }

    func end() {
        server.stop()
        bench.stop()
    }

    /// Whether so many entries have come over links, within some seconds.
    func hasTaken(_ count: UInt64, withinSeconds seconds: Double = 30) -> Bool {
        eventually(withinSeconds: seconds) { bench.shared.links.read(.taken) >= count }
    }
}

/// A node whose worker's entries are forwarded.
final class LinkFollower {
    let status = ClusterStatus(node: "b")
    let bench: Bench
    let forwarding: EntryForwarding
    private let bell: Doorbell

    /// - Parameters:
    ///   - copied: what its sequencer follows, once the bench is started.
    ///   - vault: where it reads keys.
    init(
        following copied: CopiedLog? = nil, vault: SharedVault? = nil,
        _ change: (inout Limits) -> Void = { _ in }
    ) throws {
        status.state = .following
        bench = try Bench(
            try Bench.opened(), cluster: status, following: copied, vault: vault
        ) { limits in
            limits.connections = 4_096
            // However busy the machine, what a leader decides comes back in time.
            limits.answerSeconds = 30
            change(&limits)
        }
        bell = try #require(bench.shared.forwarderBell)
        forwarding = EntryForwarding(bench.shared, status, .none, bell)
        try forwarding.start()
    }

    func end() { forwarding.stop() }

    static func envelope(
        _ person: UInt64, connection: UInt32 = 0, key: UInt32 = 0, mayRepeat: Bool = true,
        mark: UInt64 = 0
    ) -> EntryEnvelope {
        var envelope = EntryEnvelope(
            connection: EventToken(place: connection, generation: 3), handedOver: 0,
            command: EntryCommand(
                operation: 0, key: key, participant: Fingerprint(high: 1, low: person),
                consentsGiven: true),
            sourceBytes: 0)
        envelope.mayRepeat = mayRepeat
        envelope.settingsMark = mark
        return envelope
    }

    /// Leaves an entry in the worker's ring.
    /// - Parameter connection: who waits for it; else the person's number.
    func leave(
        _ person: UInt64, connection: UInt32? = nil, key: UInt32 = 0, mayRepeat: Bool = true,
        mark: UInt64 = 0, sealedBytes: Int = 32
    ) {
        var envelope = Self.envelope(
            person, connection: connection ?? UInt32(person), key: key, mayRepeat: mayRepeat,
            mark: mark)
        envelope.handedOver = bench.shared.clock.monotonicNanoseconds()
        var record = ByteBuffer(capacity: 1 << 10)
        record.append(envelope)
        record.append(zeros: sealedBytes)
        let isTaken = bench.shared.lanes[0].commands.push(record.bytes)
        #expect(isTaken)
        bell.ring()
    }

    func answers(_ count: Int) -> [AnswerEnvelope] { bench.answers(count) }
}

extension ClusterStatus {
    /// Proves the office for as long as a test runs. Not until 2⁶⁴ ns: Swift 6.3 compares atomics
    /// with their sign in `max(_:ordering:)`, and takes what is 2⁶³ or more for less than 0.
    func proveForGood() { prove(at: .max >> 1) }
}
