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
    struct Secret: Sendable {
        let operation: String
        let digest: SHA256Digest
    }

    let random: SeededRandom
    private let completed = Completed()
    /// Commands that are not completed, by their number; with the secrets made for them.
    private var waiting: [Int: String?] = [:]
    private var submitted = 0
    private var nextDataKey = 0
    private(set) var nextKey = 0
    private(set) var nextToken = 0
    private(set) var nextPermit = 0
    private(set) var secrets: [Secret]

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

    /// - Parameter secrets: of front-end keys that are there already.
    init(_ random: SeededRandom, secrets: [Secret]) {
        self.random = random
        self.secrets = secrets
    }

    var isWaiting: Bool { !waiting.isEmpty }

    // MARK: Commands

    /// A client, with three open operations of all rules, a key for each.
    func found(_ gateway: SimulatedGateway) throws {
        try submit(.contract(.putClient(id: "acme", name: "Acme")), to: gateway)
        for (name, rule) in zip(Self.names, [EntryRule.once, .daily, .unlimited]) {
            let settings = OperationSettings(
                client: "acme", title: "A", rule: rule, secondKey: Self.secondKey(under: rule),
                robots: .off, policy: .enforce)
            try put(name, settings, to: gateway)
            try addKey(of: name, to: gateway)
            try submit(.operation(.open(id: name, note: nil)), to: gateway)
        }
    }

    /// Fixed with the first entry, as the rule is: so it goes by it, and settings can change.
    static func secondKey(under rule: EntryRule) -> SecondKeyRule? {
        rule == .daily ? SecondKeyRule(name: "household", limit: 2) : nil
    }

    /// One key in three is a server's. That follows from its number: what is drawn is left to what
    /// it was.
    func addKey(of operation: String, to gateway: SimulatedGateway) throws {
        let secret = "pk_\(nextKey)"
        try submit(
            .access(
                .addKey(
                    operation: operation, keyID: "k\(nextKey)",
                    digest: try SimulatedGateway.digest(of: secret),
                    frontEnd: nextKey % 3 == 2 ? .server : .browser)), to: gateway)
        nextKey += 1
        secrets.append(Secret(operation: operation, digest: Token.digest(of: secret)))
    }

    /// Creates a token, or renews the one before, which may be revoked or expired by then. Which of
    /// the two, and for how long, follows from its number: what is drawn is left to what it was.
    func addToken(to gateway: SimulatedGateway) throws {
        let drawn = random.element([
            Author(.operator, name: "zoe"), Author(.client, name: "acme"),
            Author(.scrape, name: "prometheus"),
        ])
        let number = nextToken
        nextToken += 1
        let digest = try SimulatedGateway.digest(of: "at_\(number)")
        let now = gateway.clock.wallClock()
        let lifetimes: [Int64] = [30 * 86_400_000, 60_000, 5_000]
        let expires = now.advanced(byMilliseconds: lifetimes[number % 3])
        if number % 4 == 3 {
            let renewal = TokenRenewal(
                tokenID: "t\(number)", digest: digest, expires: expires,
                overlapUntil: now.advanced(byMilliseconds: lifetimes[number / 4 % 3]))
            try submit(
                .access(.renewToken(tokenID: "t\(number - 1)", renewal)), to: gateway)
        } else {
            let holder = number % 5 == 4 ? Author(.auditor, name: "ben") : drawn
            try submit(
                .access(
                    .addToken(
                        tokenID: "t\(number)", holder: holder, digest: digest, expires: expires)),
                to: gateway)
        }
    }

    /// Issues a permit, from now, a past or a later moment on, for a short or a long time: which of
    /// them follows from its number.
    func issuePermit(of operation: String, to gateway: SimulatedGateway) throws {
        let number = nextPermit
        nextPermit += 1
        let offsets: [Int64] = [0, -60_000, 0, 5_000]
        let lengths: [Int64] = [3_600_000, 86_400_000, 3_000]
        let starts = gateway.clock.wallClock().advanced(byMilliseconds: offsets[number % 4])
        let terms = PermitTerms(
            operation: operation, perSecond: 5, starts: starts,
            ends: starts.advanced(byMilliseconds: 60_001 + lengths[number % 3]))
        try submit(.permit(.issue(permitID: "pt\(number)", terms)), to: gateway)
    }

    /// Makes an operation, or changes its settings: the secrets are made in any case.
    func put(
        _ name: String, _ settings: OperationSettings, to gateway: SimulatedGateway
    ) throws {
        let dataKey = nextDataKeyID()
        try submit(
            .operation(.put(id: name, settings: settings, dataKeyID: dataKey)), to: gateway,
            dataKey: dataKey)
    }

    func reset(_ name: String, on gateway: SimulatedGateway) throws {
        let dataKey = nextDataKeyID()
        try submit(
            .operation(.reset(id: name, dataKeyID: dataKey, export: Self.receipt)), to: gateway,
            dataKey: dataKey)
    }

    private func nextDataKeyID() -> String {
        nextDataKey += 1
        return "d\(nextDataKey)"
    }

    static let receipt = ExportReceipt(
        file: "export", sha256: String(repeating: "0", count: 64), entries: 0, participants: 0)

    /// - Parameter dataKey: names the secrets to make for it, before it is submitted.
    func submit(
        _ command: AdministrativeCommand, to gateway: SimulatedGateway, dataKey: String? = nil
    ) throws {
        let keys = try dataKey.map { try gateway.createKeys($0) }
        let number = submitted
        submitted += 1
        waiting[number] = .some(dataKey)
        try gateway.submit(command, keys: keys) { [completed, shared = gateway.shared] outcome in
            let isProjected = shared.projected.catalogue.shows(outcome)
            completed.completions.withLock {
                $0.append(
                    Completion(number: number, outcome: outcome, isProjected: isProjected))
            }
        }
    }

    // MARK: Completions

    /// A command that was completed, and what that leaves to do.
    struct Answered {
        let completion: Completion
        /// What is wrong with it; nil if nothing is.
        let fault: String?
        /// Secrets that nobody needs any more.
        let unneeded: [String]
    }

    /// What was completed since the last call.
    func drainCompletions(of catalogue: Catalogue) -> [Answered] {
        let drained = completed.completions.withLock { completions in
            defer { completions = [] }
            return completions
        }
        return drained.map { completion in
            guard let dataKey = waiting.removeValue(forKey: completion.number) else {
                return Answered(
                    completion: completion, fault: "a command is completed that nobody waits for",
                    unneeded: [])
            }
            return Answered(
                completion: completion,
                fault: completion.isProjected ? nil : "completed before it is projected",
                unneeded: unneeded(completion.outcome, dataKey, catalogue))
        }
    }

    /// The secrets of what is no more, and those that a command was given in vain.
    private func unneeded(
        _ outcome: AdministrativeOutcome, _ dataKey: String?, _ catalogue: Catalogue
    ) -> [String] {
        guard case .decided(.success(let change), _) = outcome else {
            return dataKey.map { [$0] } ?? []
        }
        switch change {
        case .operationAdded: return []
        case .operationReset(let index, _), .operationDeleted(let index):
            return [catalogue.operations[Int(index)].dataKeyID]
        default: return dataKey.map { [$0] } ?? []
        }
    }

    /// The process has ended: what was not completed never will be.
    func loseCompletions() { waiting = [:] }
}

extension Catalogue {
    /// Whether what a command changed is to be seen, where later commands cannot hide it.
    fileprivate func shows(_ outcome: AdministrativeOutcome) -> Bool {
        guard case .decided(.success(let change), _) = outcome else { return true }
        switch change {
        case .keyAdded(let index): return keys.count > index
        case .keyRevoked(let index): return keys[Int(index)].revokedAt != nil
        case .tokenAdded(let index): return tokens.count > index
        case .tokenRevoked(let index): return tokens[Int(index)].revokedAt != nil
        case .tokenRenewed(let index, let successor):
            return tokens[Int(index)].successor != nil && tokens.count > successor
        case .operationAdded(let index): return operations.count > index
        case .operationDeleted(let index): return operations[Int(index)].retirement != nil
        case .operationReset(let index, let successor):
            return operations[Int(index)].retirement != nil && operations.count > successor
        default: return true
        }
    }
}
