import Contract
import Ledger
import Synchronization
import Time

@testable import Gateway

/// An operator who makes operations, changes one, revokes a key, suspends and resumes: at whichever
/// node leads, again where it is not known what became of it.
final class ClusterOperator {
    private unowned let cluster: SimulatedCluster
    private var waiting: [AdministrativeCommand]
    private var asked: Asked?
    private var askedAt: UInt64 = 0
    /// When an answer is waited for no longer: the leader may have ended.
    private static let patienceNanoseconds: UInt64 = 2_500_000_000

    /// Filled by the projector of whoever decides it.
    private final class Asked: Sendable {
        private let outcome = Mutex<AdministrativeOutcome?>(nil)

        var answer: AdministrativeOutcome? {
            get { outcome.withLock { $0 } }
            set { outcome.withLock { $0 = newValue } }
        }
    }

    /// - Parameter hasGala: whether the first operation is there already.
    init(_ cluster: SimulatedCluster, hasGala: Bool) throws {
        self.cluster = cluster
        waiting = [.contract(.putClient(id: "acme", name: "Acme"))]
        let names = SimulatedCluster.operations
        let rules: [EntryRule] = [.once, .daily, .unlimited]
        for (name, rule) in zip(names, rules).dropFirst(hasGala ? 1 : 0) {
            waiting += [
                .operation(.put(id: name, settings: Self.settings(rule), dataKeyID: "d-\(name)")),
                try Self.key(name, "k-\(name)"), .operation(.open(id: name, note: nil)),
            ]
        }
        waiting.append(try Self.key(Self.suspended, Self.revoked))
    }

    static let revoked = "k-revoked"
    static let suspended = "unlimited"

    private static func settings(
        _ rule: EntryRule, origins: [String] = []
    ) -> OperationSettings {
        OperationSettings(
            client: "acme", title: "T", rule: rule, allowedOrigins: origins, robots: .off,
            policy: .enforce)
    }

    private static func key(_ operation: String, _ id: String) throws -> AdministrativeCommand {
        .access(
            .addKey(
                operation: operation, keyID: id, digest: try SimulatedGateway.digest(of: id)))
    }

    /// Whether nothing is waited for.
    var isAtRest: Bool { waiting.isEmpty }

    // MARK: What it does

    func revoke() {
        waiting.append(.access(.revokeKey(keyID: Self.revoked, reason: .stolen)))
    }

    func suspend() {
        waiting.append(
            .operation(
                .suspend(
                    id: Self.suspended, ground: .stability, until: nil, isDefinitive: false,
                    note: "n")))
    }

    func resume() { waiting.append(.operation(.resume(id: Self.suspended, note: "n"))) }

    /// Changes what entries of an operation are judged by.
    func change() {
        waiting.append(
            .operation(
                .put(
                    id: "daily", settings: Self.settings(.daily, origins: ["https://a.example"]),
                    dataKeyID: "d-daily")))
    }

    // MARK: Turns

    func begin() { turn() }

    private func turn() {
        if let command = waiting.first { ask(command) }
        cluster.world.after(milliseconds: 20) { [weak self] in self?.turn() }
    }

    private func ask(_ command: AdministrativeCommand) {
        if let asked {
            guard let answer = asked.answer else {
                if cluster.world.now - askedAt >= Self.patienceNanoseconds { self.asked = nil }
                return
            }
            self.asked = nil
            guard case .decided(let result, _) = answer else { return }
            // Where it is refused, the first try of it was carried out.
            if case .success(let change) = result, change != .none {
                cluster.judge.acknowledge(command)
            }
            waiting.removeFirst()
            return
        }
        guard let leader = cluster.leader?.process else { return }
        let asked = Asked()
        (self.asked, askedAt) = (asked, cluster.world.now)
        do {
            try leader.submit(command) { asked.answer = $0 }
        } catch {
            cluster.judge.violate("a command cannot be encoded: \(error)")
        }
    }
}
