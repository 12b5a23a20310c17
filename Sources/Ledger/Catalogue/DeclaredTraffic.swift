internal import Bytes
package import Contract
package import Time

/// What was declared of an operation's traffic, the cover that follows from it, and how the traffic
/// compares with both (C1, C2).
package struct DeclaredTraffic: Equatable, Codable, Sendable {
    package private(set) var declarations = Declarations()
    /// The number of participants that the declarations allow for.
    package private(set) var cover = Cover.undeclared
    package private(set) var coverStage = CoverStage.within
    /// When the participants went beyond the present cover; `nil` while they are within.
    package private(set) var crossedAt: Timestamp?
    /// Tags that no declaration names and that brought a surge, the newest first (C1).
    package private(set) var unknownSources: [UnknownSource] = []
    /// Surges that no declaration announced, the newest first; see ``UndeclaredSurge``. Those whose
    /// time is over stay until the next one is found.
    private(set) var surges: [UndeclaredSurge] = []
    /// Since when, and by how much, its client's operations are beyond what is free together (C2);
    /// `nil` while they are not.
    private(set) var sharedCrossing: SharedCrossing?

    /// What was found of the client's operations together.
    struct SharedCrossing: Equatable, Codable, Sendable {
        var since: Timestamp
        var participants: UInt64
        var cover: UInt64
    }

    /// The number of participants at which an event is due; beyond all numbers if none is.
    var participantsMark: UInt64 {
        switch coverStage {
        case .within: UInt64(cover.warningParticipants)
        case .near: UInt64(cover.participants) + 1
        case .crossed: .max
        }
    }

    // MARK: Declarations

    /// Replaces the notice, or withdraws it.
    /// - Returns: `false` if it announced the same number already, or if there was none.
    mutating func setNotice(
        _ notice: TrafficNotice?, at time: Timestamp, _ policy: Policy
    ) -> Bool {
        let known = declarations.notice?.expectedParticipants
        guard known != notice?.expectedParticipants else { return false }
        declarations.notice = notice
        update(at: time, policy)
        return true
    }

    /// Adds a campaign.
    /// - Parameter participants: the participants so far: beyond the cover, it is belated.
    /// - Returns: `false` if it is declared so already.
    mutating func declare(
        _ campaign: String, _ declaration: CampaignDeclaration, at time: Timestamp,
        participants: UInt32, _ policy: Policy
    ) throws(CommandRefusal) -> Bool {
        if let known = declarations.campaigns.first(where: { $0.id == campaign }) {
            guard known.declaration == declaration else { throw .campaignExists(campaign) }
            return false
        }
        guard declarations.campaigns.count < LedgerLimits.campaigns else {
            throw .limitReached(
                name: "campaigns of an operation, the withdrawn ones too,",
                limit: LedgerLimits.campaigns)
        }
        declarations.campaigns.append(
            Campaign(
                id: campaign, declaration: declaration, declaredAt: time,
                isBelated: !cover.holds(participants)))
        update(at: time, policy)
        return true
    }

    /// Withdraws a campaign.
    /// - Returns: `false` if it is withdrawn already.
    mutating func withdraw(
        _ campaign: String, at time: Timestamp, _ policy: Policy
    ) throws(CommandRefusal) -> Bool {
        guard let position = declarations.campaigns.firstIndex(where: { $0.id == campaign })
        else { throw .unknownCampaign(campaign) }
        guard declarations.campaigns[position].withdrawnAt == nil else { return false }
        declarations.campaigns[position].withdrawnAt = time
        update(at: time, policy)
        return true
    }

    /// The cover follows the declarations. A changed one is approached anew. A surge that is
    /// announced now lacks its notice no longer.
    private mutating func update(at time: Timestamp, _ policy: Policy) {
        let (declared, allowed) = (
            declarations, declarations.announcedEntries(at: time, policy)
        )
        surges.removeAll { surge in
            surge.source.map { declared.names(source: $0) } ?? (surge.entries <= allowed)
        }
        let new = Cover(declarations)
        guard new != cover else { return }
        cover = new
        restartStage()
        if cover != .undeclared { sharedCrossing = nil }
    }

    // MARK: Traffic

    /// Starts the stage anew, for a new cover or for an operation without participants.
    mutating func restartStage() {
        coverStage = .within
        crossedAt = nil
    }

    /// The participants have come near the cover.
    mutating func comeNear() { coverStage = .near }

    /// The participants have gone beyond the cover.
    mutating func cross(at time: Timestamp) {
        coverStage = .crossed
        crossedAt = time
        // It is held to its own cover from now on.
        sharedCrossing = nil
    }

    /// Its client's operations together have gone beyond what is free. What was found first stays.
    mutating func crossTogether(participants: UInt64, cover: UInt64, at time: Timestamp) {
        sharedCrossing =
            sharedCrossing
            ?? SharedCrossing(since: time, participants: participants, cover: cover)
    }

    /// They are within it again, or the operation no longer counts among them.
    mutating func endSharedCrossing() { sharedCrossing = nil }

    /// Keeps an undeclared tag, as the newest. It is a surge without its notice unless a campaign
    /// has the tag by now, or the campaigns that run account for what came.
    mutating func add(_ found: UnknownSource, at time: Timestamp, _ policy: Policy) {
        unknownSources.removeAll { $0.source == found.source }
        unknownSources.insert(found, at: 0)
        unknownSources = Array(unknownSources.prefix(LedgerLimits.unknownSources))
        let isAnnounced =
            declarations.names(source: found.source)
            || declarations.accountFor(
                found.operationEntries, within: found.windowSeconds, at: time)
        if isAnnounced { return }
        add(
            UndeclaredSurge(
                source: found.source, foundAt: time, entries: found.undeclaredEntries,
                allowed: policy.sourceEntries - 1, windowSeconds: found.windowSeconds), at: time)
    }

    /// A rise is a surge without its notice unless as many people are announced by now.
    mutating func add(_ rise: TrafficRise, at time: Timestamp, _ policy: Policy) {
        let allowed = declarations.announcedEntries(at: time, policy)
        guard rise.entries > allowed else { return }
        add(
            UndeclaredSurge(
                source: nil, foundAt: time, entries: rise.entries, allowed: allowed,
                windowSeconds: rise.windowSeconds), at: time)
    }

    /// Keeps a surge as the newest, in place of what is known of it; forgets those that are over.
    private mutating func add(_ surge: UndeclaredSurge, at time: Timestamp) {
        var surge = surge
        surges.removeAll { !$0.holds(at: time) }
        if let known = surges.first(where: { $0.source == surge.source }) {
            surge.since = known.since
        }
        surges.removeAll { $0.source == surge.source }
        surges.insert(surge, at: 0)
        surges = Array(surges.prefix(LedgerLimits.surges))
    }

    /// Forgets all surges: the operation begins anew.
    mutating func forgetSurges() { surges = [] }
}

/// How far an operation's participants have come towards its cover.
package enum CoverStage: UInt8, Codable, Sendable, BitwiseCopyable {
    case within
    /// 80 % and more.
    case near
    /// More than it.
    case crossed
}
