import Bytes
import Cluster
import Contract
import Evidence
import Ledger
import Log
import Logging
import Projections
import Synchronization
import Time

@testable import Gateway

/// A node that follows a simulated gateway: the real sequencer in its other role, with a log of its
/// own, and the real projector behind it. It gets the batches that the gateway's disk has.
final class SimulatedFollower {
    let shared: Shared
    private var sequencer: Sequencer
    private var projector: Projector
    private let feed = Feed()
    private let lines = Lines()
    /// Where the next batch stands on the gateway's disk.
    private var position = LogPosition.beginning
    /// What the gateway told those who follow events, by record, and was not compared yet.
    private var expected: [UInt64: [UInt8]] = [:]
    private(set) var eventsCompared = 0

    /// Batches in hand, and the office once it is to begin.
    private final class Feed: FollowedLog, @unchecked Sendable {
        // `@unchecked Sendable`: a simulation runs on one thread.
        var batches: [[UInt8]] = []
        var office: LogOwner?
        var start = OwnStart(version: "simulated", policy: Policy())
        var hasBegun = false

        func giveUpLanes() -> KeptEntries? { nil }

        func turn(
            waking bell: Int32?, _ apply: (RawSpan) throws(LogError) -> LogPosition
        ) throws(FollowerFailure) -> LogOwner? {
            for batch in batches {
                do throws(LogError) {
                    _ = unsafe try apply(batch.span.bytes)
                } catch {
                    throw .log(error)
                }
            }
            batches = []
            return office
        }

        func prepareOffice(
            _ office: LogOwner, _ log: inout Log, _ ledger: borrowing Ledger
        ) throws(StartError) -> OwnStart { start }

        func beginOffice(_ office: LogOwner) throws(StartError) { hasBegun = true }
    }

    /// Counts what would be in the process's log.
    private final class Lines: Sendable {
        private let counted = Mutex(0)

        var count: Int { counted.withLock { $0 } }

        var logger: Logger { Logger(label: "follower") { _ in Handler(lines: self) } }

        private struct Handler: LogHandler {
            let lines: Lines
            var logLevel = Logger.Level.info
            var metadata: Logger.Metadata = [:]

            init(lines: Lines) { self.lines = lines }

            subscript(metadataKey key: String) -> Logger.MetadataValue? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }

            func log(event: LogEvent) { lines.counted.withLock { $0 += 1 } }
        }
    }

    init(clock: SimulatedClock, random: SeededRandom) throws {
        let ledger = Ledger()
        let projections = Projections(catalogue: ledger.catalogue, evidence: EvidenceIndex())
        shared = try Shared(
            limits: SimulatedGateway.limits, workers: 1, state: projections.state, clock: clock,
            random: random, cluster: ClusterStatus(node: "b"), logger: lines.logger)
        let log = try Log.open(
            try MemoryStore(options: SimulatedDisk.options), at: clock.wallClock()
        ) { _ in }
        sequencer = Sequencer(shared: shared, ledger: ledger, log: log, following: feed)
        projector = Projector(shared: shared, projections: projections, keys: [:])
    }

    /// Follows up to the end of what the disk has.
    /// - Throws: ``StartError`` where a batch is decided otherwise here.
    func follow(_ disk: SimulatedDisk) throws {
        try disk.read(after: position) { batch in
            feed.batches.append(batch.bytes.array)
            position = batch.end
        }
        try sequencer.follow()
        drainMessages()
    }

    /// Takes office, and decides its own start.
    func takeOffice() throws {
        guard lines.count == 0 else {
            throw Judge.Difference("a follower logs what its leader decided")
        }
        feed.office = LogOwner(node: "b", term: 2, address: "-")
        try sequencer.follow()
        _ = projector.turn()
        drainMessages()
        guard feed.hasBegun, sequencer.followed == nil else {
            throw Judge.Difference("a follower with an office does not lead")
        }
        guard lines.count > 0 else { throw Judge.Difference("its start is not logged") }
        // As a leader from here on.
        try sequencer.turn()
    }

    private func drainMessages() {
        for lane in shared.lanes { _ = lane.drainMessages() }
    }

    // MARK: What must hold

    /// What a reader of the board sees otherwise than at the leader; nil for nothing. To be asked
    /// behind each turn of the leader.
    func boardDifference(from leader: SimulatedGateway) -> String? {
        let (own, other) = (shared, leader.shared)
        let durable = own.durableRecords.load(ordering: .relaxed)
        if durable != leader.durableRecords { return "the durable records" }
        if own.publishedRecords.load(ordering: .relaxed) != durable {
            return "the published records"
        }
        if own.durableEnd.withLock({ $0 }) != other.durableEnd.withLock({ $0 }) {
            return "the log's end"
        }
        let time = leader.latest
        for index in leader.catalogue.standing {
            let (mine, its) = (own.board, other.board)
            let (status, expected) = (
                mine.suspensionStatus(of: index), its.suspensionStatus(of: index)
            )
            if mine.counts(of: index) != its.counts(of: index) { return "counts of \(index)" }
            if mine.state(of: index) != its.state(of: index) { return "the state of \(index)" }
            if mine.pace(of: index) != its.pace(of: index) { return "the pace of \(index)" }
            if mine.shedding(of: index, at: time) != its.shedding(of: index, at: time) {
                return "the shedding of \(index)"
            }
            if status?.until != expected?.until || status?.ground != expected?.ground {
                return "the suspension of \(index)"
            }
        }
        for permit in leader.catalogue.permits.indices {
            let permit = UInt32(permit)
            if own.runs.counts(of: permit) != other.runs.counts(of: permit) {
                return "the run of permit \(permit)"
            }
        }
        return nil
    }

    /// The same of views and events. To be asked when the leader has projected everything.
    func viewDifference(from leader: SimulatedGateway) -> String? {
        _ = projector.turn()
        drainMessages()
        let (own, other) = (shared.projected, leader.shared.projected)
        if own.catalogue != other.catalogue { return "the catalogue" }
        for operation in other.catalogue.operations {
            let sequences = other.evidence.records(of: operation.id).map(\.sequence)
            if own.evidence.records(of: operation.id).map(\.sequence) != sequences {
                return "the evidence of \(operation.id)"
            }
        }
        for event in leader.shared.events.drain(remembering: 0).events {
            expected[event.record] = event.bytes
        }
        for event in shared.events.drain(remembering: 0).events {
            // What a leader that ended had recorded, and nobody has read of it.
            guard let bytes = expected.removeValue(forKey: event.record) else { continue }
            if event.bytes != bytes { return "the event of record \(event.record)" }
            eventsCompared += 1
        }
        return expected.keys.min().map { "no event of record \($0)" }
    }
}
