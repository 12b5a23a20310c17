internal import Ledger
internal import Time

/// One record of a dossier: where it stands, who acted, what was written, and the figures that it
/// rests on beside the limits in force.
package struct DossierItem: Encodable, Sendable {
    package let place: RecordPosition
    /// Who acted; `gateway` where it follows from the rules.
    let by: Author
    let record: Content
    let findings: [Finding]
    /// Of a step or a surge: the record of the policy that it went by; `nil` also for the policy
    /// that holds without a record.
    let policyRecord: UInt64?
    /// Of a declaration: whether it came in time and counted when it was given.
    let counts: Bool?
    /// Of settings: whether they created the operation.
    let isCreation: Bool
    /// Of a minute of robots: when the platform was not calm meanwhile (C6).
    let platform: [PlatformSpan]

    enum Content: Encodable, Sendable {
        case command(AdministrativeCommand)
        case event(LedgerEvent)

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .command(let command): try command.encode(to: encoder)
            case .event(let event): try event.encode(to: encoder)
            }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case place, by, record, findings, counts, platform
        case policyRecord = "policy_record"
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(place, forKey: .place)
        try members.encode(by, forKey: .by)
        try members.encode(record, forKey: .record)
        if !findings.isEmpty { try members.encode(findings, forKey: .findings) }
        try members.encodeIfPresent(policyRecord, forKey: .policyRecord)
        try members.encodeIfPresent(counts, forKey: .counts)
        if !platform.isEmpty {
            try members.encode(platform.map(Coincidence.init), forKey: .platform)
        }
    }

    /// What was at the same time, with its times as a reader expects them.
    private struct Coincidence: Encodable {
        let kind: PlatformSpan.Kind
        let since: String
        let until: String?
        let record: UInt64

        init(_ span: PlatformSpan) {
            kind = span.kind
            since = span.since.rfc3339
            until = span.until?.rfc3339
            record = span.record
        }
    }
}
