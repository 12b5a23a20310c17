import Contract
import Time

/// How many participants an operation's declarations allow for, and how far it has come (C1, C2).
struct PlainCover: Sendable {
    struct Campaign: Sendable {
        let id: String
        let recipients: Int
        let source: String
        let channel: Channel
        /// Milliseconds.
        let starts: Int64
        let ends: Int64?
        /// Declared before it began, and before the operation was beyond its cover.
        let isInTime: Bool
        var isWithdrawn = false
    }

    enum Stage: Sendable {
        case within, near, crossed
    }

    private(set) var participants = 50_000
    var stage = Stage.within
    var crossedAt: Timestamp?
    private(set) var notice: Int?
    private(set) var campaigns: [Campaign] = []

    /// The participants of 80 %, rounded up.
    private var warning: Int { (participants * 4 + 4) / 5 }

    /// The stage that so many participants bring; nil where they bring none.
    func next(with counted: Int) -> Stage? {
        switch stage {
        case .within where counted >= warning: counted > participants ? .crossed : .near
        case .near where counted > participants: .crossed
        default: nil
        }
    }

    mutating func giveNotice(of expected: UInt32, counted: Int) {
        // Too late to count.
        guard counted <= participants else { return }
        notice = Int(expected)
        update()
    }

    mutating func withdrawNotice() {
        notice = nil
        update()
    }

    mutating func declare(
        _ id: String, _ declaration: CampaignDeclaration, counted: Int, at time: Timestamp
    ) {
        campaigns.append(
            Campaign(
                id: id, recipients: Int(declaration.recipients), source: declaration.source ?? id,
                channel: declaration.channel, starts: declaration.starts.milliseconds,
                ends: declaration.ends?.milliseconds,
                isInTime: time < declaration.starts && counted <= participants))
        update()
    }

    mutating func withdraw(_ id: String) {
        for index in campaigns.indices where campaigns[index].id == id {
            campaigns[index].isWithdrawn = true
        }
        update()
    }

    /// Begins anew under the same declarations.
    mutating func reset() {
        stage = .within
        crossedAt = nil
    }

    /// A changed cover is approached anew.
    private mutating func update() {
        let recipients = campaigns.filter { $0.isInTime && !$0.isWithdrawn }
            .reduce(0) { $0 + $1.recipients }
        let cover = max(50_000, notice ?? 0, recipients)
        if cover != participants { reset() }
        participants = cover
    }
}
