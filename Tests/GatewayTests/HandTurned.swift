import Addresses
import Bytes
import Cryptography
import Ledger
import LockFree
import Projections
import Sockets
import Synchronization
import Testing
import Time
import Vault

@testable import Gateway
@testable import Sockets

/// The connections of a loop that does not turn by itself, without a socket and without a clock: a
/// test says what comes when.
final class HandTurned {
    let bench: Bench
    let operation = TestOperation(name: "ete", key: "pk_test")
    private var turns: Turns<MemoryLinks, PublicService>
    private var inbox = ByteBuffer(capacity: Exchange.inboxBytes)
    private(set) var milliseconds: UInt64 = 1_000_000
    private let commands: [AdministrativeCommand]

    /// - Parameter commands: what the ledger has decided beside ``Bench/opened()``.
    init(
        robots: RobotPolicy = .off, also commands: [AdministrativeCommand] = [],
        _ change: (inout Limits) -> Void = { _ in }
    ) throws {
        let all = try Bench.opened(robots: robots) + commands
        self.commands = all
        bench = try Bench(all, change)
        let shared = bench.shared
        let edge = Edge(
            kind: .public, lane: 0, instruments: shared.instruments,
            addresses: shared.addresses(.public), handshakes: shared.handshakes,
            proxies: shared.proxies, withheld: shared.withheld)
        turns = Turns(
            edge, limits: shared.limits, tls: nil, links: MemoryLinks(),
            service: PublicService(shared, lane: 0))
        let catalogue = shared.projected.catalogue
        shared.leaves.add(0..<1 << 20)
        for (index, operation) in catalogue.operations.enumerated() {
            shared.board.publish(operation, at: UInt32(index))
            let keys = OperationKeys(OperationSecrets(), from: 0)
            turns.service.apply(
                .operation(OperationProfile(operation, index: UInt32(index), keys: keys)))
        }
        for (index, key) in catalogue.keys.enumerated() {
            turns.service.apply(.key(DirectoryKey(key, index: UInt32(index))))
        }
        pass(milliseconds: 0)
    }

    // MARK: Connections

    private struct Refused: Error {
        let refusal: AdmissionRefusal
    }

    /// A client whose connection has been accepted.
    /// - Parameter peer: its address; nil for this machine's own.
    func connect(from peer: IPAddress? = nil) throws -> TurnedClient {
        let pipe = MemoryPipe()
        if let peer { pipe.peer = peer }
        let isReserved: Bool
        switch turns.admit(MemoryLink(pipe: pipe).peer, &inbox) {
        case .admitted: isReserved = false
        case .reserved: isReserved = true
        case .refused(let refusal): throw Refused(refusal: refusal)
        }
        let token = turns.links.open(pipe)
        turns.begin(token, isReserved: isReserved)
        return TurnedClient(self, pipe, token)
    }

    /// Something has happened to a connection.
    /// - Parameter isCrowded: more has happened than a turn can deal with.
    func handle(_ token: EventToken, flags: UInt32, isCrowded: Bool = false) {
        turns.handle(
            Poller.Event(token: token, flags: flags), isCrowded: isCrowded, &inbox)
    }

    func state(_ token: EventToken) -> ConnectionState { turns.states[token.place] }
    func deadline(_ token: EventToken) -> Deadline? {
        turns.deadlines.kind(of: token.place).flatMap { Deadline(rawValue: $0) }
    }
    /// Whether a connection waits to be read; how many do.
    func waits(_ token: EventToken) -> Bool { turns.ready.contains(token.place) }
    var waitingCount: Int { turns.ready.count }
    var pendingCount: Int { turns.pending.count }
    var connectionCount: Int { turns.links.count }
    var pendingBytes: Int { turns.pendingBytes }
    var sessionBytes: Int { turns.sessionBytes }

    // MARK: Turns

    /// Reads connections that wait, as many as a turn does.
    func serveReady(units: Int = ReadyQueues.unitsPerTurn) {
        turns.serveReady(units: units, &inbox)
    }

    /// Whether connections wait that may be read now, and in how many milliseconds the loop looks
    /// again.
    var hasReady: Bool { turns.hasReady }
    var endsGathering: Bool { turns.endsGathering }
    var untilNextDue: UInt64? { turns.untilNextDue }

    /// Whether the loop has asked the kernel until no more was ready.
    func know(allReady: Bool) { turns.knowsAllReady = allReady }

    /// Has the waits of requests that did not wait recorded, too.
    func flushUnread() { turns.unread.flush() }

    /// Connections that a turn accepts now.
    var acceptedPerCrowdedTurn: Int { turns.acceptedPerCrowdedTurn }

    /// Time passes, and what is due happens.
    func pass(milliseconds: UInt64) {
        self.milliseconds += milliseconds
        turns.advance(
            to: LoopTime(
                nanoseconds: self.milliseconds * 1_000_000,
                now: Timestamp(milliseconds: Int64(1_795_176_000_000 + self.milliseconds))))
        turns.expireDeadlines(&inbox)
        _ = turns.continueDraining()
    }

    func drain() { turns.beginDraining(&inbox) }

    /// The entries that were handed over and not answered, by their connections: those of
    /// operations that are held behind all others.
    func handedOver() -> [EventToken] {
        let lane = bench.shared.lanes[0]
        return tokens(in: lane.commands) + tokens(in: lane.heldCommands)
    }

    /// Of them those in the ring of operations that are held.
    func handedOverHeld() -> [EventToken] { tokens(in: bench.shared.lanes[0].heldCommands) }

    private func tokens(in ring: ByteRing) -> [EventToken] {
        var tokens: [EventToken] = []
        _ = ring.drain { record in
            tokens.append(record.envelope(as: EntryEnvelope.self).connection)
            return true
        }
        return tokens
    }

    /// The sequencer does not answer: what has waited for so long is given up.
    func abandonWaiting(olderThan milliseconds: UInt64) {
        turns.abandonWaiting(since: (self.milliseconds - milliseconds) * 1_000_000, &inbox)
    }

    /// The loop has seen that nothing is decided; nil: that something is.
    func halt(_ halt: EntryHalt?) { turns.apply(.halt(halt)) }

    /// The board has an operation as these commands leave it, beside those that made the loop.
    func publish(
        _ operation: UInt32, after commands: [AdministrativeCommand]
    ) throws {
        var ledger = Ledger()
        for command in self.commands + commands {
            _ = try ledger.apply(command, by: .admin, at: Timestamp(milliseconds: 0))
        }
        let index = Int(operation)
        bench.shared.board.publish(ledger.catalogue.operations[index], at: operation)
    }

    /// The board has the operation closed.
    func closeOperation() throws {
        try publish(0, after: [.operation(.close(id: "ete", note: nil))])
    }

    /// When the sequencer turned last.
    var sequencerBeat: Int64 { bench.shared.heartbeats.sequencerBeat }

    /// The sequencer turns, and has decided what the time is.
    func turnSequencer(_ clock: Health.Clock = .believed) {
        bench.shared.heartbeats.sequencerTurns(at: UInt64(sequencerBeat) + 1)
        bench.shared.health.clock = clock
    }

    /// The sequencer has accepted a connection's entry.
    func accept(_ token: EventToken, participant: UInt32, of operation: UInt32 = 0) {
        turns.answer(
            AnswerEnvelope(
                connection: token, entry: 1, operation: operation, participant: participant,
                verdict: .accepted), &inbox)
    }
}

/// The far end of a connection without a socket.
final class TurnedClient {
    private let loop: HandTurned
    let pipe: MemoryPipe
    let token: EventToken

    init(_ loop: HandTurned, _ pipe: MemoryPipe, _ token: EventToken) {
        self.loop = loop
        self.pipe = pipe
        self.token = token
    }

    var stage: Stage { loop.state(token).stage }
    var deadline: Deadline? { loop.deadline(token) }

    func send(_ text: String, isCrowded: Bool = false) {
        pipe.sent += Array(text.utf8)
        loop.handle(token, flags: 0x001, isCrowded: isCrowded)
    }

    /// The client takes so many bytes more; nil for any number.
    func read(_ room: Int?) {
        pipe.room = room
        loop.handle(token, flags: 0x004)
    }

    func finish() {
        pipe.isFinished = true
        loop.handle(token, flags: 0x001 | 0x2000)
    }

    /// The answers that have come, and are gone with that.
    func answers() throws -> [Answer] { try pipe.takeAnswers() }
}

extension MemoryPipe {
    /// The answers that have come, and are gone with that; to anything but HEAD.
    func takeAnswers() throws -> [Answer] {
        var answers: [Answer] = []
        while !received.isEmpty {
            let bytes = received
            let end = try #require(
                bytes.indices.first { bytes[$0...].starts(with: [13, 10, 13, 10]) }, "half a head")
            var answer = try Answer(head: Array(bytes[..<(end + 4)]))
            let length = Int(answer["content-length"] ?? "0") ?? 0
            try #require(bytes.count >= end + 4 + length, "half a body")
            answer.body = Array(bytes[(end + 4)..<(end + 4 + length)])
            received.removeFirst(end + 4 + length)
            answers.append(answer)
        }
        return answers
    }
}
