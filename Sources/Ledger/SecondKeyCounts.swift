/// How many entries each second key has brought (``SecondKeyRule``): a table like that of the
/// participants, 32 bytes a key at most, and within the same limit.
struct SecondKeyCounts: ~Copyable {
    /// By the key's fingerprint: the last entry, and in the participant's place the count.
    private(set) var table: ParticipantTable

    /// - Parameter memoryLimitBytes: see ``ParticipantTable/init(memoryLimitBytes:)``.
    init(memoryLimitBytes: Int) {
        table = ParticipantTable(memoryLimitBytes: memoryLimitBytes)
    }

    var memoryBytes: Int { table.memoryBytes }

    /// Entries that were counted under this key.
    func count(of key: Fingerprint) -> UInt32 { table.find(key)?.participant ?? 0 }

    /// Makes room for this key.
    /// - Returns: `false` if there is no memory for it; nothing has changed then.
    mutating func reserve(for key: Fingerprint) -> Bool {
        table.find(key) != nil || table.reserve(for: key)
    }

    /// Counts one more entry.
    /// - Precondition: room was reserved for the key.
    mutating func add(_ entry: EntryNumber, to key: Fingerprint) {
        guard let before = table.find(key)?.participant else {
            table.insert(key, .init(entry: entry, participant: 1))
            return
        }
        // A count ends at its limit, which is far below all numbers.
        table.replace(key, .init(entry: entry, participant: before &+ 1))
    }

    // MARK: Snapshots

    func encode(into writer: inout SnapshotWriter) throws { try table.encode(into: &writer) }

    init(from reader: inout SnapshotReader, memoryLimitBytes: Int) throws {
        table = try ParticipantTable(from: &reader, memoryLimitBytes: memoryLimitBytes)
    }
}
