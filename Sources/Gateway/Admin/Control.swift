internal import Bytes
internal import Cluster
internal import Contract
internal import Cryptography
internal import Foundation
internal import Ledger
internal import LockFree
internal import Log
internal import Logging
internal import Synchronization
internal import Time
internal import Vault
internal import Wire

/// The control side: answers what the admin listener is asked. It may take its time, allocate and
/// use Foundation; what it decides goes through the sequencer like everything else.
final class Control: Sendable {
    let shared: Shared
    /// The operations' secrets on disk. The threads of requests do not use it: they ask
    /// ``secrets``.
    let vault: SharedVault
    /// Where the secrets are asked for: when an operation is created, retired or exported, and when
    /// leaves run low, which is rare.
    let secrets: VaultDesk
    /// From where on leaves are reserved.
    let lowestLeaf = Atomic<UInt64>(0)
    let tokens: AdminTokens
    let exports: OperationExport
    let startedAt: Timestamp
    let metrics: Metrics
    let standing = ServiceStanding()
    /// This node's part in a cluster; nil for a gateway that is alone.
    let cluster: ClusterNode?
    /// Requests in progress, by token and kind of work.
    let places: ControlPlaces
    let executors: ControlExecutors

    /// - Throws: ``StartError`` where the system starts no thread for it.
    init(
        shared: Shared, vault: SharedVault, tokens: AdminTokens,
        exports: OperationExport, startedAt: Timestamp, cluster: ClusterNode? = nil
    ) throws(StartError) {
        self.shared = shared
        self.vault = vault
        self.tokens = tokens
        self.exports = exports
        self.startedAt = startedAt
        self.cluster = cluster
        places = ControlPlaces(shared.limits)
        executors = try ControlExecutors()
        secrets = VaultDesk(vault, shared, executors.vault)
        metrics = Metrics(
            shared, places, journal: exports.journal, startedAt: startedAt)
        fillLeaves()
    }

    /// Has the pool of leaves filled from the vault from now on.
    func fillLeaves() {
        shared.leaves.setRefill { [weak self] in self?.refillLeaves() }
    }

    deinit { executors.stop() }

    /// Handles a request that the loop has found permitted, and answers it through the loop's lane.
    /// - Parameter place: the request's; ended with its answer, or with the last piece of a stream.
    func handle(_ permitted: PermittedCall, in place: ControlPlace) {
        Task(executorPreference: executors[place.work]) {
            let answer = await permitted.answer(self)
            // Before the client has the answer: its next request finds the place free.
            if answer.reply.stream == nil { place.end() }
            self.shared.lanes[permitted.call.request.lane].post(.answer(answer))
        }
    }

    // MARK: Commands

    /// Has the sequencer decide a command, and comes back when the outcome is durable, every loop
    /// knows it, and every view shows it.
    /// - Parameter expected: the operation that is meant; nil: whichever has the name.
    /// - Throws: ``Problem`` where the ledger refuses it, or the disk is full.
    func decide(
        _ command: AdministrativeCommand, by author: Author,
        expecting expected: ExpectedOperation? = nil
    ) async throws(Problem) -> Decision {
        try decision(await outcome(of: command, by: author, expecting: expected))
    }

    /// The same, with the refusals of the ledger among what it returns. A node that follows has its
    /// leader decide it (``CommandForwarding``).
    func outcome(
        of command: AdministrativeCommand, by author: Author,
        expecting expected: ExpectedOperation? = nil
    ) async throws(Problem) -> AdministrativeOutcome {
        let request = try ChangeRequest(command, by: author, expecting: expected)
        let isLong = command.vaultWork == .report
        if let told = try await forward(request.encoded, expecting: expected, isLong: isLong) {
            return told
        }
        return try await decideHere(request)
    }

    /// Has this node's own sequencer decide a change, with what the vault has to do for it before
    /// and behind it.
    func decideHere(_ request: ChangeRequest) async throws(Problem) -> AdministrativeOutcome {
        // Nothing is made for what would be refused.
        if shared.cluster?.succession.isBegun == true { return .handedOver }
        let command = request.record.command
        if needsVault(command), shared.areKeysStalled { throw refuseForKeys() }
        let made = try await makeSecret(for: command)
        let outcome = await withCheckedContinuation { continuation in
            let asked = AdministrativeRequest(
                record: request.record, encoded: request.encoded, expected: request.expected,
                newKeys: made.keys
            ) { outcome in
                continuation.resume(returning: outcome)
            }
            shared.administration.enqueue(asked)
            shared.sequencerBell.ring()
        }
        try await finish(command, outcome, made)
        return outcome
    }

    /// - Throws: ``Problem`` where nothing was decided, or the ledger refused it.
    func decision(_ outcome: AdministrativeOutcome) throws(Problem) -> Decision {
        switch outcome {
        case .decided(.success(let change), let time): return Decision(change: change, at: time)
        case .decided(.failure(let refusal), _):
            if case .limitReached = refusal { shared.instruments.countRefusedChange() }
            throw Problem(refusal)
        case .noSpace:
            shared.instruments.countRefusedChange()
            throw EntryVerdict.noSpace.problem
        case .clockUnconfirmed:
            shared.instruments.countRefusedChange()
            throw .clockUnconfirmed
        case .handedOver: throw shared.notLeading
        }
    }

    /// What came of a command, and when.
    struct Decision {
        let change: Change
        let at: Timestamp
    }
}

extension Problem {
    /// A refusal of the ledger, as the admin listener tells it.
    convenience init(_ refusal: CommandRefusal) {
        var fieldErrors: [FieldError] = []
        if case .invalid(let pointer, let detail) = refusal {
            fieldErrors = [FieldError(pointer: pointer, detail: "Value \(detail).")]
        } else if let pointer = refusal.pointer {
            fieldErrors = [FieldError(pointer: pointer, detail: refusal.detail)]
        }
        self.init(
            HTTPStatus(rawValue: UInt16(refusal.status)) ?? .badRequest, refusal.code, "Refused",
            refusal.detail, fieldErrors: fieldErrors, notBefore: refusal.notBefore)
    }
}
