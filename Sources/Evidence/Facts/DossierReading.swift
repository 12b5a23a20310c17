internal import Contract
internal import Ledger
internal import Time

/// What is known while an operation's records are read in order.
struct DossierReading {
    private(set) var policies = [PolicyInForce()]
    private var finder = EpisodeFinder()
    private var isCreated = false
    /// Whether the participants are beyond the cover.
    private var isBeyondCover = false
    /// The ladder's last suspension.
    private var suspension: (since: Timestamp, until: Timestamp)?

    var episodes: [Episode] { finder.episodes }

    private var policy: PolicyInForce { policies[policies.count - 1] }

    mutating func item(_ record: EvidenceRecord) -> DossierItem {
        finder.add(record)
        switch record.content {
        case .command(let recorded): return item(recorded, record)
        case .event(let event): return item(event, record)
        }
    }

    private mutating func item(
        _ recorded: AdministrativeRecord, _ record: EvidenceRecord
    ) -> DossierItem {
        if let policy = PolicyInForce(record) { policies.append(policy) }
        var counts: Bool?
        var isCreation = false
        switch recorded.command {
        case .operation(.put):
            isCreation = !isCreated
            isCreated = true
        case .operation(.reset): isBeyondCover = false
        case .contract(.giveNotice): counts = !isBeyondCover
        case .contract(.declareCampaign(_, _, let declaration)):
            counts = !isBeyondCover && record.at < declaration.starts
        default: break
        }
        let findings = Finding.list(of: recorded.command, policy.values)
        var policyRecord: UInt64?
        switch recorded.command {
        case .fact(.unknownSource), .fact(.rise): policyRecord = policy.record
        default: break
        }
        return DossierItem(
            place: RecordPosition(record), by: recorded.author, record: .command(recorded.command),
            findings: findings, policyRecord: policyRecord, counts: counts, isCreation: isCreation,
            platform: record.platform)
    }

    private mutating func item(_ event: LedgerEvent, _ record: EvidenceRecord) -> DossierItem {
        let findings = Finding.list(
            of: event, at: record.at, policy.values, suspension: suspension)
        var policyRecord: UInt64?
        switch event {
        case .coverCrossed: isBeyondCover = true
        case .step(let step):
            policyRecord = policy.record
            if step.kind == .suspend, let until = step.until { suspension = (record.at, until) }
        case .coverNear, .clientCrossed, .clientWithin, .suspensionEnded, .clientSuspensionEnded,
            .incidentOverdue, .forceMajeureLasting:
            break
        }
        return DossierItem(
            place: RecordPosition(record), by: .gateway, record: .event(event),
            findings: findings, policyRecord: policyRecord, counts: nil, isCreation: false,
            platform: [])
    }
}
