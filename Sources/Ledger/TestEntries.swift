internal import Time

/// The entries of load tests (C7): their permits, and who has entered in each run.
///
/// A run is a world of its own: a test entry takes no person's seat, and no person's entry takes
/// one of a run's. The table is within the limit of the others, 32 bytes a person at most.
struct TestEntries: ~Copyable {
    /// Under the catalogue's indices.
    private(set) var permits: [PermitState] = []
    /// Who has entered in a run; with the number in the run.
    private(set) var table: ParticipantTable
    private let memoryLimitBytes: Int

    /// What deciding a test entry needs of its permit.
    struct PermitState: BitwiseCopyable, Equatable {
        var operation: UInt32
        var starts: Int64
        var ends: Int64
        var isRevoked: Bool
        var entries: UInt64 = 0
        var participants: UInt32 = 0

        fileprivate init(_ permit: Catalogue.Permit) {
            operation = permit.operation
            starts = permit.starts.milliseconds
            ends = permit.ends.milliseconds
            isRevoked = permit.revokedAt != nil
        }
    }

    /// - Parameter memoryLimitBytes: see ``ParticipantTable/init(memoryLimitBytes:)``.
    init(memoryLimitBytes: Int) {
        self.memoryLimitBytes = memoryLimitBytes
        table = ParticipantTable(memoryLimitBytes: memoryLimitBytes)
    }

    var memoryBytes: Int { table.memoryBytes }

    /// The counts of a run; `nil` if no permit has this index.
    func counts(of permit: UInt32) -> OperationCounts? {
        guard permit < permits.count else { return nil }
        let state = permits[Int(permit)]
        return OperationCounts(entries: state.entries, participants: state.participants)
    }

    // MARK: Deciding

    /// Why the entry's permit does not let it in; `nil` where it does.
    func refusal(of command: EntryCommand, at time: Timestamp) -> EntryReasons? {
        guard command.permit < permits.count else { return .permitUnknown }
        let permit = permits[Int(command.permit)]
        if permit.isRevoked { return .permitRevoked }
        if permit.operation != command.operation { return .permitOfAnotherOperation }
        if time.milliseconds < permit.starts { return .permitNotStarted }
        return time.milliseconds < permit.ends ? nil : .permitExpired
    }

    /// The value of a key that ``EntryDecider/person(of:)`` made.
    func find(_ key: Fingerprint) -> ParticipantTable.FirstEntry? { table.find(key) }

    /// Applies the entry rule within the run, and records the person.
    /// - Parameter today: the person's key for the local day, where the rule is one entry a day.
    mutating func admit(
        _ person: Fingerprint, today: Fingerprint?, isOnly: Bool, of permit: UInt32,
        as entry: EntryNumber
    ) -> EntryOutcome {
        if let today {
            if let first = table.find(today) {
                return .repeated(entry: first.entry, participant: first.participant)
            }
            // Two, because both keys may fall into the same part of the table.
            guard table.reserve(2, for: today) else { return .full(.memory) }
        }
        let index = Int(permit)
        let (next, isExhausted) = permits[index].participants.addingReportingOverflow(1)
        guard !isExhausted else { return .full(.participants) }
        let participant: UInt32
        switch table.findOrInsert(person, .init(entry: entry, participant: next)) {
        case .found(let first) where isOnly:
            return .repeated(entry: first.entry, participant: first.participant)
        case .found(let first): participant = first.participant
        case .inserted:
            permits[index].participants = next
            participant = next
        case .full: return .full(.memory)
        }
        if let today { table.insert(today, .init(entry: entry, participant: participant)) }
        permits[index].entries &+= 1
        return .accepted(entry: entry, participant: participant)
    }

    // MARK: Changes of the catalogue

    /// Adds the permit at the next index.
    mutating func add(_ permit: Catalogue.Permit) { permits.append(PermitState(permit)) }

    mutating func revoke(_ index: UInt32) { permits[Int(index)].isRevoked = true }

    /// Takes a run out of every count. The memory of all runs is released when the last one that
    /// has entries is purged: a person that is in none of them is never looked for again.
    mutating func purge(_ index: UInt32) {
        permits[Int(index)].isRevoked = true
        permits[Int(index)].entries = 0
        permits[Int(index)].participants = 0
        if permits.allSatisfy({ $0.entries == 0 }) {
            table = ParticipantTable(memoryLimitBytes: memoryLimitBytes)
        }
    }

    // MARK: Snapshots

    /// Writes what does not follow from the permits.
    func encode(into writer: inout SnapshotWriter) throws {
        for permit in permits {
            writer.append(permit.entries)
            writer.append(permit.participants)
        }
        try table.encode(into: &writer)
    }

    init(
        of catalogue: Catalogue, from reader: inout SnapshotReader, memoryLimitBytes: Int
    ) throws {
        var states: [PermitState] = []
        for permit in catalogue.permits {
            var state = PermitState(permit)
            state.entries = try reader.read()
            state.participants = try reader.read()
            states.append(state)
        }
        let table = try ParticipantTable(from: &reader, memoryLimitBytes: memoryLimitBytes)
        self.memoryLimitBytes = memoryLimitBytes
        self.table = table
        permits = states
    }
}
