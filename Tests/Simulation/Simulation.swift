import Bytes
import Contract
import Ledger
import Log
import Time

@testable import Gateway

/// One seed's run: gateways that follow each other on one disk, people and operators around them,
/// and faults of disk, process and clock, in virtual time on one thread.
///
///     commands, entries ─► turn ─┬─ stored ─► records, answers, completions held against the model
///                                └─ failed ─► nothing may be answered ─► start on what is durable
final class Simulation {
    /// Equal seeds give equal ones.
    struct Run: Equatable {
        var trace: UInt64
        var chain: String
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
    let clock = SimulatedClock(Timestamp(milliseconds: 1_800_000_000_000))
    let disk: SimulatedDisk
    var judge = Judge()
    private let seed: UInt64
    private let planted: PlantedFault?
    private let gatewayRandom: SeededRandom
    private let operators: Operators
    private var crowd: Crowd
    private var trace = TraceHash()
    private var running: SimulatedGateway?

    init(seed: UInt64, planted: PlantedFault? = nil) throws {
        self.seed = seed
        self.planted = planted
        random = SeededRandom(seed: seed)
        gatewayRandom = SeededRandom(seed: ~seed)
        disk = try SimulatedDisk(planted: planted)
        operators = Operators(random)
        crowd = Crowd(random)
    }

    /// - Throws: ``Divergence``.
    func run(episodes: Int) throws -> Run {
        do {
            try start()
            try operators.found(try gateway)
            try settle()
            for episode in 0..<episodes {
                if seed % 100 == 77, episode == episodes - 1 { try floodBeyondCover() }
                try self.episode()
            }
            try restart()
            try settle()
            return Run(
                trace: trace.value, chain: try gateway.chain,
                virtualSeconds: milliseconds / 1_000, occurrences: judge.occurrences)
        } catch let difference as Judge.Difference {
            throw Divergence(seed: seed, turn: judge.turn, text: difference.text)
        } catch {
            throw Divergence(seed: seed, turn: judge.turn, text: "\(error)")
        }
    }

    private var gateway: SimulatedGateway {
        get throws {
            guard let running else { throw Judge.Difference("no gateway runs") }
            return running
        }
    }

    private var milliseconds: UInt64 { clock.monotonicNanoseconds() / 1_000_000 }

    // MARK: Processes

    /// Starts a gateway on what is durable; again, where the disk fails meanwhile.
    private func start() throws {
        running = nil
        while running == nil {
            planFaults()
            do {
                running = try SimulatedGateway(
                    disk: disk, clock: clock, random: gatewayRandom, workers: 2, planted: planted
                ) { try judge.recover($0) }
                try takeStock()
            } catch let error as LogError {
                // What the replay found, and not the disk, is an error of another kind.
                guard case .failed = error else { throw error }
                judge.count("crash at the start")
            }
        }
        try settleClock()
    }

    /// A start with a clock that is days away from the log's last record: nothing is decided until
    /// the clock is put right, or an operator takes it for right.
    private func settleClock() throws {
        let gateway = try gateway
        guard gateway.shared.health.clock == .unconfirmed else { return }
        judge.count("start with a clock that is days off")
        try post(3, to: Operators.names, isNew: true)
        try turn()
        // Where the disk has failed meanwhile, another start has settled it.
        let isSame = try self.gateway === gateway
        guard isSame, gateway.shared.health.clock == .unconfirmed else { return }
        if random.oneIn(2) {
            let difference = gateway.latest.milliseconds - clock.wallClock().milliseconds
            clock.setWallClock(forwardByMilliseconds: difference + 1_000)
        } else {
            gateway.shared.confirmClock()
        }
        try turn()
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
        if isAnswered || !operators.drainCompletions().isEmpty {
            throw Judge.Difference("something is answered after a failed write")
        }
        trace.add(0xDEAD)
        loseProcess()
        try pass(seconds: random.below(20))
        try start()
    }

    private func loseProcess() {
        running = nil
        crowd.loseAnswers(at: milliseconds)
        operators.loseCompletions()
    }

    /// Compares what a replay comes to with what is in memory; then another process follows.
    private func restart() throws {
        try settle()
        judge.count("restart")
        if let difference = try gateway.difference(fromReplayOf: disk) {
            throw Judge.Difference("replayed: \(difference)")
        }
        loseProcess()
        try start()
    }

    // MARK: Episodes

    /// Some seconds in which something happens, then some minutes in which little does.
    private func episode() throws {
        let newcomers = random.element([0, 1, 2, 4, 4, 25])
        let commands = random.element([2, 4, 16])
        let names = random.oneIn(2) ? Operators.names : [random.element(Operators.names)]
        for _ in 0..<(3 + random.below(14)) {
            if random.oneIn(commands) { try operators.act(on: try gateway) }
            try post(newcomers, to: names, isNew: random.oneIn(2))
            if random.oneIn(80) { disk.memory.isFull = true }
            if random.oneIn(6) { disk.memory.isFull = false }
            clock.advance(byNanoseconds: 100_000_000)
            try turn()
            try beat()
        }
        try settle()
        try judge.compare(try gateway)
        if random.oneIn(10) { try restart() }
        try pause()
    }

    /// More participants than are declared, on a slow disk: what the ladder is there for.
    private func floodBeyondCover() throws {
        judge.count("flood beyond cover")
        disk.memory.faults = [:]
        try operators.open("gala", on: try gateway)
        try settle()
        for second in 0..<60 {
            let next = disk.memory.calls + 1
            for call in next..<next + 4 {
                disk.memory.faults[call] = .slow(nanoseconds: 300_000_000)
            }
            try post(second < 22 ? 2_400 : 100, to: ["gala"], isNew: true)
            clock.advance(byNanoseconds: 100_000_000)
            try turn()
            try beat()
        }
    }

    private func pause() throws {
        let isLeap = random.oneIn(4)
        let leap = random.element(Self.leaps) * 1_000
        if isLeap {
            judge.count("leap of the clock")
            clock.setWallClock(forwardByMilliseconds: Int64(leap))
        }
        for _ in 0..<(1 + random.below(3)) { try pass(seconds: 1 + random.below(300)) }
        // A clock set back would let the ledger's time stand for the rest of the run.
        if isLeap, leap < 0 || random.oneIn(3) {
            clock.setWallClock(forwardByMilliseconds: Int64(-leap))
            try turn()
        }
    }

    /// Seconds.
    private static let leaps = [
        -31_536_000, -86_400, -3_600, -30, -5, 5, 30, 3_600, 86_400, 31_536_000,
    ]

    /// Time goes by, in one piece.
    private func pass(seconds: Int) throws {
        clock.advance(byNanoseconds: UInt64(seconds) * 1_000_000_000)
        guard running != nil else { return }
        try turn()
        try beat()
    }

    private func post(_ newcomers: Int, to names: [String], isNew: Bool) throws {
        let loops = try gateway.loops
        for attempt in crowd.drainReturning(at: milliseconds) { post(attempt, to: loops) }
        let secrets = operators.secrets.filter { names.contains($0.operation) }
        guard !secrets.isEmpty else { return }
        for _ in 0..<newcomers {
            let secret = random.element(secrets)
            let attempt = crowd.newcomer(
                to: secret.operation, secret: secret.digest, isNew: isNew)
            post(attempt, to: loops)
        }
    }

    private func post(_ attempt: Crowd.Attempt, to loops: [SimulatedLoop]) {
        if !crowd.post(attempt, to: random.element(loops)) { judge.count("turned down by a loop") }
    }

    // MARK: Turns

    private func beat() throws {
        if try gateway.beat() { try turn() }
    }

    private func turn(isProjected: Bool? = nil) throws {
        do {
            try gateway.turn(isProjected: isProjected ?? !random.oneIn(4))
        } catch let error as LogError {
            guard case .failed = error else { throw error }
            return try crash()
        }
        try takeStock()
    }

    /// Holds what the turn brought against the model.
    private func takeStock() throws {
        let gateway = try gateway
        try judge.endTurn(stored: disk.drainStored())
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
            trace.add(UInt64(answer.participant) << 32 | UInt64(answer.retryAfterSeconds))
        }
        for (completion, fault) in operators.drainCompletions() {
            if let fault { throw Judge.Difference(fault) }
            trace.add(UInt64(completion.number))
            judge.count(completion.outcome.name)
        }
    }

    /// Turns until everything is answered and completed.
    private func settle() throws {
        disk.memory.isFull = false
        for _ in 0..<20 {
            try turn(isProjected: true)
            let inFlight = try gateway.loops.reduce(0) { $0 + $1.inFlight }
            if inFlight == 0, crowd.posted.isEmpty, !operators.isWaiting { return }
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
        }
    }
}
