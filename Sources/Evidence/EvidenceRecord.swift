internal import Bytes
package import Cryptography
package import Ledger
package import Playback
package import Time

/// A durable record that a person may be asked about later: a command, or what the fold found out.
package struct EvidenceRecord: Sendable {
    /// Its number in the log.
    package let sequence: UInt64
    /// The time of its batch.
    package let at: Timestamp
    /// The number of its batch's first record.
    package let batch: UInt64
    /// The log's chain value behind its batch.
    package let chain: SHA256Digest
    package let content: Content
    /// Of a minute of robots: when the platform was not calm meanwhile, as it was known then.
    package internal(set) var platform: [PlatformSpan] = []

    package enum Content: Sendable {
        case command(AdministrativeRecord)
        case event(LedgerEvent)
    }

    package init(
        sequence: UInt64, at: Timestamp, batch: UInt64, chain: SHA256Digest, content: Content
    ) {
        self.sequence = sequence
        self.at = at
        self.batch = batch
        self.chain = chain
        self.content = content
    }
}

extension EvidenceRecord {
    /// A record that is played back; `nil` for an entry's, and for one that cannot be understood.
    package init?(_ record: borrowing PlaybackRecord) {
        switch record.content {
        case .command(let command): content = .command(command)
        case .event(let event): content = .event(event)
        case .entry, .unreadable: return nil
        }
        sequence = record.sequence
        at = record.time
        batch = record.batch
        chain = record.chain
    }
}

extension EvidenceRecord {
    /// Whether it says that somebody was shown personal data (C17).
    var isTrace: Bool {
        guard case .command(let recorded) = content, case .person = recorded.command else {
            return false
        }
        return true
    }
}
