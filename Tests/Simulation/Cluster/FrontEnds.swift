import Ledger
import Sockets

@testable import Gateway

/// Front ends that send entries to any node, try again as they may, and know what they were told.
final class FrontEnds {
    /// What one of them wants: an entry of a person.
    struct Attempt {
        var operation: UInt32
        var key: UInt32
        var person: UInt64
        var idempotency: UInt64?
        /// Whether it counts once however often it is sent.
        var isRepeatable: Bool
        var tries = 0
    }

    private unowned let cluster: SimulatedCluster
    private let random: SeededRandom
    /// By process and connection.
    private var inFlight: [ObjectIdentifier: [UInt32: Attempt]] = [:]
    /// On their way, or to be tried again.
    private var coming = 0
    /// Accepted ones that count once.
    private var accepted: [Attempt] = []
    private var persons: UInt64 = 1 << 40
    private var isQuiet = false

    private static let attempts = 15

    init(_ cluster: SimulatedCluster) {
        self.cluster = cluster
        random = cluster.random
    }

    /// Whether nobody waits for anything.
    var isAtRest: Bool { coming == 0 && inFlight.values.allSatisfy { $0.isEmpty } }

    // MARK: Coming

    func begin() { next() }

    /// Nobody new comes.
    func stop() { isQuiet = true }

    private func next() {
        guard !isQuiet else { return }
        let open = cluster.nodes.filter { $0.process?.isOpen == true }
        if !open.isEmpty {
            let node = random.element(open)
            let isRepeat = node.getsRepeatsOnly || random.oneIn(5)
            if isRepeat, !accepted.isEmpty {
                var attempt = random.element(accepted)
                attempt.tries = 0
                send(attempt, to: node)
            } else if !node.getsRepeatsOnly {
                send(newcomer(), to: node)
            }
        }
        cluster.world.after(milliseconds: 5 + random.below(50)) { [weak self] in self?.next() }
    }

    private func newcomer() -> Attempt {
        persons += 1
        switch random.below(10) {
        case 0...3:
            return Attempt(operation: 0, key: 0, person: persons, isRepeatable: true)
        case 4, 5: return Attempt(operation: 1, key: 1, person: persons, isRepeatable: true)
        case 6, 7:
            return Attempt(
                operation: 2, key: key, person: persons, idempotency: persons,
                isRepeatable: true)
        default: return Attempt(operation: 2, key: key, person: persons, isRepeatable: false)
        }
    }

    /// The last one of them will be revoked.
    private var key: UInt32 { random.oneIn(2) ? 2 : 3 }

    private func send(_ attempt: Attempt, to node: SimulatedNode) {
        coming += 1
        let process = node.process
        cluster.world.at(cluster.world.now + cluster.network.delay()) { [weak self] in
            node.perform {
                self?.arrive(attempt, at: node, process)
            }
        }
    }

    /// A connection to a process that has ended is lost.
    private func arrive(_ attempt: Attempt, at node: SimulatedNode, _ process: NodeProcess?) {
        coming -= 1
        guard let process, process.isOpen, node.process === process else { return lose(attempt) }
        deliver(attempt, to: process)
    }

    private func deliver(_ attempt: Attempt, to process: NodeProcess) {
        let connection = process.post { connection in
            SimulatedLoop.Entry(
                operation: attempt.operation, key: attempt.key, person: attempt.person,
                connection: connection, idempotency: attempt.idempotency)
        }
        guard let connection else { return sendAgain(attempt) }
        inFlight[ObjectIdentifier(process), default: [:]][connection] = attempt
    }

    // MARK: Answers

    func take(_ answer: AnswerEnvelope, from process: NodeProcess) {
        let connection = answer.connection.place
        let known = inFlight[ObjectIdentifier(process)]?.removeValue(forKey: connection)
        guard let attempt = known else {
            return cluster.judge.violate("an answer that nobody waits for: \(answer.verdict)")
        }
        cluster.judge.count("\(answer.verdict)")
        switch answer.verdict {
        case .accepted, .repeated:
            cluster.judge.acknowledge(attempt, answer)
            if attempt.isRepeatable, attempt.key != 3 { accepted.append(attempt) }
        case .outcomeUnknown: lose(attempt)
        case .noLeader, .full, .shed, .settingsMoved, .handedOver, .noSpace: sendAgain(attempt)
        case .keyRevoked, .suspended: cluster.judge.refuse(attempt)
        default: cluster.judge.violate("answered \(answer.verdict)")
        }
    }

    /// The process has ended.
    func loseConnections(to process: NodeProcess) {
        let lost = inFlight.removeValue(forKey: ObjectIdentifier(process)) ?? [:]
        for (_, attempt) in lost.sorted(by: { $0.key < $1.key }) { lose(attempt) }
    }

    /// Nobody knows what became of it.
    private func lose(_ attempt: Attempt) {
        if attempt.isRepeatable { sendAgain(attempt) }
    }

    /// It is not stored, or counts once however often it is sent.
    private func sendAgain(_ attempt: Attempt) {
        guard attempt.tries < Self.attempts, attempt.isRepeatable || random.oneIn(2) else {
            return cluster.judge.refuse(attempt)
        }
        var attempt = attempt
        attempt.tries += 1
        coming += 1
        cluster.world.after(milliseconds: 200 + random.below(600)) { [weak self] in
            guard let self else { return }
            coming -= 1
            let open = cluster.nodes.filter { $0.process?.isOpen == true }
            if open.isEmpty { return sendAgain(attempt) }
            send(attempt, to: random.element(open))
        }
    }
}
