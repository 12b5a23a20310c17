internal import Ledger

/// What a change is about.
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

    /// The operations that changed: one, or all of a client's.
    func operations(in catalogue: Catalogue) -> [UInt32] {
        if case .clientStandingChanged(let client) = self {
            return catalogue.operations(ofClient: client)
        }
        return operation.map { [$0] } ?? []
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
        case .keyAdded(let index), .keyRevoked(let index), .keySuspected(let index): index
        default: nil
        }
    }
}
