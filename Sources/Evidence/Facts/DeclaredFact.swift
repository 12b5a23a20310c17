internal import Contract
internal import Ledger
internal import Time

/// A declaration as it stands at the end of a dossier.
struct DeclaredFact: Encodable, Sendable {
    enum Kind: String, Encodable, Sendable {
        case notice = "traffic_notice"
        case campaign
    }

    let kind: Kind
    /// The record that it stands in; `nil` where that is of before the records of the dossier.
    let record: UInt64?
    let declaredAt: Timestamp
    /// Participants or recipients.
    let allows: UInt32
    /// Whether it adds to the cover.
    let counts: Bool
    /// Of a campaign.
    let campaign: Campaign?

    static func list(_ declarations: Declarations, _ records: [EvidenceRecord]) -> [DeclaredFact] {
        var facts: [DeclaredFact] = []
        if let notice = declarations.notice {
            let record = records.last { record in
                guard case .command(let recorded) = record.content,
                    case .contract(.giveNotice) = recorded.command
                else { return false }
                return record.at == notice.declaredAt
            }
            facts.append(
                DeclaredFact(
                    kind: .notice, record: record?.sequence, declaredAt: notice.declaredAt,
                    allows: notice.expectedParticipants, counts: true, campaign: nil))
        }
        for campaign in declarations.campaigns {
            let record = records.first { record in
                guard case .command(let recorded) = record.content,
                    case .contract(.declareCampaign(_, let id, _)) = recorded.command
                else { return false }
                return id == campaign.id
            }
            facts.append(
                DeclaredFact(
                    kind: .campaign, record: record?.sequence, declaredAt: campaign.declaredAt,
                    allows: campaign.declaration.recipients, counts: campaign.counts,
                    campaign: campaign))
        }
        return facts
    }

    private enum CodingKeys: String, CodingKey {
        case kind, record, allows, counts, campaign, channel, source, starts, ends, late
        case declaredAt = "declared_at"
        case beyondCover = "beyond_cover"
        case withdrawnAt = "withdrawn_at"
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(kind, forKey: .kind)
        try members.encodeIfPresent(record, forKey: .record)
        try members.encode(declaredAt.rfc3339, forKey: .declaredAt)
        try members.encode(allows, forKey: .allows)
        try members.encode(counts, forKey: .counts)
        guard let campaign else { return }
        try members.encode(campaign.id, forKey: .campaign)
        try members.encode(campaign.declaration.channel, forKey: .channel)
        try members.encode(campaign.source, forKey: .source)
        try members.encode(campaign.declaration.starts.rfc3339, forKey: .starts)
        try members.encodeIfPresent(campaign.declaration.ends?.rfc3339, forKey: .ends)
        try members.encode(campaign.isLate, forKey: .late)
        try members.encode(campaign.isBelated, forKey: .beyondCover)
        try members.encodeIfPresent(campaign.withdrawnAt?.rfc3339, forKey: .withdrawnAt)
    }
}
