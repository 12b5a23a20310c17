internal import Bytes

/// The number of participants that an operation's declarations allow for.
package struct Cover: Equatable, Codable, Sendable, BitwiseCopyable {
    /// The number of participants up to which the operation keeps its service level.
    package var participants: UInt32

    package init(participants: UInt32) {
        self.participants = participants
    }

    /// The cover of an operation without any declaration: 50,000 participants (C2).
    package static var undeclared: Cover { Cover(participants: 50_000) }

    /// The number of recipients above which C1 names a campaign "particularly"; see
    /// ``CampaignDuty``.
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
        participants = max(Cover.undeclared.participants, declarations.announcedInTime)
    }
}
