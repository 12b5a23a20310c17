internal import Cryptography
package import Time

/// A record's place in the log.
package struct RecordPosition: Encodable, Sendable {
    /// The record's number.
    package let sequence: UInt64
    /// The time of its batch.
    package let at: Timestamp
    /// The number of the batch's first record.
    let batch: UInt64
    /// The log's chain value behind the batch: SHA-256 over everything up to there.
    var chain: String { digest.hexadecimal }
    private let digest: SHA256Digest

    init(_ record: EvidenceRecord) {
        sequence = record.sequence
        at = record.at
        batch = record.batch
        digest = record.chain
    }

    private enum CodingKeys: String, CodingKey {
        case sequence, at, batch, chain
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(sequence, forKey: .sequence)
        try members.encode(at.rfc3339, forKey: .at)
        try members.encode(batch, forKey: .batch)
        try members.encode(chain, forKey: .chain)
    }
}
