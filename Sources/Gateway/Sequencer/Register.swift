internal import Evidence
internal import Synchronization

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
