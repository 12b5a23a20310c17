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
    mutating func setNotice(_ notice: TrafficNotice?) -> Bool {
        let known = declarations.notice?.expectedParticipants
        guard known != notice?.expectedParticipants else { return false }
        declarations.notice = notice
        updateCover()
        return true
    }

    /// Adds a campaign.
    /// - Parameter participants: the participants so far: beyond the cover, it is belated.
    /// - Returns: `false` if it is declared so already.
    mutating func declare(
        _ campaign: String, _ declaration: CampaignDeclaration, at time: Timestamp,
        participants: UInt32
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
        updateCover()
        return true
    }

    /// Withdraws a campaign.
    /// - Returns: `false` if it is withdrawn already.
    mutating func withdraw(
        _ campaign: String, at time: Timestamp
    ) throws(CommandRefusal) -> Bool {
        guard let position = declarations.campaigns.firstIndex(where: { $0.id == campaign })
        else { throw .unknownCampaign(campaign) }
        guard declarations.campaigns[position].withdrawnAt == nil else { return false }
        declarations.campaigns[position].withdrawnAt = time
        updateCover()
        return true
    }

    /// The cover follows the declarations. A changed one is approached anew.
    private mutating func updateCover() {
        let new = Cover(declarations)
        guard new != cover else { return }
        cover = new
        restartStage()
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
    }

    /// Keeps an undeclared tag, as the newest.
    mutating func add(_ surge: UnknownSource) {
        unknownSources.removeAll { $0.source == surge.source }
        unknownSources.insert(surge, at: 0)
        unknownSources = Array(unknownSources.prefix(LedgerLimits.unknownSources))
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
