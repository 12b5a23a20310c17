internal import Bytes
package import Contract
package import Time

/// The administrative state: clients, operations and their front-end keys.
///
/// A value: the ledger holds one, readers get a copy or keep a replica of their own by applying the
/// same commands. Indices are dense and in order of creation, and never given to another.
package struct Catalogue: Equatable, Sendable {
    package struct Client: Equatable, Codable, Sendable {
        package let id: String
        package var name: String
        package let createdAt: Timestamp
    }

    package struct Operation: Equatable, Codable, Sendable {
        package let id: String
        package internal(set) var settings: OperationSettings
        /// What persons decided of it, beside suspensions.
        package internal(set) var phase: OperationPhase
        package let createdAt: Timestamp
        /// Names the key that seals what people give in this operation.
        package internal(set) var dataKeyID: String
        /// Indices of its keys, in order of creation.
        package internal(set) var keys: [UInt32]
        /// What was said of its traffic, and what that allows for.
        package internal(set) var declarations = Declarations()
        package internal(set) var cover = Cover.undeclared
        package internal(set) var coverStage = CoverStage.within
        /// When the participants went beyond the cover of now; `nil` while they are within.
        package internal(set) var crossedAt: Timestamp?
        /// Tags that nobody declared and that brought a surge, the newest first (C1).
        package internal(set) var unknownSources: [UnknownSource] = []
        /// A person's.
        package internal(set) var suspension: Suspension?
        /// Entries a second, as a person set it; `nil`: no pace.
        package internal(set) var pace: UInt32?
        /// Where the ladder has it; in force where the policy is to enforce.
        package internal(set) var rung = Ladder.Rung.open

        /// What its client has changed of it, counted.
        package internal(set) var clientChanges: UInt32 = 0
        /// Why it is no more; `nil` while it is.
        package internal(set) var retirement: Retirement?

        /// What has become of an operation that is no more (C18). Its index stays its own, because
        /// entries name it.
        package enum Retirement: Equatable, Codable, Sendable {
            /// Set back to zero: it goes on under this index.
            case reset(successor: UInt32)
            case deleted
        }

        package var client: String { settings.client }
        package var title: String { settings.title }

        /// The ladder's measure, where it acts and does not only advise.
        package var enforcedRung: Ladder.Rung { settings.policy == .enforce ? rung : .open }

        /// Whether more take part than its declarations allow for, while it is open (C2).
        package var isBeyondCover: Bool { phase == .open && coverStage == .crossed }

        /// Where it stands, all in. A person's decision goes before the ladder's, a suspension
        /// before a pace; the dates are beside it.
        package var state: OperationState {
            switch phase {
            case .draft: return .draft
            case .closed: return .closed
            case .open: break
            }
            if suspension != nil { return .suspended }
            if case .suspended = enforcedRung { return .suspended }
            return perSecond == nil ? .open : .smoothed
        }

        /// Entries a second that are let in: the lower one, where a person and the ladder have set
        /// a pace. `nil`: as many as come.
        package var perSecond: UInt32? {
            guard case .smoothed(let perSecond) = enforcedRung else { return pace }
            return pace.map { min($0, perSecond) } ?? perSecond
        }
    }

    package struct FrontEndKey: Equatable, Codable, Sendable {
        package let id: String
        /// Index of the operation.
        package internal(set) var operation: UInt32
        package let digest: KeyDigest
        package let createdAt: Timestamp
        /// `nil` while the key works.
        package internal(set) var revokedAt: Timestamp?
        package internal(set) var reason: RevocationReason?
    }

    /// Lets its holder use the admin listener.
    package struct AccessToken: Equatable, Codable, Sendable {
        package let id: String
        package let holder: Author
        package let digest: KeyDigest
        package let createdAt: Timestamp
        /// `nil` while it works.
        package internal(set) var revokedAt: Timestamp?
        package internal(set) var reason: RevocationReason?
    }

    package internal(set) var clients: [Client] = []
    package internal(set) var operations: [Operation] = []
    package internal(set) var keys: [FrontEndKey] = []
    /// In order of creation, the revoked ones too.
    package internal(set) var tokens: [AccessToken] = []
    /// By what the ladder goes.
    package internal(set) var policy = Policy()
    /// How often a process took the log over.
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

    /// The operation of this name, or else the last one that had it.
    package func lastOperationIndex(_ id: String) -> UInt32? {
        operationIndex(id) ?? operations.lastIndex { $0.id == id }.map(UInt32.init)
    }

    /// The indices of the operations that are.
    package var standing: [UInt32] {
        operations.indices.filter { operations[$0].retirement == nil }.map(UInt32.init)
    }
}

/// Where an operation stands by what persons decided of it as a whole.
package enum OperationPhase: UInt8, CaseIterable, Codable, Sendable, BitwiseCopyable {
    case draft, open, closed
}

/// Where an operation stands; its dates are beside it.
package enum OperationState: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case draft, open, smoothed, suspended, closed

    /// As the interface calls it.
    package var name: String {
        switch self {
        case .draft: "draft"
        case .open: "open"
        case .smoothed: "smoothed"
        case .suspended: "suspended"
        case .closed: "closed"
        }
    }
}

/// How far an operation's participants have come towards its cover.
package enum CoverStage: UInt8, Codable, Sendable, BitwiseCopyable {
    case within
    /// 80 % and more.
    case near
    /// More than it.
    case crossed
}

/// What an administrative command changed: which part of the state a reader must look at again.
package enum Change: Equatable, Sendable, BitwiseCopyable {
    /// Everything was as asked already. Such a command is answered, and not recorded.
    case none
    case clientAdded(UInt32)
    case clientChanged(UInt32)
    case operationAdded(UInt32)
    case operationChanged(UInt32)
    /// Its settings, the ladder's policy among them: the ladder starts anew.
    case ladderChanged(UInt32)
    case operationOpened(UInt32)
    case operationClosed(UInt32)
    /// Set back to zero: it was the first, and is the second from now on, with all its keys.
    case operationReset(UInt32, successor: UInt32)
    /// It is no more, and its keys are revoked.
    case operationDeleted(UInt32)
    case keyAdded(UInt32)
    case keyRevoked(UInt32)
    /// Notices or campaigns.
    case declarationsChanged(UInt32)
    /// A suspension or a pace.
    case standingChanged(UInt32)
    case policyChanged
    /// A fact, or a notice that came too late: recorded; what follows from it are events.
    case recorded
    case tokenAdded(UInt32)
    case tokenRevoked(UInt32)
    case started
}
