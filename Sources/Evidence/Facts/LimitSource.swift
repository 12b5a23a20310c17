/// Where a limit stands that a figure is held against.
enum LimitSource: String, CaseIterable, Encodable, Sendable {
    case cover
    case nearCover = "cover_80_percent"
    /// The rules of the contract: C1, C2, C3.
    case contract
    /// Beside the figure, in the same record.
    case record
    /// The entries a second that the platform takes.
    case capacity
    case fittingCapacity = "capacity_80_percent"
    /// The operation's fair share of them (C3b).
    case fairShare = "fair_share"
    case sharePermille = "policy.share_permille"
    case suspendAfterSeconds = "policy.suspend_after_seconds"
    case calmSeconds = "policy.calm_seconds"
    case sourceEntries = "policy.source_entries"
    case sourcePermille = "policy.source_permille"
    case riseEntries = "policy.rise_entries"
}
