internal import Bytes
internal import Cryptography
internal import Ledger
internal import Vault

/// Keeps each loop's ``Directory`` up to date, by messages: a projection whose readers have copies
/// of their own. Owned by the projector's thread.
struct LoopDirectories {
    private let lanes: ArraySlice<WorkerLane>
    /// Each operation's keys, by its index in the ledger.
    private var keys: [UInt32: OperationKeys]

    init(_ lanes: ArraySlice<WorkerLane>, keys: [UInt32: OperationKeys]) {
        self.lanes = lanes
        self.keys = keys
    }

    /// The keys of an operation that is about to be known.
    mutating func add(_ newKeys: OperationKeys, of operation: UInt32) {
        keys[operation] = newKeys
    }

    func hasKeys(of operation: UInt32) -> Bool { keys[operation] != nil }

    /// Posts an operation whose keys have come, with its permits.
    func post(_ operation: UInt32, _ catalogue: Catalogue) {
        post(profileOf: operation, catalogue)
        for (index, permit) in catalogue.permits.enumerated() where permit.operation == operation {
            post(permit: UInt32(index), catalogue)
        }
    }

    /// Posts everything: for loops that know nothing yet.
    func postAll(of catalogue: Catalogue) {
        for operation in catalogue.standing {
            if let profile = profile(operation, catalogue) { post(.operation(profile)) }
        }
        for index in catalogue.keys.indices {
            post(.key(DirectoryKey(catalogue.keys[index], index: UInt32(index))))
        }
        for index in catalogue.permits.indices { post(permit: UInt32(index), catalogue) }
    }

    /// Those of an operation that is no more are left out: nothing verifies them.
    private func post(permit index: UInt32, _ catalogue: Catalogue) {
        let permit = catalogue.permits[Int(index)]
        guard let keys = self.keys[permit.operation] else { return }
        post(.permit(PermitProfile(permit, index: index, key: keys.permit)))
    }

    /// Posts what a command changed.
    /// - Parameter catalogue: as it is behind the command.
    mutating func apply(_ change: Change, _ catalogue: Catalogue) {
        switch change {
        case .operationReset(let index, let successor):
            retire(index, keysOf: successor, successor: successor, catalogue)
        case .operationDeleted(let index):
            retire(index, keysOf: index, successor: nil, catalogue)
        case .permitIssued(let index), .permitRevoked(let index), .permitPurged(let index):
            post(permit: index, catalogue)
        default:
            if let key = change.key {
                post(.key(DirectoryKey(catalogue.keys[Int(key)], index: key)))
            } else {
                for operation in change.operations(in: catalogue) {
                    post(profileOf: operation, catalogue)
                }
            }
        }
    }

    /// Posts what an event changed: with a suspension ends what the public is told of it.
    /// - Parameter catalogue: as it is behind the event.
    func apply(_ event: LedgerEvent, _ catalogue: Catalogue) {
        switch event {
        case .suspensionEnded, .clientSuspensionEnded:
            guard let operation = event.operation.flatMap({ catalogue.operationIndex($0) })
            else { return }
            post(profileOf: operation, catalogue)
        case .coverNear, .coverCrossed, .clientCrossed, .clientWithin, .step, .incidentOverdue,
            .forceMajeureLasting:
            break
        }
    }

    private func post(profileOf operation: UInt32, _ catalogue: Catalogue) {
        if let profile = profile(operation, catalogue) { post(.operation(profile)) }
    }

    /// Posts an operation's retirement and its successor in one message: there is no moment in
    /// which the name or the keys are unknown.
    private mutating func retire(
        _ index: UInt32, keysOf owner: UInt32, successor: UInt32?, _ catalogue: Catalogue
    ) {
        let owned = catalogue.operations[Int(owner)].keys.map {
            DirectoryKey(catalogue.keys[Int($0)], index: $0)
        }
        keys.removeValue(forKey: index)
        // Nothing is sealed with these keys; answers that are on their way need some.
        let none = OperationKeys(OperationSecrets(), from: 0)
        let rest = OperationProfile(catalogue.operations[Int(index)], index: index, keys: none)
        post(.retired(rest, successor: successor.flatMap { profile($0, catalogue) }, keys: owned))
    }

    /// What a loop knows of an operation; nil where its secrets have been destroyed.
    private func profile(_ index: UInt32, _ catalogue: Catalogue) -> OperationProfile? {
        keys[index].map {
            OperationProfile(catalogue.operations[Int(index)], index: index, keys: $0)
        }
    }

    private func post(_ message: LoopMessage) {
        for lane in lanes { lane.post(message) }
    }
}
