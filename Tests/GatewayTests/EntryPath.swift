import AllocationCounter
import Bytes
import Cryptography
import Glibc
import Ledger
import LockFree
import Projections
import Robots
import Sockets
import Testing
import Vault

@testable import Gateway
@testable import Sockets

/// A loop's connections and the sequencer, turned by a test on its own thread: entries go through
/// real sockets, the edge, the rings, the fold and the log on disk, and their answers back.
///
/// It allocates nothing itself while it counts.
final class EntryPath {
    /// What is allocated beside each entry, to see that it is counted.
    enum Planted: CaseIterable {
        /// By the Swift runtime.
        case buffer
        /// By libcrypto.
        case digestContext
    }

    private let bench: Bench
    private var sequencer: Sequencer
    private var turns: Turns<ConnectionTable, PublicService>
    private var inbox = ByteBuffer(capacity: Exchange.inboxBytes)
    /// The clients' ends of the connections, and what the loop knows them by.
    private var clients: ContiguousArray<Int32> = []
    private var tokens: ContiguousArray<EventToken> = []
    private let planted: Planted?
    /// A request, whose participant is another one each time.
    private var request: ContiguousArray<UInt8>
    private let participantPlace: Int
    private var participants = 0
    private var answer = ContiguousArray<UInt8>(repeating: 0, count: 4_096)

    private static var participantDigits: Int { 9 }

    /// - Parameters:
    ///   - sender: what the request's head looks like.
    ///   - fields: header lines, each with its end.
    init(
        connections: Int, planting planted: Planted? = nil, robots: RobotPolicy = .off,
        from sender: EntrySender = .unknown, proxies: TrustedProxies = TrustedProxies(),
        fields: String = ""
    ) throws {
        self.planted = planted
        bench = try Bench(try Bench.opened(robots: robots), proxies: proxies) {
            $0.behaviourBytes = 8 << 20
        }
        sequencer = bench.takeSequencer()
        let shared = bench.shared
        let edge = Edge(
            kind: .public, lane: 0, instruments: shared.instruments,
            addresses: shared.addresses(.public), handshakes: shared.handshakes,
            proxies: shared.proxies, withheld: shared.withheld)
        turns = Turns(
            edge, limits: shared.limits, tls: nil,
            links: ConnectionTable(capacity: shared.limits.connections(.public)),
            service: PublicService(shared, lane: 0))
        shared.leaves.add(0..<1 << 20)
        let catalogue = shared.projected.catalogue
        shared.board.publish(catalogue.operations[0], at: 0)
        let keys = OperationKeys(OperationSecrets(), from: 0)
        turns.service.apply(
            .operation(OperationProfile(catalogue.operations[0], index: 0, keys: keys)))
        turns.service.apply(.key(DirectoryKey(catalogue.keys[0], index: 0)))

        let operation = TestOperation(name: "ete", key: "pk_test")
        let digits = String(repeating: "0", count: Self.participantDigits)
        let text = sender.request(
            "{\"participant\":\"person-\(digits)\",\"fields\":{\"email\":\"a@example.org\"}}",
            to: operation, fields: fields)
        let request = ContiguousArray(text.utf8)
        let place = request.indices.first { request[$0...].starts(with: digits.utf8) }
        self.request = request
        participantPlace = try #require(place)
        for _ in 0..<connections { try connect() }
    }

    deinit {
        for client in clients { close(client) }
    }

    private func connect() throws {
        var ends: (Int32, Int32) = (-1, -1)
        let isMade = unsafe withUnsafeMutableBytes(of: &ends) { ends in
            unsafe socketpair(
                AF_UNIX, Int32(SOCK_STREAM.rawValue), 0,
                ends.assumingMemoryBound(to: Int32.self).baseAddress) == 0
        }
        try #require(isMade, "socketpair: \(errno)")
        let peer = try #require(SocketAddress("127.0.0.1:1"))
        clients.append(ends.1)
        guard case .admitted = turns.admit(peer.octets, &inbox) else { throw NotAdmitted() }
        let token = turns.begin(ends.0, peer, isReserved: false)
        tokens.append(try #require(token))
    }

    private struct NotAdmitted: Error {}

    /// One entry of each connection, from its bytes in the kernel to its answer there.
    /// - Returns: allocations that were made for them all, by whomever they were called.
    func turn() throws -> Int {
        for client in clients { try post(client) }
        let before = allocation_counter_of_this_thread()
        turns.advance(to: LoopTime.read())
        for token in tokens {
            turns.handle(Poller.Event(token: token, flags: 0x001), &inbox)
            plant()
        }
        turns.passOn()
        let stored = try sequencer.turn().records
        bench.shared.lanes[0].answers.drain { record in
            turns.answer(record.envelope(as: AnswerEnvelope.self), &inbox)
            return true
        }
        let after = allocation_counter_of_this_thread()
        #expect(stored == clients.count, "each entry was accepted and stored")
        for client in clients { try receive(client) }
        return Int(after - before)
    }

    /// Sends a request on the first connection, which comes at this moment; its answer is read.
    /// - Returns: what a worker has told of it, where it is an entry that is decided.
    func traits(of request: String, at time: LoopTime) throws -> EntryTraits? {
        var traits: EntryTraits?
        let count = unsafe Array(request.utf8).withUnsafeBytes {
            unsafe send(clients[0], $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        try #require(count == request.utf8.count, "send: \(errno)")
        turns.advance(to: time)
        turns.handle(Poller.Event(token: tokens[0], flags: 0x001), &inbox)
        turns.passOn()
        bench.shared.lanes[0].commands.peek(limit: 1) { record in
            traits = record.envelope(as: EntryEnvelope.self).traits
        }
        _ = try sequencer.turn()
        bench.shared.lanes[0].answers.drain { record in
            turns.answer(record.envelope(as: AnswerEnvelope.self), &inbox)
            return true
        }
        let received = unsafe answer.withUnsafeMutableBytes {
            unsafe recv(clients[0], $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
        }
        try #require(received > 0, "recv: \(errno)")
        return traits
    }

    private func plant() {
        switch planted {
        case nil: break
        case .buffer: _ = ByteBuffer(capacity: 1)
        case .digestContext: _ = SHA256()
        }
    }

    private func post(_ client: Int32) throws {
        var rest = participants
        participants += 1
        for digit in 0..<Self.participantDigits {
            request[participantPlace + Self.participantDigits - 1 - digit] =
                UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        let count = unsafe request.withUnsafeBytes {
            unsafe send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        try #require(count == request.count, "send: \(errno)")
    }

    private func receive(_ client: Int32) throws {
        let count = unsafe answer.withUnsafeMutableBytes {
            unsafe recv(client, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
        }
        try #require(count > 0, "recv: \(errno)")
        #expect(answer.starts(with: "HTTP/1.1 201 ".utf8))
    }
}
