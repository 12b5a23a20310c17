package import Bytes

/// The administrative state: clients, operations and their front-end keys.
///
/// A value: the ledger holds one, readers get a copy or keep a replica of their own by applying the
/// same commands. Indices are dense and in order of creation, and never given to another.
package struct Catalogue: Equatable, Sendable {
    package struct Client: Equatable, Sendable {
        package let id: String
        package var name: String
        package let createdAt: Timestamp
    }

    package struct Operation: Equatable, Sendable {
        package let id: String
        package internal(set) var settings: OperationSettings
        package internal(set) var state: OperationState
        package let createdAt: Timestamp
        /// Names the key that seals what people give in this operation.
        package let dataKeyID: String
        /// Indices of its keys, in order of creation.
        package internal(set) var keys: [UInt32]

        package var client: String { settings.client }
        package var title: String { settings.title }
    }

    package struct FrontEndKey: Equatable, Sendable {
        package let id: String
        /// Index of the operation.
        package let operation: UInt32
        package let digest: KeyDigest
        package let createdAt: Timestamp
        /// `nil` while the key works.
        package internal(set) var revokedAt: Timestamp?
        package internal(set) var reason: RevocationReason?
    }

    package internal(set) var clients: [Client] = []
    package internal(set) var operations: [Operation] = []
    package internal(set) var keys: [FrontEndKey] = []
    /// How often a process took the journal over.
    package internal(set) var starts: UInt64 = 0

    var clientIndices: [String: UInt32] = [:]
    var operationIndices: [String: UInt32] = [:]
    var keyIndices: [String: UInt32] = [:]
    var digestIndices: [KeyDigest: UInt32] = [:]

    package init() {}

    package func clientIndex(_ id: String) -> UInt32? { clientIndices[id] }
    package func operationIndex(_ id: String) -> UInt32? { operationIndices[id] }
    package func keyIndex(_ id: String) -> UInt32? { keyIndices[id] }
    /// The key whose text has this digest, revoked or not.
    package func keyIndex(digest: KeyDigest) -> UInt32? { digestIndices[digest] }

    package func operation(_ id: String) -> Operation? {
        operationIndex(id).map { operations[Int($0)] }
    }
}

/// Where an operation stands by what persons decided; its dates are beside it.
package enum OperationState: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case draft, open, closed

    /// As the interface calls it.
    package var name: String {
        switch self {
        case .draft: "draft"
        case .open: "open"
        case .closed: "closed"
        }
    }
}

/// What an administrative command changed: which part of the state a reader must look at again.
package enum Change: Equatable, Sendable, BitwiseCopyable {
    /// Everything was as asked already. Such a command is answered, and not journaled.
    case none
    case clientAdded(UInt32)
    case clientChanged(UInt32)
    case operationAdded(UInt32)
    case operationChanged(UInt32)
    case operationOpened(UInt32)
    case operationClosed(UInt32)
    case keyAdded(UInt32)
    case keyRevoked(UInt32)
    case started
}
