package import Cryptography
package import Time

/// The last record beside entries that the views rest on.
package struct ProjectedPosition: Equatable, Sendable {
    /// The record's number.
    package let sequence: UInt64
    /// The log's chain value behind its batch.
    package let chain: SHA256Digest
    /// The time of that batch.
    package let at: Timestamp

    package init(sequence: UInt64, chain: SHA256Digest, at: Timestamp) {
        self.sequence = sequence
        self.chain = chain
        self.at = at
    }
}
