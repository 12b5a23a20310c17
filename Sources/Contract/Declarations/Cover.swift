internal import Bytes
package import Time

/// The number of participants that an operation's declarations allow for.
package struct Cover: Equatable, Sendable, BitwiseCopyable {
    /// The number of participants up to which the operation keeps its service level.
    package var participants: UInt32

    package init(participants: UInt32) {
        self.participants = participants
    }

    /// The cover of an operation without any declaration: 50,000 participants (C2).
    package static var undeclared: Cover { Cover(participants: 50_000) }

    /// The number of recipients above which a campaign must be declared (C1: "more than").
    package static var undeclaredRecipients: UInt32 { 100_000 }

    /// Whether a number of participants is within the cover; the cover itself is (C2: "more than").
    package func holds(_ participants: UInt32) -> Bool {
        participants <= self.participants
    }

    /// The number of participants at which operators are warned: 80 % of the cover, rounded up.
    package var warningParticipants: UInt32 {
        UInt32(clamping: (UInt64(participants) * 4 + 4) / 5)
    }

    /// The cover that declarations give:
    ///
    ///     cover = max(50,000, notice, sum of the campaigns' recipients)
    ///
    /// over the declarations that count: given in time, before the operation was beyond its cover,
    /// and not withdrawn. The notice is the latest one that counts, because a later notice corrects
    /// an earlier one. Campaigns add up, because each reaches its own people, who may all enter. A
    /// campaign that has ended still counts, because participants are counted from the first one on
    /// (C1, C2).
    package init(_ declarations: Declarations) {
        let recipients = declarations.campaigns.lazy.filter(\.counts)
            .reduce(UInt64(0)) { $0 + UInt64($1.declaration.recipients) }
        let noticed = declarations.notice?.expectedParticipants ?? 0
        participants = max(
            Cover.undeclared.participants, noticed, UInt32(clamping: recipients))
    }
}

/// The declarations of an operation's traffic.
package struct Declarations: Equatable, Sendable {
    /// The notice in force.
    package var notice: TrafficNotice?
    /// Every declared campaign, in order, including withdrawn ones.
    package var campaigns: [Campaign] = []

    package init() {}
}

/// A notice that an operation will have more participants than are allowed without one (C2).
package struct TrafficNotice: Equatable, Sendable, BitwiseCopyable {
    package var expectedParticipants: UInt32
    package var declaredAt: Timestamp

    package init(expectedParticipants: UInt32, declaredAt: Timestamp) {
        self.expectedParticipants = expectedParticipants
        self.declaredAt = declaredAt
    }

    /// Whether a notice comes too late: the operation is already beyond its cover, and C2 requires
    /// a notice beforehand. A late notice is recorded and does not change the cover.
    package static func isLate(participants: UInt32, cover: Cover) -> Bool {
        !cover.holds(participants)
    }
}

/// The medium of a campaign.
package enum Channel: String, CaseIterable, Codable, Sendable {
    case email, sms, television, radio, social, display, press, other
}

/// A client's declaration of a campaign (C1).
package struct CampaignDeclaration: Equatable, Codable, Sendable {
    package var channel: Channel
    /// The number of people it is sent to, or who are expected to see it.
    package var recipients: UInt32
    package var starts: Timestamp
    /// The end; `nil` if it is sent at once or its end is unknown.
    package var ends: Timestamp?
    /// The `source` tag of its entries; `nil` means the campaign's identifier.
    package var source: String?
    package var note: String?

    package init(
        channel: Channel, recipients: UInt32, starts: Timestamp, ends: Timestamp? = nil,
        source: String? = nil, note: String? = nil
    ) {
        self.channel = channel
        self.recipients = recipients
        self.starts = starts
        self.ends = ends
        self.source = source
        self.note = note
    }
}

/// A declared campaign.
package struct Campaign: Equatable, Sendable {
    package let id: String
    package let declaration: CampaignDeclaration
    package let declaredAt: Timestamp
    /// Whether the operation was already beyond its cover when the campaign was declared. Those
    /// participants were not announced beforehand (C2), and a new campaign does not change that.
    package let isBelated: Bool
    package var withdrawnAt: Timestamp?

    package init(
        id: String, declaration: CampaignDeclaration, declaredAt: Timestamp, isBelated: Bool = false
    ) {
        self.id = id
        self.declaration = declaration
        self.declaredAt = declaredAt
        self.isBelated = isBelated
    }

    /// Whether it had already begun when it was declared (C1: "before it starts").
    package var isLate: Bool { declaredAt >= declaration.starts }

    /// Whether it adds to the cover.
    package var counts: Bool { !isLate && !isBelated && withdrawnAt == nil }

    /// The tag that identifies its entries.
    package var source: String { declaration.source ?? id }
}
