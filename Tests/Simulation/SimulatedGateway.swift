import Bytes
import Contract
import Cryptography
import Evidence
import Ledger
import Log
import Logging
import Playback
import Projections
import Snapshots
import Synchronization
import Time
import Vault

@testable import Gateway

/// A gateway without threads, sockets or clocks of its own: the real sequencer, ledger, log,
/// projector, pulse, turnstiles and ladder, turned by hand in virtual time.
///
/// Everything that is drawn comes from one seed, so a run can be had again: but for the vault's
/// secrets, and what is sealed under them, byte for byte.
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
    let vault: SimulatedVault
    /// Whether leaves are low.
    private let isLow = LeafAlarm()
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
        // The judge knows what each entry looks like; rhythm and likeness have tests of their own.
        limits.behaviourBytes = 0
        return limits
    }

    /// Recovers what the disk holds, and records the start.
    /// - Parameters:
    ///   - disk: several gateways may follow each other on it.
    ///   - vault: the same; a new one where it is nil.
    ///   - snapshots: what the start may begin with.
    ///   - onRecovery: gets every record that the start has read, and the last one of the snapshot
    ///     before them.
    ///   - stageTimes: how long the stages were busy; nil where nobody says.
    /// - Throws: ``LogError``, ``SimulatedVault/Crash``, and what `onRecovery` throws.
    init(
        disk: SimulatedDisk, vault: SimulatedVault? = nil, snapshots: SimulatedSnapshots? = nil,
        clock: SimulatedClock, random: SeededRandom, workers: Int = 1, policy: Policy = Policy(),
        limits: Limits = SimulatedGateway.limits, planted: PlantedFault? = nil,
        onRecovery: ([SimulatedDisk.StoredRecord], UInt64) throws -> Void = { _, _ in },
        stageTimes: (@Sendable () -> StageTimes)? = nil
    ) throws {
        self.clock = clock
        self.planted = planted
        self.vault = vault ?? SimulatedVault(random)
        var state = Snapshot()
        var records: [SimulatedDisk.StoredRecord] = []
        var start: UInt64 = 0
        let log = try (snapshots ?? SimulatedSnapshots(random)).recover(&state, end: &start) {
            state in
            records = []
            return try Self.open(disk, &state, at: clock.wallClock()) { records += $0 }
        }
        try onRecovery(records, start)
        var ledger = Ledger()
        swap(&ledger, &state.ledger)
        let keys = try Self.openVault(self.vault, ledger.catalogue)
        let projections = Projections(catalogue: ledger.catalogue, evidence: state.evidence)
        shared = try Shared(
            limits: limits, workers: workers, state: projections.state, clock: clock,
            random: random, logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() })
        projectorQueue = shared.projection
        loops = (0..<workers).map { [shared] in
            SimulatedLoop(shared, number: $0, planted: planted)
        }
        shared.leaves.add(
            try self.vault.reserveLeaves(Self.blockLeaves, from: ledger.nextLeaf))
        shared.leaves.setRefill { [isLow] in isLow.ring() }
        shared.durableRecords.store(ledger.records, ordering: .releasing)
        sequencer = Sequencer(shared: shared, ledger: ledger, log: log)
        projector = Projector(shared: shared, projections: projections, keys: keys)
        pulse = PulseLoop(shared, kernelPressure: { _ in 0 }, stageTimes: stageTimes)
        nextBeat = clock.monotonicNanoseconds() + Self.beatNanoseconds
        try sequencer.begin(version: "simulated", policy: policy)
        project()
    }

    /// Opens the log behind the state, and applies what stands there.
    private static func open(
        _ disk: SimulatedDisk, _ state: inout Snapshot, at time: Timestamp,
        onBatch: ([SimulatedDisk.StoredRecord]) -> Void
    ) throws -> Log {
        let log = try disk.open(
            after: state.position, committedAt: state.time, at: time
        ) { batch in
            try state.replay(batch)
            onBatch(SimulatedDisk.records(of: batch))
        }
        try state.ledger.endReplay()
        return log
    }

    /// What a start does in the vault: what was interrupted is finished, secrets that nobody needs
    /// any more are destroyed, the others read.
    private static func openVault(
        _ vault: SimulatedVault, _ catalogue: Catalogue
    ) throws -> [UInt32: OperationKeys] {
        try vault.open()
        for operation in catalogue.operations where operation.retirement != nil {
            try vault.destroy(operation.dataKeyID)
        }
        var keys: [UInt32: OperationKeys] = [:]
        for index in catalogue.standing {
            let id = catalogue.operations[Int(index)].dataKeyID
            guard let secrets = try vault.load(id) else {
                throw Judge.Difference("the secrets \(id) are gone")
            }
            keys[index] = OperationKeys(secrets, from: vault.nextLeaf)
        }
        return keys
    }

    /// So few that they run low in a run.
    private static var blockLeaves: UInt64 { 1 << 12 }

    /// Reserves leaves where a loop has found that few are left, as the control side does.
    /// - Throws: ``SimulatedVault/Crash``.
    func refillLeaves() throws {
        if isLow.isRungOnce() { shared.leaves.add(try vault.reserveLeaves(Self.blockLeaves)) }
    }

    /// What differs between the state in memory and what a replay of the disk comes to; nil where
    /// nothing does. This gateway must not go on afterwards.
    func difference(
        fromReplayOf disk: SimulatedDisk, _ snapshots: SimulatedSnapshots? = nil
    ) throws -> String? {
        var state = try snapshots?.oldest() ?? Snapshot()
        _ = try Self.open(disk, &state, at: clock.wallClock()) { _ in }
        var replayed = Ledger()
        swap(&replayed, &state.ledger)
        let evidence = state.evidence
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
        try refillLeaves()
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
    /// - Parameters:
    ///   - keys: of the operation that it makes.
    ///   - finish: called once it is completed, with the outcome.
    func submit(
        _ command: AdministrativeCommand, by author: Author = .admin,
        keys: OperationKeys? = nil,
        finish: @escaping @Sendable (AdministrativeOutcome) -> Void
    ) throws {
        let record = AdministrativeRecord(command, by: author)
        let isTwice = planted == .completedTwice
        let request = AdministrativeRequest(
            record: record, encoded: try record.json(), newKeys: keys
        ) { outcome in
            finish(outcome)
            if isTwice { finish(outcome) }
        }
        shared.administration.enqueue(request)
    }

    /// Has a command decided, now.
    /// - Throws: ``CommandRefusal`` where the ledger refuses it.
    func decide(
        _ command: AdministrativeCommand, by author: Author = .admin, keys: OperationKeys? = nil
    ) throws {
        let outcome = Mutex<AdministrativeOutcome?>(nil)
        try submit(command, by: author, keys: keys) { result in outcome.withLock { $0 = result } }
        try turn()
        switch outcome.withLock({ $0 }) {
        case .decided(let result, _): _ = try result.get()
        case .noSpace, .clockUnconfirmed, .handedOver: throw SimulationError.noSpace
        case nil: throw SimulationError.notCompleted
        }
    }

    /// Makes the secrets of an operation that is about to be.
    /// - Throws: ``SimulatedVault/Crash``.
    func createKeys(_ id: String) throws -> OperationKeys {
        OperationKeys(try vault.create(id), from: vault.nextLeaf)
    }

    /// Makes an operation that takes entries, with a key `pk_NAME`.
    func open(_ name: String, rule: EntryRule = .once, policy: LadderPolicy = .enforce) throws {
        let settings = OperationSettings(
            client: "acme", title: "T", rule: rule, robots: .off, policy: policy)
        try decide(.contract(.putClient(id: "acme", name: "Acme")))
        try decide(
            .operation(.put(id: name, settings: settings, dataKeyID: "d-\(name)")),
            keys: try createKeys("d-\(name)"))
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

    /// Records that are durable.
    var durableRecords: UInt64 { shared.durableRecords.load(ordering: .acquiring) }

    /// The ledger's own catalogue, and what it has counted.
    var catalogue: Catalogue { sequencer.ledger.catalogue }

    /// The ledger's time of the last turn.
    var latest: Timestamp { sequencer.latest }

    func counts(of operation: UInt32) -> OperationCounts? {
        sequencer.ledger.counts(of: operation)
    }

    func testCounts(of permit: UInt32) -> OperationCounts? {
        sequencer.ledger.testCounts(of: permit)
    }

    /// Turnstiles that were looked at so far.
    var publishedTurnstiles: UInt64 { sequencer.turnstiles.published }

    /// Whether a turn now would find something to do.
    var hasWork: Bool { sequencer.hasWork }

    /// The number that was given last, and how many records there are.
    var end: (lastEntry: EntryNumber, records: UInt64) {
        (sequencer.ledger.lastEntry, sequencer.ledger.records)
    }
}

/// Rung by a loop that finds few leaves left.
private final class LeafAlarm: Sendable {
    private let isRinging = Mutex(false)

    func ring() { isRinging.withLock { $0 = true } }

    /// Whether it was rung since it was asked last.
    func isRungOnce() -> Bool {
        isRinging.withLock { isRinging in
            defer { isRinging = false }
            return isRinging
        }
    }
}

enum SimulationError: Error {
    /// A command was not completed in the turn that it was given.
    case notCompleted
    case noSpace
}
