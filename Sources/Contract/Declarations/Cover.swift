internal import Bytes
package import Time

/// How many participants an operation's declarations allow for.
package struct Cover: Equatable, Sendable, BitwiseCopyable {
    /// Participants up to which the operation keeps its service level.
    package var participants: UInt32

    package init(participants: UInt32) {
        self.participants = participants
    }

    /// The cover of an operation without any declaration: 50,000 participants (C2).
    package static var undeclared: Cover { Cover(participants: 50_000) }

    /// Recipients above which a campaign must be declared (C1: "more than").
    package static var undeclaredRecipients: UInt32 { 100_000 }

    /// Whether so many participants are within the cover; the cover itself still is (C2: "more
    /// than").
    package func holds(_ participants: UInt32) -> Bool {
        participants <= self.participants
    }

    /// The first number of participants of whom an operator is warned: 80 % of the cover, rounded
    /// up.
    package var warningParticipants: UInt32 {
        UInt32(clamping: (UInt64(participants) * 4 + 4) / 5)
    }

    /// What declarations allow for:
    ///
    ///     cover = max(50,000, notice, sum of the campaigns' recipients)
    ///
    /// over those that count: given in time, before the operation was beyond its cover, and not
    /// withdrawn. The notice is the latest one that
    /// counts, because a client who gives another one corrects himself. Campaigns add up, because
    /// each reaches people of its own; all of its recipients may enter. A campaign that is over
    /// goes on counting, because participants are counted from the first one on (C1, C2).
    package init(_ declarations: Declarations) {
        let recipients = declarations.campaigns.lazy.filter(\.counts)
            .reduce(UInt64(0)) { $0 + UInt64($1.declaration.recipients) }
        let noticed = declarations.notice?.expectedParticipants ?? 0
        participants = max(
            Cover.undeclared.participants, noticed, UInt32(clamping: recipients))
    }
}

/// All that was said of an operation's traffic before it came.
package struct Declarations: Equatable, Sendable {
    /// The notice that counts now.
    package var notice: TrafficNotice?
    /// Every campaign that was declared, in order, the withdrawn ones too.
    package var campaigns: [Campaign] = []

    package init() {}
}

/// Announces that an operation will have more participants than any operation may (C2).
package struct TrafficNotice: Equatable, Sendable, BitwiseCopyable {
    package var expectedParticipants: UInt32
    package var declaredAt: Timestamp

    package init(expectedParticipants: UInt32, declaredAt: Timestamp) {
        self.expectedParticipants = expectedParticipants
        self.declaredAt = declaredAt
    }

    /// Whether a notice comes too late to be one: the operation is beyond its cover already, and
    /// C2 asks for a notice beforehand. It is recorded, and changes no cover.
    package static func isLate(participants: UInt32, cover: Cover) -> Bool {
        !cover.holds(participants)
    }
}

/// By what a campaign reaches people.
package enum Channel: String, CaseIterable, Codable, Sendable {
    case email, sms, television, radio, social, display, press, other
}

/// What a client says of a campaign (C1).
package struct CampaignDeclaration: Equatable, Codable, Sendable {
    package var channel: Channel
    /// People it is sent to, or who are expected to see it.
    package var recipients: UInt32
    package var starts: Timestamp
    /// `nil`: it is sent in one go, or its end is not known.
    package var ends: Timestamp?
    /// The tag that its entries carry as `source`; `nil`: the campaign's identifier.
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

/// A campaign as it was declared.
package struct Campaign: Equatable, Sendable {
    package let id: String
    package let declaration: CampaignDeclaration
    package let declaredAt: Timestamp
    /// It was declared when the operation was beyond its cover: whoever was there already was not
    /// announced beforehand (C2), and announcing others does not make up for it.
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

    /// Whether it was declared when it had begun already (C1: "before it starts").
    package var isLate: Bool { declaredAt >= declaration.starts }

    /// Whether it adds to the cover.
    package var counts: Bool { !isLate && !isBelated && withdrawnAt == nil }

    /// The tag that tells its entries.
    package var source: String { declaration.source ?? id }
}
