internal import Bytes
internal import Contract
internal import Ledger
internal import Time

/// The contract's part of the admin listener's answers. Times are RFC 3339 in UTC.
struct NoticeView: Encodable {
    let expectedParticipants: Int
    let declaredAt: String

    init(_ notice: TrafficNotice) {
        expectedParticipants = Int(notice.expectedParticipants)
        declaredAt = notice.declaredAt.rfc3339
    }

    private enum CodingKeys: String, CodingKey {
        case expectedParticipants = "expected_participants"
        case declaredAt = "declared_at"
    }
}

/// The answer to a traffic notice.
struct TrafficNoticeView: Encodable {
    let operation: String
    let expectedParticipants: UInt32
    let declaredAt: String
    /// It came when the operation was beyond its cover already, and changes none.
    let late: Bool
    /// From now on.
    let cover: Int

    private enum CodingKeys: String, CodingKey {
        case operation, late, cover
        case expectedParticipants = "expected_participants"
        case declaredAt = "declared_at"
    }
}

struct CampaignView: Encodable {
    let campaign: String
    let channel: String
    let recipients: Int
    let starts: String
    let ends: String?
    /// The tag that its entries carry.
    let source: String
    let note: String?
    let declaredAt: String
    /// It had begun when it was declared, and adds nothing to the cover.
    let late: Bool
    /// Whether it adds to the cover: in time, before the operation was beyond it, not withdrawn.
    let counts: Bool
    let withdrawnAt: String?

    init(_ campaign: Campaign) {
        self.campaign = campaign.id
        channel = campaign.declaration.channel.rawValue
        recipients = Int(campaign.declaration.recipients)
        starts = campaign.declaration.starts.rfc3339
        ends = campaign.declaration.ends?.rfc3339
        source = campaign.source
        note = campaign.declaration.note
        declaredAt = campaign.declaredAt.rfc3339
        late = campaign.isLate
        counts = campaign.counts
        withdrawnAt = campaign.withdrawnAt?.rfc3339
    }

    private enum CodingKeys: String, CodingKey {
        case campaign, channel, recipients, starts, ends, source, note, late, counts
        case declaredAt = "declared_at"
        case withdrawnAt = "withdrawn_at"
    }
}

struct CampaignsView: Encodable {
    let campaigns: [CampaignView]
}

struct UnknownSourceView: Encodable {
    let source: String
    /// Entries that carried it when it was found, within the window.
    let entries: Int
    /// Of the operation's entries meanwhile.
    let share: Double
    let windowSeconds: Int

    init(_ surge: UnknownSource) {
        source = surge.source
        entries = surge.entries
        share = Double(surge.permille) / 1_000
        windowSeconds = surge.windowSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case source, entries, share
        case windowSeconds = "window_seconds"
    }
}

struct SuspensionView: Encodable {
    let ground: String
    let until: String?
    let definitive: Bool
    /// When a person decided it.
    let since: String?
    /// Decided by the ladder, not by a person.
    let automatic: Bool

    init?(_ operation: Catalogue.Operation) {
        guard operation.state == .suspended, let suspensionStatus = operation.suspensionStatus
        else { return nil }
        ground = suspensionStatus.ground.rawValue
        until = suspensionStatus.end?.rfc3339
        definitive = suspensionStatus.isDefinitive
        since = operation.suspension?.since.rfc3339
        automatic = operation.suspension == nil
    }
}

struct ForecastView: Encodable {
    let crossing: String
    let earliest: String
    let latest: String
    let participantsPerSecond: Double

    init(_ forecast: Forecast) {
        crossing = forecast.crossing.rfc3339
        earliest = forecast.earliest.rfc3339
        latest = forecast.latest.rfc3339
        participantsPerSecond = forecast.perSecond
    }

    private enum CodingKeys: String, CodingKey {
        case crossing, earliest, latest
        case participantsPerSecond = "participants_per_second"
    }
}

extension Catalogue.Operation {
    /// The step that the ladder would have taken, where the policy is to advise; nil for none.
    var advice: String? {
        guard settings.policy == .advise else { return nil }
        switch rung {
        case .open: return nil
        case .smoothed: return "smooth"
        case .suspended: return "suspend"
        }
    }
}
