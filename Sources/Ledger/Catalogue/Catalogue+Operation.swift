internal import Bytes
package import Contract
package import Time

extension Catalogue {
    /// A promotional game of a client: its settings, its keys, and where it stands.
    package struct Operation: Equatable, Sendable {
        package let id: String
        package private(set) var settings: OperationSettings
        /// The phase that persons moved it to.
        package private(set) var phase = OperationPhase.draft
        package let createdAt: Timestamp
        /// Names the key that seals what people give in this operation.
        package private(set) var dataKeyID: String
        /// Indices of its keys, in order of creation.
        package private(set) var keys: [UInt32] = []
        var traffic = DeclaredTraffic()
        private var restrictions = EntryRestrictions()
        /// The number of changes that its client made with tokens of its own.
        private var clientChanges: UInt32 = 0
        /// How it ended; `nil` while it has not.
        package private(set) var retirement: Retirement?

        /// How an operation ended (C18). Its index stays its own, because entries name it.
        package enum Retirement: Equatable, Codable, Sendable {
            /// Set back to zero: it goes on under this index.
            case reset(successor: UInt32)
            case deleted
        }

        /// A draft.
        init(id: String, settings: OperationSettings, createdAt: Timestamp, dataKeyID: String) {
            self.id = id
            self.settings = settings
            self.createdAt = createdAt
            self.dataKeyID = dataKeyID
        }
    }
}

// MARK: Reading

extension Catalogue.Operation {
    package var client: String { settings.client }
    package var title: String { settings.title }

    package var declarations: Declarations { traffic.declarations }
    package var cover: Cover { traffic.cover }
    package var coverStage: CoverStage { traffic.coverStage }
    package var crossedAt: Timestamp? { traffic.crossedAt }
    package var unknownSources: [UnknownSource] { traffic.unknownSources }

    package var suspension: Suspension? { restrictions.suspension }
    package var pace: UInt32? { restrictions.pace }
    package var rung: Ladder.Rung { restrictions.rung }
    /// When a suspension ends by itself; `nil` if none does.
    var due: Timestamp? { restrictions.due }

    /// The ladder's measure, where it acts and does not only advise.
    package var enforcedRung: Ladder.Rung { settings.policy == .enforce ? rung : .open }

    /// Whether more take part than its declarations allow for, while it is open (C2).
    package var isBeyondCover: Bool { phase == .open && coverStage == .crossed }

    /// The state that follows from all decisions. A person's goes before the ladder's, a suspension
    /// before a pace; the dates are not in it.
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

    /// Entries a second that are admitted: the lower pace, where a person and the ladder have set
    /// one. `nil`: all.
    package var perSecond: UInt32? {
        guard case .smoothed(let perSecond) = enforcedRung else { return pace }
        return pace.map { min($0, perSecond) } ?? perSecond
    }
}

// MARK: Changes

extension Catalogue.Operation {
    /// - Parameter counts: once there are entries, what they were decided by is fixed.
    mutating func change(
        to new: OperationSettings, counts: OperationCounts
    ) throws(CommandRefusal) {
        guard new.client == client else { throw .clientFixed(operation: id, client: client) }
        if counts.entries > 0 {
            guard new.rule == settings.rule else {
                throw .ruleFixed(operation: id, rule: settings.rule)
            }
            let isSamePhone = new.identity != .phone || new.country == settings.country
            guard new.identity == settings.identity, isSamePhone else {
                throw .identityFixed(operation: id)
            }
            guard new.secondKey == settings.secondKey else {
                throw .secondKeyFixed(operation: id)
            }
        }
        try new.cap?.require(counts, of: id)
        // A changed policy must not bring an advised step into force, nor the other way round.
        if new.policy != settings.policy { restrictions.setRung(.open) }
        settings = new
    }

    /// The ladder's measure stays: closing and opening again does not lift it.
    mutating func move(to new: OperationPhase) { phase = new }

    mutating func suspend(_ suspension: Suspension) throws(CommandRefusal) {
        try restrictions.suspend(suspension, of: id)
    }

    /// - Returns: `false` if nothing was in force.
    mutating func resume() throws(CommandRefusal) -> Bool { try restrictions.resume(id) }

    /// - Returns: `false` if that is the pace already.
    mutating func setPace(_ perSecond: UInt32?) -> Bool { restrictions.setPace(perSecond) }

    mutating func addKey(_ index: UInt32) { keys.append(index) }

    /// A client changes its own operations a bounded number of times.
    func requireClientChange() throws(CommandRefusal) {
        let limit = LedgerLimits.clientChanges
        guard clientChanges < limit else {
            throw .limitReached(name: "changes by the client", limit: Int(limit))
        }
    }

    mutating func countClientChange() { clientChanges += 1 }

    mutating func apply(_ event: LedgerEvent, at time: Timestamp) {
        switch event {
        case .coverNear: traffic.comeNear()
        case .coverCrossed: traffic.cross(at: time)
        case .step(let step): restrictions.setRung(step.rung)
        case .suspensionEnded: restrictions.expireSuspension()
        }
    }

    // MARK: Its end

    /// The operation set back to zero. Settings, declarations and persons' decisions stay; the
    /// ladder and the stage of the cover start anew, because there are no participants.
    func successor(dataKeyID: String) -> Self {
        var successor = self
        successor.dataKeyID = dataKeyID
        successor.traffic.restartStage()
        successor.restrictions.setRung(.open)
        return successor
    }

    /// A retired operation is closed, and nothing of it comes due. The keys of a deleted one stay
    /// its own; those of one that was reset are its successor's.
    mutating func retire(_ retirement: Retirement) {
        self.retirement = retirement
        phase = .closed
        restrictions = EntryRestrictions()
        if retirement != .deleted { keys = [] }
    }
}

// MARK: JSON

/// In JSON one flat object: the members of its traffic and restrictions stand beside its own.
extension Catalogue.Operation: Codable {
    private enum Member: String, CodingKey {
        case id, settings, phase, createdAt, dataKeyID, keys, clientChanges, retirement
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        id = try members.decode(String.self, forKey: .id)
        settings = try members.decode(OperationSettings.self, forKey: .settings)
        phase = try members.decode(OperationPhase.self, forKey: .phase)
        createdAt = try members.decode(Timestamp.self, forKey: .createdAt)
        dataKeyID = try members.decode(String.self, forKey: .dataKeyID)
        keys = try members.decode([UInt32].self, forKey: .keys)
        traffic = try DeclaredTraffic(from: decoder)
        restrictions = try EntryRestrictions(from: decoder)
        clientChanges = try members.decode(UInt32.self, forKey: .clientChanges)
        retirement = try members.decodeIfPresent(Retirement.self, forKey: .retirement)
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(id, forKey: .id)
        try members.encode(settings, forKey: .settings)
        try members.encode(phase, forKey: .phase)
        try members.encode(createdAt, forKey: .createdAt)
        try members.encode(dataKeyID, forKey: .dataKeyID)
        try members.encode(keys, forKey: .keys)
        try traffic.encode(to: encoder)
        try restrictions.encode(to: encoder)
        try members.encode(clientChanges, forKey: .clientChanges)
        try members.encodeIfPresent(retirement, forKey: .retirement)
    }
}

// MARK: States

/// Where an operation stands by the decisions of persons about it as a whole.
package enum OperationPhase: UInt8, CaseIterable, Codable, Sendable, BitwiseCopyable {
    case draft, open, closed
}

/// Where an operation stands; its dates are not in it.
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
