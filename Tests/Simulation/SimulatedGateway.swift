import Bytes
import Contract
import Cryptography
import Evidence
import Ledger
import Log
import Logging
import Projections
import Synchronization
import TestSupport
import Time

@testable import Gateway

/// A gateway without threads, sockets or clocks of its own: the real sequencer, ledger, projector,
/// pulse, turnstiles and ladder, turned by hand in virtual time.
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
    /// Virtual nanoseconds until the next beat of the pulse.
    private var untilBeat = SimulatedGateway.beatNanoseconds

    private static var beatNanoseconds: UInt64 { 100_000_000 }

    /// Limits that one machine can run many of.
    static var limits: Limits {
        var limits = Limits()
        limits.connections = 4_096
        limits.journalSegmentBytes = 4 << 20
        limits.journalBatchBytes = 512 << 10
        limits.gatherMicroseconds = 0
        return limits
    }

    /// Recovers what the folder's log holds, and records the start.
    /// - Parameter folder: of the log; several gateways may follow each other on it.
    init(
        folder: String, clock: SimulatedClock, random: SeededRandom, workers: Int = 1,
        policy: Policy = Policy(), limits: Limits = SimulatedGateway.limits
    ) throws {
        self.clock = clock
        var ledger = Ledger()
        var evidence = EvidenceIndex()
        let log = try Self.recover(folder, &ledger, &evidence, limits, at: clock.wallClock())
        let projections = Projections(catalogue: ledger.catalogue, evidence: evidence)
        shared = try Shared(
            limits: limits, workers: workers, state: projections.state, clock: clock,
            random: random, logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() })
        loops = (0..<workers).map { [shared] in SimulatedLoop(shared, number: $0) }
        sequencer = Sequencer(shared: shared, ledger: ledger, log: log)
        projector = Projector(shared: shared, projections: projections, keys: [:])
        pulse = PulseLoop(shared, kernelPressure: { _ in 0 })
        try sequencer.begin(version: "simulated", policy: policy)
        _ = projector.turn()
    }

    private static func recover(
        _ folder: String, _ ledger: inout Ledger, _ evidence: inout EvidenceIndex,
        _ limits: Limits, at time: Timestamp
    ) throws -> Log {
        var options = LogOptions()
        options.segmentBytes = limits.journalSegmentBytes
        options.maximumBatchBytes = limits.journalBatchBytes
        let log = try Log.open(directory: folder, options: options, at: time) { batch in
            var records = batch.records
            while let record = records.next() {
                try ledger.replay(kind: record.kind, bytes: record.bytes, at: batch.header.time)
                if record.kind != EntryRecord.kind {
                    evidence.add(try EvidenceRecord(record, of: batch))
                }
            }
        }
        try ledger.endReplay()
        return log
    }

    // MARK: Time

    /// Lets virtual time go on, then turns everything that has something to do: the sequencer, the
    /// loops, the projector, and ten times a second the pulse.
    func step(nanoseconds: UInt64) throws {
        clock.advance(byNanoseconds: nanoseconds)
        try turn()
        untilBeat -= min(untilBeat, nanoseconds)
        guard untilBeat == 0 else { return }
        untilBeat = Self.beatNanoseconds
        pulse.turn()
        try turn()
    }

    private func turn() throws {
        try sequencer.turn()
        for loop in loops { loop.receive() }
        _ = projector.turn()
    }

    // MARK: Operators

    /// Has a command decided, now.
    /// - Throws: ``CommandRefusal`` where the ledger refuses it.
    func decide(_ command: AdministrativeCommand, by author: Author = .admin) throws {
        let outcome = Mutex<AdministrativeOutcome?>(nil)
        let record = AdministrativeRecord(command, by: author)
        let request = AdministrativeRequest(record: record, encoded: try record.json()) { result in
            outcome.withLock { $0 = result }
        }
        shared.administration.enqueue(request)
        try turn()
        switch outcome.withLock({ $0 }) {
        case .decided(let result, _): _ = try result.get()
        case .noSpace: throw SimulationError.noSpace
        case nil: throw SimulationError.notCompleted
        }
    }

    /// Makes an operation that takes entries, with the key that ``SimulatedLoop`` uses.
    func open(_ name: String, rule: EntryRule = .once, policy: LadderPolicy = .enforce) throws {
        let settings = OperationSettings(
            client: "acme", title: "T", rule: rule, robots: .off, policy: policy)
        let digest = KeyDigest(Token.digest(of: "pk_\(name)").bytes)
        guard let digest else { throw SimulationError.notCompleted }
        try decide(.contract(.putClient(id: "acme", name: "Acme")))
        try decide(.operation(.put(id: name, settings: settings, dataKeyID: "d-\(name)")))
        try decide(.access(.addKey(operation: name, keyID: "k-\(name)", digest: digest)))
        try decide(.operation(.open(id: name, note: nil)))
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

    func counts(of operation: UInt32) -> OperationCounts? {
        sequencer.ledger.counts(of: operation)
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
        }
        return nil
    }
}

enum SimulationError: Error {
    /// A command was not completed in the turn that it was given.
    case notCompleted
    case noSpace
}

/// Random words that can be had again.
final class SeededRandom: RandomSource {
    private let generator: Mutex<SeededGenerator>

    init(seed: UInt64) {
        generator = Mutex(SeededGenerator(seed: seed))
    }

    func word() -> UInt64 { generator.withLock { $0.next() } }

    /// A number below the bound.
    func below(_ bound: Int) -> Int { Int(word() % UInt64(bound)) }
}
