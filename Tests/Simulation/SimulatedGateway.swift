import Bytes
import Contract
import Cryptography
import Evidence
import Ledger
import Log
import Logging
import Playback
import Projections
import Synchronization
import Time
import Vault

@testable import Gateway

/// A gateway without threads, sockets or clocks of its own: the real sequencer, ledger, log,
/// projector, pulse, turnstiles and ladder, turned by hand in virtual time.
///
/// Everything that is drawn comes from one seed, so a run can be had again, byte for byte: the
/// log's chain value stands for all of it.
final class SimulatedGateway {
    let clock: SimulatedClock
    let shared: Shared
    /// One for each worker.
    private(set) var loops: [SimulatedLoop]
    private var sequencer: Sequencer
    private var projector: Projector
    private var pulse: PulseLoop
    private let planted: PlantedFault?
    /// Turns of the projector so far: what a planted fault counts by.
    private var projectorTurns = 0
    private let projectorQueue: ProjectionQueue
    /// When the pulse beats next, nanoseconds of the monotonic clock.
    private var nextBeat: UInt64

    private static var beatNanoseconds: UInt64 { 100_000_000 }

    /// Limits that one machine can run many of.
    static var limits: Limits {
        var limits = Limits()
        limits.connections = 4_096
        limits.journalSegmentBytes = SimulatedDisk.options.segmentBytes
        limits.journalBatchBytes = SimulatedDisk.options.maximumBatchBytes
        limits.gatherMicroseconds = 0
        return limits
    }

    /// Recovers what the disk holds, and records the start.
    /// - Parameters:
    ///   - disk: several gateways may follow each other on it.
    ///   - onRecovery: gets every record that the start has read.
    init(
        disk: SimulatedDisk, clock: SimulatedClock, random: SeededRandom, workers: Int = 1,
        policy: Policy = Policy(), planted: PlantedFault? = nil,
        onRecovery: ([SimulatedDisk.StoredRecord]) throws -> Void = { _ in }
    ) throws {
        self.clock = clock
        self.planted = planted
        var ledger = Ledger()
        var evidence = EvidenceIndex()
        var records: [SimulatedDisk.StoredRecord] = []
        let log = try Self.recover(disk, &ledger, &evidence, &records, at: clock.wallClock())
        try onRecovery(records)
        let projections = Projections(catalogue: ledger.catalogue, evidence: evidence)
        shared = try Shared(
            limits: Self.limits, workers: workers, state: projections.state, clock: clock,
            random: random, logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() })
        projectorQueue = shared.projection
        loops = (0..<workers).map { [shared] in
            SimulatedLoop(shared, number: $0, planted: planted)
        }
        var keys: [UInt32: OperationKeys] = [:]
        for index in ledger.catalogue.standing { keys[index] = Self.operationKeys }
        sequencer = Sequencer(shared: shared, ledger: ledger, log: log)
        projector = Projector(shared: shared, projections: projections, keys: keys)
        pulse = PulseLoop(shared, kernelPressure: { _ in 0 })
        nextBeat = clock.monotonicNanoseconds() + Self.beatNanoseconds
        try sequencer.begin(version: "simulated", policy: policy)
        project()
    }

    private static func recover(
        _ disk: SimulatedDisk, _ ledger: inout Ledger, _ evidence: inout EvidenceIndex,
        _ records: inout [SimulatedDisk.StoredRecord], at time: Timestamp
    ) throws -> Log {
        let log = try disk.open(at: time) { batch in
            try ledger.play(batch) { record, _ in
                if let record = EvidenceRecord(record) { evidence.add(record) }
            }
            records += SimulatedDisk.records(of: batch)
        }
        try ledger.endReplay()
        return log
    }

    /// The keys of every operation: what is sealed with them is of no interest here.
    static let operationKeys = OperationKeys(OperationSecrets(), from: 0)

    /// What differs between the state in memory and what a replay of the disk comes to; nil where
    /// nothing does. This gateway must not go on afterwards.
    func difference(fromReplayOf disk: SimulatedDisk) throws -> String? {
        var replayed = Ledger()
        var evidence = EvidenceIndex()
        var records: [SimulatedDisk.StoredRecord] = []
        _ = try Self.recover(disk, &replayed, &evidence, &records, at: clock.wallClock())
        if replayed.records != sequencer.ledger.records { return "the number of records" }
        if replayed.lastEntry != sequencer.ledger.lastEntry { return "the last entry" }
        if replayed.catalogue != catalogue { return "the catalogue" }
        let projected = shared.projected.evidence
        for (index, operation) in catalogue.operations.enumerated() {
            if replayed.counts(of: UInt32(index)) != counts(of: UInt32(index)) {
                return "counts of \(index)"
            }
            let sequences = evidence.records(of: operation.id).map(\.sequence)
            if projected.records(of: operation.id).map(\.sequence) != sequences {
                return "the evidence of \(operation.id)"
            }
        }
        return nil
    }

    // MARK: Time

    /// Lets virtual time go on, then turns everything that has something to do: the sequencer, the
    /// loops, the projector, and ten times a second the pulse.
    func step(nanoseconds: UInt64) throws {
        clock.advance(byNanoseconds: nanoseconds)
        try turn()
        if beat() { try turn() }
    }

    /// Turns the pulse, if it is time.
    func beat() -> Bool {
        let now = clock.monotonicNanoseconds()
        guard now >= nextBeat else { return false }
        nextBeat = now + Self.beatNanoseconds
        pulse.turn()
        _ = shared.lanes[shared.adminLane].drainMessages()
        return true
    }

    /// Turns the sequencer, then the loops.
    /// - Parameter isProjected: whether the projector turns too.
    func turn(isProjected: Bool = true) throws {
        try sequencer.turn()
        for loop in loops { loop.receive() }
        if isProjected { project() }
    }

    /// Turns the projector, then the loops.
    func project() {
        projectorTurns += 1
        if planted == .projectionSkipped, projectorTurns % 8 == 0 {
            projectorQueue.finish(projectorQueue.drain())
        }
        _ = projector.turn()
        for loop in loops { loop.receive() }
    }

    // MARK: Operators

    /// Hands a command over.
    /// - Parameter finish: called once it is completed, with the outcome.
    func submit(
        _ command: AdministrativeCommand, by author: Author = .admin,
        finish: @escaping @Sendable (AdministrativeOutcome) -> Void
    ) throws {
        let record = AdministrativeRecord(command, by: author)
        let isTwice = planted == .completedTwice
        let request = AdministrativeRequest(
            record: record, encoded: try record.json(), newKeys: Self.operationKeys
        ) { outcome in
            finish(outcome)
            if isTwice { finish(outcome) }
        }
        shared.administration.enqueue(request)
    }

    /// Has a command decided, now.
    /// - Throws: ``CommandRefusal`` where the ledger refuses it.
    func decide(_ command: AdministrativeCommand, by author: Author = .admin) throws {
        let outcome = Mutex<AdministrativeOutcome?>(nil)
        try submit(command, by: author) { result in outcome.withLock { $0 = result } }
        try turn()
        switch outcome.withLock({ $0 }) {
        case .decided(let result, _): _ = try result.get()
        case .noSpace, .clockUnconfirmed: throw SimulationError.noSpace
        case nil: throw SimulationError.notCompleted
        }
    }

    /// Makes an operation that takes entries, with a key `pk_NAME`.
    func open(_ name: String, rule: EntryRule = .once, policy: LadderPolicy = .enforce) throws {
        let settings = OperationSettings(
            client: "acme", title: "T", rule: rule, robots: .off, policy: policy)
        try decide(.contract(.putClient(id: "acme", name: "Acme")))
        try decide(.operation(.put(id: name, settings: settings, dataKeyID: "d-\(name)")))
        try decide(
            .access(
                .addKey(
                    operation: name, keyID: "k-\(name)",
                    digest: try Self.digest(of: "pk_\(name)"))))
        try decide(.operation(.open(id: name, note: nil)))
    }

    static func digest(of secret: String) throws -> KeyDigest {
        guard let digest = KeyDigest(Token.digest(of: secret).bytes) else {
            throw SimulationError.notCompleted
        }
        return digest
    }

    // MARK: What must hold

    /// The chain value of the last durable batch: equal runs have equal ones.
    var chain: String {
        var text = ByteBuffer(capacity: 64)
        text.append(hexadecimal: sequencer.log.chain.bytes)
        return text.text
    }

    /// The ledger's own catalogue, and what it has counted.
    var catalogue: Catalogue { sequencer.ledger.catalogue }

    /// The ledger's time of the last turn.
    var latest: Timestamp { sequencer.latest }

    func counts(of operation: UInt32) -> OperationCounts? {
        sequencer.ledger.counts(of: operation)
    }

    /// The number that was given last, and how many records there are.
    var end: (lastEntry: EntryNumber, records: UInt64) {
        (sequencer.ledger.lastEntry, sequencer.ledger.records)
    }

    /// What differs between the ledger and what readers see of it; nil where nothing does. To be
    /// asked between two steps, when everything is published.
    var difference: String? {
        if shared.projected.catalogue != catalogue { return "the projected catalogue" }
        if shared.projection.lagNanoseconds(at: clock.monotonicNanoseconds()) != 0 {
            return "a projection lag"
        }
        for index in catalogue.standing {
            if shared.board.counts(of: index) != counts(of: index) { return "counts of \(index)" }
            if shared.board.state(of: index) != catalogue.operations[Int(index)].state {
                return "the state of \(index)"
            }
            if shared.board.pace(of: index) != catalogue.operations[Int(index)].perSecond {
                return "the pace of \(index)"
            }
        }
        return loops.lazy.compactMap { self.difference(of: $0) }.first
    }

    /// What a loop knows that is not so, or does not know.
    private func difference(of loop: SimulatedLoop) -> String? {
        for (index, operation) in catalogue.operations.enumerated() {
            let current = catalogue.operationIndex(operation.id)
            let known = loop.operation(named: operation.id)
            if known?.index != current { return "a loop's operation \(operation.id)" }
            if current == UInt32(index), known?.title != operation.settings.title {
                return "a loop's settings of \(operation.id)"
            }
        }
        for (index, key) in catalogue.keys.enumerated() {
            let known = loop.key(UInt32(index))
            guard known?.isRevoked == (key.revokedAt != nil), known?.operation == key.operation
            else { return "a loop's key \(key.id)" }
        }
        return nil
    }
}

enum SimulationError: Error {
    /// A command was not completed in the turn that it was given.
    case notCompleted
    case noSpace
}
