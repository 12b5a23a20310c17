internal import Bytes
package import Cryptography
package import Ledger
internal import Log
package import Time

/// A record of the log, decoded once, with the place where it stands; for as long as it is lent.
package struct PlaybackRecord: ~Escapable {
    /// Its number.
    package let sequence: UInt64
    /// The time of its batch.
    package let time: Timestamp
    /// The number of its batch's first record.
    package let batch: UInt64
    /// The chain value behind its batch.
    package let chain: SHA256Digest
    /// As the log marks it.
    package let kind: UInt8
    /// As it was written.
    package let bytes: RawSpan
    package let content: Content

    package enum Content {
        /// Source and sealed bytes lie in ``PlaybackRecord/bytes``, at the record's ranges.
        case entry(EntryRecord)
        case command(AdministrativeRecord)
        case event(LedgerEvent)
        /// The bytes are no record that this version knows.
        case unreadable(ReplayError)
    }

    @_lifetime(copy record)
    init(
        _ record: borrowing LogRecord, _ content: consuming Content, of batch: borrowing LogBatch
    ) {
        sequence = record.sequence
        time = batch.header.time
        self.batch = batch.header.firstSequence
        chain = batch.chain
        kind = record.kind
        bytes = record.bytes
        self.content = content
    }
}

/// Kinds of records that a walk is for; those of others are passed over undecoded.
package struct RecordKinds: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let entries = RecordKinds(rawValue: 1)
    /// Commands, events, and what this version does not know.
    package static let others = RecordKinds(rawValue: 2)
    package static let all: RecordKinds = [.entries, .others]

    func contains(kind: UInt8) -> Bool {
        contains(kind == EntryRecord.kind ? .entries : .others)
    }
}
