import Bytes
import Cluster
import Contract
import Evidence
import Files
import Ledger
import LockFree
import Log
import Projections
import Sockets
import Testing
import Time

@testable import Gateway

/// Two nodes' sequencers that a test turns by hand: one leads, the other follows it and takes over.
/// Both have the same log; between them there is neither an engine nor a link.
final class OfficePair {
    let clock = HandClock()
    let leader: Shared
    let follower: Shared
    let followerDisk: MemoryStore
    private var leading: Sequencer
    private var following: Sequencer
    private let written = CopiedLog()
    private let feed = Feed()

    /// What the follower is given, and what its office meets.
    final class Feed: FollowedLog, @unchecked Sendable {
        // `@unchecked Sendable`: used by the thread alone that turns the sequencer.
        var batches: [[UInt8]] = []
        var office: LogOwner?
        var prepare: () throws(StartError) -> Void = {}
        private(set) var hasBegun = false

        func turn(
            waking bell: Int32?, _ apply: (RawSpan) throws(LogError) -> LogPosition
        ) throws(FollowerFailure) -> LogOwner? {
            defer { batches = [] }
            for batch in batches {
                do throws(LogError) {
                    _ = unsafe try apply(batch.span.bytes)
                } catch {
                    throw .log(error)
                }
            }
            return office
        }

        func giveUpLanes() -> KeptEntries? { nil }

        func prepareOffice(
            _ office: LogOwner, _ log: inout Log, _ ledger: borrowing Ledger
        ) throws(StartError) -> OwnStart {
            try prepare()
            return OwnStart(version: "new", policy: Policy())
        }

        func beginOffice(_ office: LogOwner) throws(StartError) { hasBegun = true }
    }

    /// - Parameters:
    ///   - commands: what both have decided before.
    ///   - level: the format level that the leader knows.
    init(_ commands: [AdministrativeCommand], level: UInt16 = FormatLevel.current) throws {
        leader = try Self.shared(commands, "a", clock)
        follower = try Self.shared(commands, "b", clock)
        var ledger = try Self.ledger(commands)
        ledger.knownLevel = level
        var log = try Log.open(try MemoryStore(), at: clock.wallClock()) { _ in }
        let written = written
        log.wrapStore { CopyingStore($0, written) }
        leading = Sequencer(shared: leader, ledger: ledger, log: log)
        followerDisk = try MemoryStore()
        following = Sequencer(
            shared: follower, ledger: try Self.ledger(commands),
            log: try Log.open(followerDisk, at: clock.wallClock()) { _ in }, following: feed)
    }

    private static func shared(
        _ commands: [AdministrativeCommand], _ node: String, _ clock: HandClock
    ) throws -> Shared {
        let catalogue = try ledger(commands).catalogue
        let projections = Projections(catalogue: catalogue, evidence: EvidenceIndex())
        return try Shared(
            limits: TestGateway.limits, workers: 1, state: projections.state, clock: clock,
            cluster: ClusterStatus(node: node), logger: TestGateway.silent)
    }

    private static func ledger(_ commands: [AdministrativeCommand]) throws -> Ledger {
        var ledger = Ledger()
        for command in commands {
            _ = try ledger.apply(command, by: .admin, at: Timestamp(milliseconds: 0))
        }
        return ledger
    }

    // MARK: Turns

    /// The leader decides, and the follower goes on with what it has stored.
    /// - Throws: ``StartError`` where it cannot.
    func turn() throws {
        try leading.turn()
        feed.batches = written.drain()
        try following.follow()
        drainProjections()
    }

    /// The follower has the office.
    func takeOffice() throws {
        feed.office = LogOwner(node: "b", term: 2, address: "-")
        try following.follow()
        drainProjections()
        try #require(feed.hasBegun && following.followed == nil)
    }

    /// The follower decides.
    func turnFollower() throws {
        try following.turn()
        drainProjections()
    }

    /// Nobody projects.
    private func drainProjections() {
        for shared in [leader, follower] { shared.projection.finish(shared.projection.drain()) }
    }

    // MARK: Entries

    /// Leaves an entry of the first operation in a node's ring.
    func leave(
        _ person: UInt64, at node: Shared, leaf: UInt64 = 0, ticket: UInt64 = 0,
        epoch: UInt64 = 0
    ) {
        let command = EntryCommand(
            operation: 0, key: 0, participant: Fingerprint(high: person &* 977, low: person),
            consentsGiven: true, leaf: leaf)
        var record = ByteBuffer(capacity: 1 << 10)
        record.append(
            EntryEnvelope(
                connection: EventToken(place: UInt32(person), generation: 0),
                handedOver: clock.monotonicNanoseconds(), command: command, ticket: ticket,
                ticketEpoch: epoch, sourceBytes: 0))
        record.append(zeros: 32)
        let lane = node.lanes[0]
        let ring = node.board.isHeld(0) ? lane.heldCommands : lane.commands
        let isTaken = ring.push(record.bytes)
        #expect(isTaken)
    }

    /// The answers in a node's ring.
    func answers(of node: Shared) -> [AnswerEnvelope] {
        var found: [AnswerEnvelope] = []
        while node.lanes[0].answers.pop({
            found.append($0.envelope(as: AnswerEnvelope.self))
        }) {}
        return found
    }
}
