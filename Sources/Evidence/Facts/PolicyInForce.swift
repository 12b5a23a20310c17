internal import Contract
internal import Ledger
internal import Time

/// A policy of the ladder, and since when it was in force.
struct PolicyInForce: Encodable, Sendable {
    /// The record that brought it; `nil` for the values that hold without one (`FORMAT.md`).
    let record: UInt64?
    let since: Timestamp?
    let values: Policy

    /// The policy that a record brings; `nil` for any other record.
    init?(_ evidence: EvidenceRecord) {
        guard case .command(let recorded) = evidence.content else { return nil }
        switch recorded.command {
        case .contract(.setPolicy(let policy)): values = policy
        case .fact(.started(_, .some(let policy), _)): values = policy
        default: return nil
        }
        record = evidence.sequence
        since = evidence.at
    }

    /// What holds before any record says otherwise.
    init() {
        record = nil
        since = nil
        values = Policy()
    }

    private enum CodingKeys: String, CodingKey {
        case record, since, values
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encodeIfPresent(record, forKey: .record)
        try members.encodeIfPresent(since?.rfc3339, forKey: .since)
        try members.encode(values, forKey: .values)
    }
}
