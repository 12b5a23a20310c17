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
        /// Whether it is closed, and its client closed it with a token of its own.
        private(set) var isClosedByClient = false
        package let createdAt: Timestamp
        /// Names the key that seals what people give in this operation.
        package private(set) var dataKeyID: String
        /// Indices of its keys, in order of creation.
        package private(set) var keys: [UInt32] = []
        var traffic = DeclaredTraffic()
        private var restrictions = EntryRestrictions()
        /// What is on record of the queue before it.
        package private(set) var queue = RecordedQueue()
        /// The number of changes that its client made with tokens of its own.
        private var clientChanges: UInt32 = 0
        /// How many of them were resets: each takes an index for good.
        private var clientResets: UInt32 = 0
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

    /// Its own.
    package var suspension: Suspension? { restrictions.suspension }
    /// Its client's.
    package var clientSuspension: Suspension? { restrictions.clientSuspension }
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
        if suspension != nil || clientSuspension != nil { return .suspended }
        if case .suspended = enforcedRung { return .suspended }
        return perSecond == nil ? .open : .smoothed
    }

    /// Entries a second that are admitted: the lower pace, where a person and the ladder have set
    /// one. `nil`: all.
    package var perSecond: UInt32? {
        guard case .smoothed(let perSecond) = enforcedRung else { return pace }
        return pace.map { min($0, perSecond) } ?? perSecond
    }

    /// When it opens, if participants get places before that: its start is shuffled, and it is open
    /// but for the date.
    package var shuffledOpening: Timestamp? {
        guard settings.start == .shuffled, phase == .open else { return nil }
        return settings.opens
    }
}

// MARK: Changes

extension Catalogue.Operation {
    /// Once there are entries, what they were decided by is fixed; the identity, which tickets are
    /// made by, from the first place in a queue on.
    mutating func change(
        to new: OperationSettings, counts: OperationCounts
    ) throws(CommandRefusal) {
        guard new.client == client else { throw .clientFixed(operation: id, client: client) }
        let hasEntries = counts.stored > 0
        guard new.rule == settings.rule || !hasEntries else {
            throw .ruleFixed(operation: id, rule: settings.rule)
        }
        let hasTickets = queue.counters != nil || queue.draw != nil
        guard new.hasIdentity(of: settings) || !hasEntries && !hasTickets else {
            throw .identityFixed(operation: id)
        }
        guard new.secondKey == settings.secondKey || !hasEntries else {
            throw .secondKeyFixed(operation: id)
        }
        try new.cap?.require(counts, of: id)
        // A changed policy must not bring an advised step into force, nor the other way round.
        if new.policy != settings.policy { restrictions.setRung(.open) }
        settings = new
    }

    /// The ladder's measure stays: closing and opening again does not lift it.
    mutating func move(to new: OperationPhase, by author: Author) {
        phase = new
        isClosedByClient = new == .closed && author.role == .client
    }

    mutating func suspend(_ suspension: Suspension) { restrictions.suspend(suspension) }

    /// - Parameter isConfirmed: it ends a definitive suspension, too.
    /// - Returns: `false` if nothing was in force.
    mutating func resume(liftingDefinitive isConfirmed: Bool) throws(CommandRefusal) -> Bool {
        try restrictions.resume(id, liftingDefinitive: isConfirmed)
    }

    /// Its client was suspended, or resumed.
    mutating func setClientSuspension(_ suspension: Suspension?) {
        restrictions.setClientSuspension(suspension)
    }

    /// Whether something holds it that another than its client decided: a suspension, or a measure
    /// of the ladder.
    var isHeldByAnother: Bool { restrictions.isHeldByAnother(settings.policy) }

    /// Ends the suspension that its client ordered, and nothing else.
    /// - Returns: `false` if there is none.
    mutating func endClientSuspension() -> Bool { restrictions.endClientSuspension() }

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

    mutating func countClientChange(isReset: Bool) {
        clientChanges += 1
        if isReset { clientResets += 1 }
    }

    /// A client resets its own operations a bounded number of times: every operation shares the
    /// indices.
    func requireClientReset() throws(CommandRefusal) {
        let limit = LedgerLimits.clientResets
        guard clientResets < limit else {
            throw .limitReached(name: "resets by the client", limit: Int(limit))
        }
    }

    mutating func recordQueue(_ counters: QueueCounters, at time: Timestamp) {
        queue.counters = counters
        queue.at = time
    }

    mutating func recordDraw(_ draw: StartDraw.Record) { queue.draw = draw }

    mutating func apply(_ event: LedgerEvent, at time: Timestamp) {
        switch event {
        case .coverNear: traffic.comeNear()
        case .coverCrossed: traffic.cross(at: time)
        // The table applies it to all of the client's operations.
        case .clientCrossed, .clientWithin: break
        // They are about no operation.
        case .incidentOverdue, .forceMajeureLasting: break
        case .step(let step): restrictions.setRung(step.rung)
        case .suspensionEnded: restrictions.expireSuspension()
        case .clientSuspensionEnded: restrictions.setClientSuspension(nil)
        }
    }

    // MARK: Its end

    /// The operation set back to zero. Settings, declarations and persons' decisions stay; the
    /// ladder and the stage of the cover start anew, because there are no participants.
    func successor(dataKeyID: String) -> Self {
        var successor = self
        successor.dataKeyID = dataKeyID
        successor.traffic.restartStage()
        successor.traffic.forgetSurges()
        successor.traffic.endSharedCrossing()
        successor.restrictions.setRung(.open)
        successor.queue = RecordedQueue()
        return successor
    }

    /// A retired operation is closed, and nothing of it comes due. The keys of a deleted one stay
    /// its own; those of one that was reset are its successor's.
    mutating func retire(_ retirement: Retirement) {
        self.retirement = retirement
        phase = .closed
        traffic.forgetSurges()
        traffic.endSharedCrossing()
        restrictions = EntryRestrictions()
        queue = RecordedQueue()
        if retirement != .deleted { keys = [] }
    }
}

// MARK: Notices

/// Which notices an operation lacks (C1-C3).
extension Catalogue.Operation {
    /// Every notice that is missing at this moment, while it is open: its own cover's first, then
    /// its client's, then those of surges, the newest first.
    package func missingNotices(at time: Timestamp) -> [MissingNotice] {
        guard phase == .open else { return [] }
        var missing: [MissingNotice] = []
        if isBeyondCover, let crossedAt {
            missing.append(
                MissingNotice(.cover, since: crossedAt, allowed: Int(cover.participants)))
        }
        if let crossing = traffic.sharedCrossing {
            missing.append(
                MissingNotice(
                    .client, since: crossing.since, count: Int(clamping: crossing.participants),
                    allowed: Int(clamping: crossing.cover)))
        }
        return missing
            + traffic.surges.lazy.filter { $0.holds(at: time) }.map(\.missingNotice)
    }

    /// The same as a step of the ladder tells of them: a bounded number of surges.
    func missingNotices(ofStepAt time: Timestamp) -> [MissingNotice] {
        let missing = missingNotices(at: time)
        let surges = missing.filter { $0.kind == .campaign || $0.kind == .rise }
        return missing.filter { $0.kind == .cover || $0.kind == .client }
            + surges.prefix(LedgerLimits.surgesOfStep)
    }

    /// Whether a notice is missing: the first half of what C3 asks for.
    package func lacksNotice(at time: Timestamp) -> Bool {
        phase == .open
            && (coverStage == .crossed || traffic.sharedCrossing != nil
                || traffic.surges.contains { $0.holds(at: time) })
    }

    /// The first moment at which it lacks no notice any more, if nothing changes: never, where the
    /// cover is crossed; `nil` where it lacks none.
    package var noticeMissingUntil: Timestamp? {
        guard phase == .open else { return nil }
        if coverStage == .crossed || traffic.sharedCrossing != nil {
            return Timestamp(milliseconds: .max)
        }
        return traffic.surges.map(\.until).max()
    }

    /// The same without the time: some of what was found may be over.
    var mayLackNotice: Bool {
        phase == .open
            && (coverStage == .crossed || traffic.sharedCrossing != nil || !traffic.surges.isEmpty)
    }

    /// Whether its participants count among those that its client's operations may have together
    /// without a notice; see ``SharedCover``.
    func sharesCover(at time: Timestamp) -> Bool {
        retirement == nil && phase == .open && cover == .undeclared && coverStage != .crossed
            && (settings.closes.map { time < $0 } ?? true)
    }
}

// MARK: JSON

/// In JSON one flat object: the members of its traffic and restrictions stand beside its own.
extension Catalogue.Operation: Codable {
    private enum Member: String, CodingKey {
        case id, settings, phase, createdAt, dataKeyID, keys, clientChanges, clientResets
        case retirement, queue, isClosedByClient
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        id = try members.decode(String.self, forKey: .id)
        settings = try members.decode(OperationSettings.self, forKey: .settings)
        phase = try members.decode(OperationPhase.self, forKey: .phase)
        isClosedByClient =
            try members.decodeIfPresent(Bool.self, forKey: .isClosedByClient) ?? false
        createdAt = try members.decode(Timestamp.self, forKey: .createdAt)
        dataKeyID = try members.decode(String.self, forKey: .dataKeyID)
        keys = try members.decode([UInt32].self, forKey: .keys)
        traffic = try DeclaredTraffic(from: decoder)
        restrictions = try EntryRestrictions(from: decoder)
        clientChanges = try members.decode(UInt32.self, forKey: .clientChanges)
        clientResets = try members.decode(UInt32.self, forKey: .clientResets)
        retirement = try members.decodeIfPresent(Retirement.self, forKey: .retirement)
        queue = try members.decode(RecordedQueue.self, forKey: .queue)
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(id, forKey: .id)
        try members.encode(settings, forKey: .settings)
        try members.encode(phase, forKey: .phase)
        if isClosedByClient { try members.encode(true, forKey: .isClosedByClient) }
        try members.encode(createdAt, forKey: .createdAt)
        try members.encode(dataKeyID, forKey: .dataKeyID)
        try members.encode(keys, forKey: .keys)
        try traffic.encode(to: encoder)
        try restrictions.encode(to: encoder)
        try members.encode(clientChanges, forKey: .clientChanges)
        try members.encode(clientResets, forKey: .clientResets)
        try members.encodeIfPresent(retirement, forKey: .retirement)
        try members.encode(queue, forKey: .queue)
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
