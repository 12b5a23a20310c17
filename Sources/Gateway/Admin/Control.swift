internal import Bytes
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
    /// The data keys on disk; used when an operation is created, which is rare.
    let vault: Mutex<KeyVault>
    let tokens: AdminTokens
    let exports: OperationExport
    let startedAt: Timestamp
    let metrics: Metrics
    /// Each operation's keys, by its index in the ledger.
    private let keys: Mutex<[UInt32: OperationKeys]>
    private let executor = ControlExecutor()
    private let requestsInHand = Atomic<Int>(0)

    init(
        shared: Shared, vault: consuming KeyVault, tokens: AdminTokens,
        exports: OperationExport, keys: [UInt32: OperationKeys],
        startedAt: Timestamp
    ) {
        self.shared = shared
        self.vault = Mutex(vault)
        self.tokens = tokens
        self.exports = exports
        self.keys = Mutex(keys)
        self.startedAt = startedAt
        metrics = Metrics(shared, startedAt: startedAt)
    }

    /// Takes a request from a loop and answers it through the loop's lane, later.
    /// - Returns: false where too many are in hand; the loop then answers 503 itself. Scrapes have
    ///   some places of their own: when there is too much of something, they tell of what.
    func accept(_ request: ControlRequest) -> Bool {
        let inHand = requestsInHand.add(1, ordering: .relaxed).newValue
        let extra = request.path == "/metrics" ? Self.placesForScrapes : 0
        guard inHand <= shared.limits.adminRequestsAtOnce + extra else {
            requestsInHand.subtract(1, ordering: .relaxed)
            return false
        }
        Task(executorPreference: executor) {
            let answer = await AdminRouter(control: self).answer(request)
            self.shared.lanes[request.lane].post(.answer(answer))
            self.requestsInHand.subtract(1, ordering: .relaxed)
        }
        return true
    }

    private static var placesForScrapes: Int { 8 }

    // MARK: Commands

    /// Has the sequencer decide a command, and comes back when the outcome is durable.
    /// - Parameters:
    ///   - newKeys: of the operation that the command makes.
    ///   - entries: how many the operation must have for it to be decided; nil: whatever it has.
    /// - Throws: ``Problem`` where the ledger refuses it, or the disk is full.
    func decide(
        _ command: AdministrativeCommand, by author: Author, keys newKeys: OperationKeys? = nil,
        ifEntriesAre entries: UInt64? = nil
    ) async throws(Problem) -> Decision {
        let record = AdministrativeRecord(command, by: author)
        let encoded: [UInt8]
        do {
            encoded = try record.json()
        } catch {
            throw .wrongShape([
                FieldError(pointer: "", detail: "Cannot be encoded for the journal.")
            ])
        }
        guard encoded.count <= LedgerLimits.administrativeRecordBytes else {
            throw .wrongShape([FieldError(pointer: "", detail: "Must be shorter to fit a record.")])
        }
        let outcome = await withCheckedContinuation { continuation in
            let request = AdministrativeRequest(
                record: record, encoded: encoded, expectedEntries: entries
            ) { outcome in
                self.publish(record, outcome, newKeys)
                continuation.resume(returning: outcome)
            }
            shared.administration.enqueue(request)
            shared.sequencerBell.ring()
        }
        switch outcome {
        case .decided(.success(let change), let time): return Decision(change: change, at: time)
        case .decided(.failure(let refusal), _): throw Problem(refusal)
        case .noSpace: throw EntryVerdict.noSpace.problem
        }
    }

    /// What came of a command, and when.
    struct Decision {
        let change: Change
        let at: Timestamp
    }

    /// Brings every worker up to date with a durable change; on the sequencer's thread, before
    /// whoever asked is told. The readers' catalogue is already.
    private func publish(
        _ record: AdministrativeRecord, _ outcome: AdministrativeOutcome,
        _ newKeys: OperationKeys?
    ) {
        guard case .decided(.success(let change), _) = outcome else { return }
        if let operation = change.operation, let newKeys, change.makesOperation {
            keys.withLock { $0[operation] = newKeys }
        }
        switch change {
        case .operationReset(let index, let successor):
            retire(index, keysOf: successor, successor: successor)
        case .operationDeleted(let index): retire(index, keysOf: index, successor: nil)
        case .tokenAdded, .tokenRevoked: tokens.update(from: shared.catalogue.withLock { $0 })
        default: postToWorkers(change)
        }
    }

    private func postToWorkers(_ change: Change) {
        let catalogue = shared.catalogue.withLock { $0 }
        if let key = change.key {
            post(.key(DirectoryKey(catalogue.keys[Int(key)], index: key)))
        } else if let operation = change.operation, let profile = profile(operation, catalogue) {
            post(.operation(profile))
        }
    }

    /// Tells the workers of an operation that is no more, and of what comes in its place, in one
    /// message: there is no moment in which its name or its keys are unknown.
    private func retire(_ index: UInt32, keysOf owner: UInt32, successor: UInt32?) {
        let catalogue = shared.catalogue.withLock { $0 }
        let owned = catalogue.operations[Int(owner)].keys.map {
            DirectoryKey(catalogue.keys[Int($0)], index: $0)
        }
        _ = keys.withLock { $0.removeValue(forKey: index) }
        // Nothing is sealed with these keys; answers that are on their way need some.
        let none = OperationKeys(dataKey: SealingKey(SymmetricKey.random()))
        let rest = OperationProfile(catalogue.operations[Int(index)], index: index, keys: none)
        post(.retired(rest, successor: successor.flatMap { profile($0, catalogue) }, keys: owned))
    }

    /// What workers are told of an operation; nil where its data key has been destroyed.
    func profile(_ index: UInt32, _ catalogue: Catalogue) -> OperationProfile? {
        guard let keys = keys.withLock({ $0[index] }) else { return nil }
        return OperationProfile(
            catalogue.operations[Int(index)], index: index, keys: keys)
    }

    private func post(_ message: LoopMessage) {
        for lane in shared.workerLanes { lane.post(message) }
    }
}

extension Control {
    /// Publishes what was recovered, before the first request: on the board, and to the workers.
    func publishRecovered(_ ledger: borrowing Ledger) {
        let catalogue = ledger.catalogue
        tokens.update(from: catalogue)
        for operation in catalogue.standing {
            shared.board.publish(catalogue.operations[Int(operation)], at: operation)
            if let counts = ledger.counts(of: operation) {
                shared.board.publish(counts, of: operation)
            }
            if let profile = profile(operation, catalogue) { post(.operation(profile)) }
        }
        for index in catalogue.keys.indices {
            post(.key(DirectoryKey(catalogue.keys[index], index: UInt32(index))))
        }
    }

    /// Has the log say that the process has started, which version, and by what policy the
    /// ladder goes from now on. One that is in force already leaves no record.
    func recordStart(with policy: Policy) {
        Task(executorPreference: executor) {
            await self.record(.fact(.started(version: Gateway.version)))
            await self.record(.contract(.setPolicy(policy)))
        }
    }

    /// Has a command of the gateway's own decided, as soon as there is room for it.
    private func record(_ command: AdministrativeCommand) async {
        var isTold = false
        while !shared.isDraining {
            do throws(Problem) {
                _ = try await decide(command, by: .gateway)
                return
            } catch {
                if !isTold {
                    shared.logger.warning(
                        "cannot record the start yet", metadata: ["reason": "\(error.detail)"])
                }
                isTold = true
            }
            // It throws where the task is cancelled, and nobody does that.
            try? await Task.sleep(for: .seconds(1))
        }
    }
}

extension Change {
    /// The operation that changed, if one did.
    var operation: UInt32? {
        switch self {
        case .operationAdded(let index), .operationChanged(let index), .ladderChanged(let index),
            .operationOpened(let index), .operationClosed(let index),
            .declarationsChanged(let index), .standingChanged(let index),
            .operationReset(_, successor: let index), .operationDeleted(let index):
            index
        default: nil
        }
    }

    /// The operation that goes on under another index, if one does.
    var predecessor: UInt32? {
        guard case .operationReset(let index, _) = self else { return nil }
        return index
    }

    /// Whether an index is given to an operation.
    var makesOperation: Bool {
        switch self {
        case .operationAdded, .operationReset: true
        default: false
        }
    }

    /// The front-end key that changed, if one did.
    var key: UInt32? {
        switch self {
        case .keyAdded(let index), .keyRevoked(let index): index
        default: nil
        }
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
            refusal.detail, fieldErrors: fieldErrors)
    }
}
