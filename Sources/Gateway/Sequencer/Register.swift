internal import Bytes
internal import Cryptography
internal import Journal
internal import Ledger
internal import Synchronization

/// A durable record that a person may be asked about later: a command, or what the fold found out.
struct NotedRecord: Sendable {
    /// Its number in the journal.
    let sequence: UInt64
    /// The time of its batch.
    let at: Timestamp
    /// The number of its batch's first record.
    let batch: UInt64
    /// The journal's chain value behind its batch.
    let chain: SHA256Digest
    let content: Content

    enum Content: Sendable {
        case command(AdministrativeRecord)
        case event(LedgerEvent)
    }
}

extension NotedRecord {
    /// A record of a batch that is read back.
    /// - Throws: what coding throws for bytes that are neither command nor event.
    init(_ record: borrowing JournalRecord, of batch: borrowing JournalBatch) throws {
        sequence = record.sequence
        at = batch.header.time
        self.batch = batch.header.firstSequence
        chain = batch.chain
        content =
            record.kind == EventRecord.kind
            ? .event(try EventRecord(json: record.bytes).event)
            : .command(try AdministrativeRecord(json: record.bytes))
    }
}

/// All that is on record beside entries, in order: what evidence is made from (C15). Such records
/// are rare, so they are kept in memory.
///
/// The sequencer's thread adds, after the batch is durable; anyone reads.
final class Register: Sendable {
    private let records: Mutex<[NotedRecord]>

    init(_ recovered: [NotedRecord]) {
        records = Mutex(recovered)
    }

    func add(_ record: NotedRecord) {
        records.withLock { $0.append(record) }
    }

    /// The records for which `isWanted` holds, in order.
    func records(where isWanted: (NotedRecord) -> Bool) -> [NotedRecord] {
        records.withLock { $0.filter(isWanted) }
    }

    /// The last records, oldest first.
    func last(_ count: Int, where isWanted: (NotedRecord) -> Bool) -> [NotedRecord] {
        records.withLock { records in
            var found: [NotedRecord] = []
            for record in records.reversed() where isWanted(record) {
                found.append(record)
                if found.count == count { break }
            }
            return found.reversed()
        }
    }
}
