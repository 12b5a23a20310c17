import Bytes
import Contract
import Ledger
import Log
import Synchronization
import Time

@testable import Gateway

/// One seed's run: gateways that follow each other on one disk, people and operators around them,
/// and faults of disk, process and clock, in virtual time on one thread.
///
///     commands, entries ─► turn ─┬─ stored ─► records, answers, completions held against the model
///                                └─ failed ─► nothing may be answered ─► start on what is durable
///
/// One seed in four begins with a ``Prehistory``, and has a flood that crosses the cover.
final class Simulation {
    /// Equal seeds give equal ones.
    struct Run: Equatable {
        var trace: UInt64
        var records: TraceHash
        var virtualSeconds: UInt64
        var occurrences: [String: Int]
    }

    /// A promise that was not kept.
    struct Divergence: Error, CustomStringConvertible {
        let seed: UInt64
        let turn: Int
        let text: String

        var description: String { "seed \(seed), turn \(turn): \(text)" }
    }

    let random: SeededRandom
    let clock: SimulatedClock
    let disk: SimulatedDisk
    let vault: SimulatedVault
    let snapshots: SimulatedSnapshots
    let operators: Operators
    let hasFlood: Bool
    var judge: Judge
    private let seed: UInt64
    private let planted: PlantedFault?
    private let gatewayRandom: SeededRandom
    private var crowd: Crowd
    private var trace = TraceHash()
    private var running: SimulatedGateway?
    /// A node that follows, if there is one.
    private var follower: SimulatedFollower?

    init(seed: UInt64, planted: PlantedFault? = nil, isFollowed: Bool = false) throws {
        self.seed = seed
        self.planted = planted
        hasFlood = seed % 4 == 0
        random = SeededRandom(seed: seed)
        gatewayRandom = SeededRandom(seed: ~seed)
        clock = SimulatedClock(random.element(Self.beginnings))
        disk = try SimulatedDisk(planted: planted)
        vault = SimulatedVault(random, planted: planted)
        snapshots = SimulatedSnapshots(random)
        judge = Judge()
        operators = Operators(random, secrets: hasFlood ? [Prehistory.secret] : [])
        crowd = Crowd(random)
        if hasFlood { try begin(with: try Prehistory.shared.get()) }
        if isFollowed {
            follower = try SimulatedFollower(clock: clock, random: SeededRandom(seed: seed &* 3))
        }
    }

    private func begin(with prehistory: Prehistory) throws {
        judge = prehistory.judge
        try disk.preload(prehistory.batches)
        try snapshots.preload(prehistory.snapshot, lastSequence: prehistory.lastSequence)
        try vault.open()
        _ = try vault.create(Prehistory.dataKey)
    }

    /// When runs begin: in the morning, before midnight, and before changes of offset in Paris, on
    /// Lord Howe Island and in New York.
    private static let beginnings = [
        1_800_000_000, 1_798_761_000, 1_806_190_200, 1_824_942_600, 1_806_762_600, 1_805_005_800,
    ].map { Timestamp(milliseconds: $0 * 1_000) }

    /// - Throws: ``Divergence``.
    func run(episodes: Int) throws -> Run {
        do {
            try start()
            vault.crashOneIn = 40
            try withVault { try operators.found(try gateway) }
            try settle()
            let flooded = hasFlood ? random.below(episodes) : episodes
            for episode in 0..<episodes {
                if episode == flooded { try flood() }
                try self.episode()
            }
            try restart()
            try settle()
            try checkVault(sample: nil)
            if let follower {
                try follower.takeOffice()
                judge.count("office taken by a follower")
            }
            return Run(
                trace: trace.value, records: judge.recordHash,
                virtualSeconds: milliseconds / 1_000, occurrences: judge.occurrences)
        } catch let difference as Judge.Difference {
            throw Divergence(seed: seed, turn: judge.turn, text: difference.text)
        } catch {
            throw Divergence(seed: seed, turn: judge.turn, text: "\(error)")
        }
    }

    var gateway: SimulatedGateway {
        get throws {
            guard let running else { throw Judge.Difference("no gateway runs") }
            return running
        }
    }

    private var milliseconds: UInt64 { clock.monotonicNanoseconds() / 1_000_000 }

    // MARK: Processes

    /// Starts a gateway on what is durable; again, where the disk or the process fails meanwhile.
    private func start() throws {
        running = nil
        while running == nil {
            planFaults()
            do {
                running = try SimulatedGateway(
                    disk: disk, vault: vault, snapshots: snapshots, clock: clock,
                    random: gatewayRandom, workers: 2, planted: planted
                ) { records, snapshot in
                    if snapshot > 0 { judge.count("start from a snapshot") }
                    try judge.recover(records, after: snapshot)
                }
                try takeStock()
            } catch let error as LogError {
                // What the replay found, and not the disk, is an error of another kind.
                guard case .failed = error else { throw error }
                judge.count("crash at the start")
            } catch is SimulatedVault.Crash {
                judge.count("crash in the vault at the start")
                running = nil
            }
        }
        try settleClock()
        try checkRetired()
        try checkVault(sample: 20)
        // On a full disk neither the start is on record nor what is due.
        if !disk.memory.isFull { try judge.compare(try gateway) }
    }

    /// A start with a clock that is days away from the log's last record: nothing is decided until
    /// the clock is put right, or an operator takes it for right.
    private func settleClock() throws {
        let gateway = try gateway
        guard gateway.shared.health.clock == .unconfirmed else { return }
        judge.count("start with a clock that is days off")
        try post(3, to: Operators.names, isNew: true)
        try turn(isProjected: true)
        // Where the disk has failed meanwhile, another start has settled it.
        let isSame = try self.gateway === gateway
        guard isSame, gateway.shared.health.clock == .unconfirmed else { return }
        if random.oneIn(2) {
            let difference = gateway.latest.milliseconds - clock.wallClock().milliseconds
            clock.setWallClock(forwardByMilliseconds: difference + 1_000)
        } else {
            gateway.shared.confirmClock()
        }
        try turn(isProjected: true)
    }

    /// When the disk fails next, and how; and some calls that are slow.
    private func planFaults() {
        let memory = disk.memory
        memory.onDelay = { [clock] in clock.advance(byNanoseconds: $0) }
        let fault: MemoryStore.Fault =
            switch random.below(6) {
            case 0: .failing
            case 1: .crashBefore
            case 2: .crashAfter
            case 3: .tornSectors(missing: random.word())
            default: .torn(bytes: random.below(2_000))
            }
        memory.faults = [memory.calls + 1 + UInt64(random.below(70)): fault]
        for _ in 0..<random.below(4) {
            let call = memory.calls + 1 + UInt64(random.below(100))
            let delay = UInt64(1 + random.below(400)) * 10_000_000
            if memory.faults[call] == nil { memory.faults[call] = .slow(nanoseconds: delay) }
        }
    }

    /// The process has ended at a failed write.
    private func crash() throws {
        judge.count("crash")
        let isAnswered = try gateway.loops.contains {
            $0.hasUnreadAnswer || !$0.drainAnswers().isEmpty
        }
        let completions = operators.drainCompletions(of: try gateway.catalogue)
        if isAnswered || !completions.isEmpty {
            throw Judge.Difference("something is answered after a failed write")
        }
        try endProcess()
    }

    /// The process has ended; after some time another one follows.
    private func endProcess() throws {
        trace.add(0xDEAD)
        try loseProcess()
        try pass(seconds: random.below(20))
        try start()
    }

    private func loseProcess() throws {
        running = nil
        crowd.loseAnswers(at: milliseconds)
        operators.loseCompletions()
        if random.oneIn(5) { try snapshots.damage() }
        // `portillon vault forget`, while no gateway runs.
        guard random.oneIn(4) else { return vault.close() }
        do {
            try vault.open()
            try forget()
        } catch is SimulatedVault.Crash {
            // The next start finds what it left.
        }
        vault.close()
    }

    /// Compares what a replay comes to with what is in memory; then another process follows.
    func restart() throws {
        try settle()
        judge.count("restart")
        let difference = try gateway.difference(
            fromReplayOf: disk, hasFlood ? snapshots : nil)
        if let difference { throw Judge.Difference("replayed: \(difference)") }
        try loseProcess()
        try start()
    }

    /// Does what writes to the vault; the process may end meanwhile.
    func withVault(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch is SimulatedVault.Crash {
            judge.count("crash in the vault")
            try endProcess()
        }
    }

    /// A snapshot of what is durable, beside the running gateway.
    func makeSnapshot() throws {
        let durable = try gateway.durableRecords
        if try snapshots.make(of: disk, upTo: durable) { judge.count("snapshot") }
    }

    // MARK: Time

    /// Time goes by, in one piece.
    func pass(seconds: Int) throws {
        clock.advance(byNanoseconds: UInt64(seconds) * 1_000_000_000)
        guard running != nil else { return }
        try turn()
        try beat()
    }

    func post(_ newcomers: Int, to names: [String], isNew: Bool) throws {
        let loops = try gateway.loops
        for attempt in crowd.drainReturning(at: milliseconds) { post(attempt, to: loops) }
        let secrets = operators.secrets.filter { names.contains($0.operation) }
        guard !secrets.isEmpty else { return }
        for _ in 0..<newcomers {
            let secret = random.element(secrets)
            let attempt = crowd.newcomer(
                to: secret.operation, secret: secret.digest, isNew: isNew,
                at: clock.wallClock())
            post(attempt, to: loops)
        }
    }

    /// Nobody comes again who was told to.
    func loseInterest() { crowd.loseInterest() }

    private func post(_ attempt: Crowd.Attempt, to loops: [SimulatedLoop]) {
        if !crowd.post(attempt, to: random.element(loops)) { judge.count("turned down by a loop") }
    }

    // MARK: Turns

    func beat() throws {
        if try gateway.beat() { try turn() }
    }

    func turn(isProjected: Bool? = nil) throws {
        do {
            try gateway.turn(isProjected: isProjected ?? !random.oneIn(4))
        } catch let error as LogError {
            guard case .failed = error else { throw error }
            return try crash()
        }
        try follow()
        try withVault {
            try takeStock()
            if !random.oneIn(3) { try gateway.refillLeaves() }
        }
    }

    /// The follower takes in what the turn has stored, and is compared.
    private func follow() throws {
        guard let follower else { return }
        let before = follower.shared.durableRecords.load(ordering: .relaxed)
        try follower.follow(disk)
        if follower.shared.durableRecords.load(ordering: .relaxed) != before {
            judge.count("batch followed")
        }
        if let difference = follower.boardDifference(from: try gateway) {
            throw Judge.Difference("at the follower: \(difference)")
        }
    }

    private func compareViews() throws {
        guard let follower else { return }
        // A process that ended in the vault has a successor, which has recorded its start.
        try follow()
        let before = follower.eventsCompared
        if let difference = follower.viewDifference(from: try gateway) {
            throw Judge.Difference("at the follower: \(difference)")
        }
        if follower.eventsCompared > before { judge.count("event followed") }
    }

    /// Holds what the turn brought against the model.
    private func takeStock() throws {
        let gateway = try gateway
        try judge.endTurn(stored: disk.drainStored())
        if let answer = gateway.loops.lazy.compactMap(\.overtaking).first {
            throw Judge.Difference("overtook another entry of its operation: \(answer)")
        }
        // Tickets in the order of their numbers: loops are read one after the other.
        let answers = gateway.loops.flatMap { $0.drainAnswers() }
        for answer in answers.sorted(by: { $0.ticket < $1.ticket }) {
            guard let posted = crowd.receive(answer, at: milliseconds) else {
                throw Judge.Difference("an answer that nobody waits for")
            }
            let isUnsure = gateway.shared.health.clock == .unconfirmed
            try judge.check(
                answer, to: posted.entry, at: gateway.latest,
                isRefusing: disk.memory.isFull || isUnsure)
            trace.add(UInt64(answer.verdict.rawValue))
            trace.add(answer.entry)
            trace.add(UInt64(answer.participant) << 32 | UInt64(answer.retryAfterMilliseconds))
        }
        for answered in operators.drainCompletions(of: gateway.catalogue) {
            if let fault = answered.fault { throw Judge.Difference(fault) }
            trace.add(UInt64(answered.completion.number))
            judge.count(answered.completion.outcome.name)
            for dataKey in answered.unneeded { try vault.destroy(dataKey) }
        }
    }

    /// Turns until everything is answered and completed.
    func settle() throws {
        disk.memory.isFull = false
        for _ in 0..<20 {
            try turn(isProjected: true)
            let inFlight = try gateway.loops.reduce(0) { $0 + $1.inFlight }
            if inFlight == 0, crowd.posted.isEmpty, !operators.isWaiting {
                return try compareViews()
            }
        }
        throw Judge.Difference(
            operators.isWaiting ? "a command is never completed" : "an entry is never answered")
    }
}

extension AnswerEnvelope {
    /// The ticket's number; 0 for every other answer.
    fileprivate var ticket: UInt64 { verdict == .waiting ? entry : 0 }
}

extension AdministrativeOutcome {
    fileprivate var name: String {
        switch self {
        case .decided(.success, _): "command decided"
        case .decided(.failure(let refusal), _): "command refused: \(refusal.code)"
        case .noSpace: "command refused: no space"
        case .clockUnconfirmed: "command refused: clock"
        case .handedOver: "command refused: another node leads"
        }
    }
}
