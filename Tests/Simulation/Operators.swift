import Contract
import Cryptography
import Ledger
import Projections
import Synchronization
import Time

@testable import Gateway

/// Operators and their commands, with the completions that they are owed.
final class Operators {
    /// Names that operations have, and one that none has.
    static let names = ["spring", "summer", "autumn", "winter"]

    /// A front-end key, as its front end has it.
    struct Secret {
        let operation: String
        let digest: SHA256Digest
    }

    private let random: SeededRandom
    private let completed = Completed()
    /// Commands that are not completed.
    private var waiting: Set<Int> = []
    private var submitted = 0
    private var nextKey = 0
    private(set) var secrets: [Secret] = []

    /// Filled by the projector.
    private final class Completed: Sendable {
        let completions = Mutex<[Completion]>([])
    }

    struct Completion: Sendable {
        let number: Int
        let outcome: AdministrativeOutcome
        /// Whether the views showed the change when the completion came.
        let isProjected: Bool
    }

    init(_ random: SeededRandom) {
        self.random = random
    }

    var isWaiting: Bool { !waiting.isEmpty }

    // MARK: Commands

    /// A client, with three open operations of all rules, a key for each.
    func found(_ gateway: SimulatedGateway) throws {
        try submit(.contract(.putClient(id: "acme", name: "Acme")), to: gateway)
        for (name, rule) in zip(Self.names, [EntryRule.once, .daily, .unlimited]) {
            try submit(
                .operation(.put(id: name, settings: settings(rule), dataKeyID: "d")), to: gateway)
            try addKey(of: name, to: gateway)
            try submit(.operation(.open(id: name, note: nil)), to: gateway)
        }
    }

    /// An operation that none of the drawn commands is about.
    func open(_ name: String, on gateway: SimulatedGateway) throws {
        let settings = OperationSettings(
            client: "acme", title: "A", rule: .once, robots: .off, policy: .enforce)
        try submit(.operation(.put(id: name, settings: settings, dataKeyID: "d")), to: gateway)
        try addKey(of: name, to: gateway)
        try submit(.operation(.open(id: name, note: nil)), to: gateway)
    }

    /// Submits something that operators do.
    func act(on gateway: SimulatedGateway) throws {
        let name = random.element(Self.names)
        let now = gateway.clock.wallClock()
        switch random.below(40) {
        case 0..<4: try addKey(of: name, to: gateway)
        case 4..<7:
            let reason = random.element(RevocationReason.allCases)
            let keyID = "k\(random.below(max(nextKey, 1)))"
            try submit(.access(.revokeKey(keyID: keyID, reason: reason)), to: gateway)
        case 7..<15:
            let pace: UInt32? = random.oneIn(3) ? nil : UInt32(1 + random.below(16))
            try submit(
                .operation(.setPace(operation: name, perSecond: pace, note: nil)), to: gateway)
        case 15..<18: try submit(.operation(suspension(of: name, at: now)), to: gateway)
        case 18..<22: try submit(.operation(.resume(id: name, note: nil)), to: gateway)
        case 22: try submit(.operation(.close(id: name, note: nil)), to: gateway)
        case 23..<28: try submit(.operation(.open(id: name, note: nil)), to: gateway)
        case 28..<31:
            let rule = random.element(EntryRule.allCases)
            try submit(
                .operation(.put(id: name, settings: settings(rule), dataKeyID: "d")), to: gateway)
        case 31:
            try submit(
                .operation(.reset(id: name, dataKeyID: "d2", export: receipt)), to: gateway)
        case 32 where random.oneIn(3):
            try submit(.operation(.delete(id: name, export: receipt)), to: gateway)
        case 33..<36:
            try submit(
                .contract(
                    .giveNotice(
                        operation: name, expectedParticipants: UInt32(60_000 + random.below(9)),
                        note: nil)), to: gateway)
        case 36..<38:
            let declaration = CampaignDeclaration(
                channel: random.element(Channel.allCases), recipients: 70_000,
                starts: now.advanced(byMilliseconds: 3_600_000))
            try submit(
                .contract(
                    .declareCampaign(
                        operation: name, campaign: "c\(random.below(9))",
                        declaration: declaration)),
                to: gateway)
        default:
            var policy = Policy()
            policy.calmSeconds = 5 + random.below(5)
            try submit(.contract(.setPolicy(policy)), to: gateway)
        }
    }

    private func addKey(of operation: String, to gateway: SimulatedGateway) throws {
        let secret = "pk_\(nextKey)"
        try submit(
            .access(
                .addKey(
                    operation: operation, keyID: "k\(nextKey)",
                    digest: try SimulatedGateway.digest(of: secret))), to: gateway)
        nextKey += 1
        secrets.append(Secret(operation: operation, digest: Token.digest(of: secret)))
    }

    private func suspension(of name: String, at now: Timestamp) -> OperationCommand {
        let isDefinitive = random.oneIn(12)
        let until = now.advanced(byMilliseconds: Int64(1 + random.below(120)) * 1_000)
        return .suspend(
            id: name, ground: random.element(SuspensionGround.allCases),
            until: isDefinitive || random.oneIn(4) ? nil : until, isDefinitive: isDefinitive,
            note: "drawn")
    }

    private func settings(_ rule: EntryRule) -> OperationSettings {
        OperationSettings(
            client: "acme", title: random.element(["A", "B", "C"]), rule: rule,
            minimumAge: random.oneIn(6) ? 18 : nil, robots: .off,
            policy: random.oneIn(3) ? .advise : .enforce)
    }

    private var receipt: ExportReceipt {
        ExportReceipt(
            file: "export", sha256: String(repeating: "0", count: 64), entries: 0, participants: 0)
    }

    func submit(_ command: AdministrativeCommand, to gateway: SimulatedGateway) throws {
        let number = submitted
        submitted += 1
        waiting.insert(number)
        try gateway.submit(command) { [completed, shared = gateway.shared] outcome in
            let isProjected = shared.projected.catalogue.shows(outcome)
            completed.completions.withLock {
                $0.append(
                    Completion(number: number, outcome: outcome, isProjected: isProjected))
            }
        }
    }

    // MARK: Completions

    /// - Returns: what was completed since the last call, each with what is wrong about it.
    func drainCompletions() -> [(completion: Completion, fault: String?)] {
        let drained = completed.completions.withLock { completions in
            defer { completions = [] }
            return completions
        }
        return drained.map { completion in
            let isAwaited = waiting.remove(completion.number) != nil
            if !isAwaited { return (completion, "a command is completed that nobody waits for") }
            return (completion, completion.isProjected ? nil : "completed before it is projected")
        }
    }

    /// The process has ended: what was not completed never will be.
    func loseCompletions() { waiting = [] }
}

extension Catalogue {
    /// Whether what a command changed is to be seen, where later commands cannot hide it.
    fileprivate func shows(_ outcome: AdministrativeOutcome) -> Bool {
        guard case .decided(.success(let change), _) = outcome else { return true }
        switch change {
        case .keyAdded(let index): return keys.count > index
        case .keyRevoked(let index): return keys[Int(index)].revokedAt != nil
        case .operationAdded(let index): return operations.count > index
        case .operationDeleted(let index): return operations[Int(index)].retirement != nil
        case .operationReset(let index, let successor):
            return operations[Int(index)].retirement != nil && operations.count > successor
        default: return true
        }
    }
}
