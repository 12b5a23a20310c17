import Bytes
import ClusterTesting
import Ledger

@testable import Gateway
@testable import Log

/// Holds what the log has against what front ends and the operator were told: read by itself, from
/// the engine's history, record for record.
struct ClusterVerdict {
    private struct Stored {
        let operation: UInt32
        let person: UInt64
        let participant: UInt32
    }

    private(set) var faults: [String] = []
    private var entries: [UInt64: Stored] = [:]
    /// By operation: the participant's number that was given last.
    private var counts: [UInt32]
    private var lastEntry: UInt64
    private var leaves: Set<UInt64> = []
    private var commands: [AdministrativeCommand] = []
    private var isRevoked = false
    private var isSuspended = false
    private(set) var crossings = 0

    private static let cover: UInt32 = 50_000

    /// - Parameter before: participants of the first operation that were there before.
    init(_ history: [SeededEngine.Stored], before: UInt32, _ judge: ClusterJudge) {
        counts = [before, 0, 0]
        lastEntry = UInt64(before)
        do {
            for stored in history { try read(stored.batch) }
        } catch {
            faults.append("a batch cannot be read: \(error)")
        }
        check(judge)
        let expected = counts[0] > Self.cover ? 1 : 0
        if crossings != expected {
            faults.append("\(crossings) events of \(counts[0]) participants beyond the cover")
        }
    }

    // MARK: Records

    private mutating func read(_ batch: [UInt8]) throws {
        var buffer = ByteBuffer(capacity: batch.count + 1)
        batch.withBytes { buffer.append($0) }
        var header = ByteReader(buffer.bytes.extracting(8..<LogFormat.batchHeaderBytes))
        let first = try header.read(UInt64.self)
        _ = try header.read(UInt32.self)
        let length = Int(try header.read(UInt32.self))
        let start = LogFormat.batchHeaderBytes
        var records = LogRecords(
            buffer.bytes.extracting(start..<(start + length)), firstSequence: first)
        while let record = records.next() {
            var reader = ByteReader(record.bytes)
            switch record.kind {
            case EntryRecord.kind: add(try EntryRecord(reading: &reader))
            case EventRecord.kind: add(try EventRecord(json: record.bytes).event)
            default: add(try AdministrativeRecord(json: record.bytes).command)
            }
        }
    }

    private mutating func add(_ record: EntryRecord) {
        let (operation, number) = (record.command.operation, record.entry.rawValue)
        let person = record.command.participant.low
        // Numbers grow with time; a second one within a millisecond follows the first.
        if number <= lastEntry { faults.append("entry \(number) follows \(lastEntry)") }
        lastEntry = number
        if !leaves.insert(record.command.leaf).inserted {
            faults.append("leaf \(record.command.leaf) seals two entries")
        }
        if isRevoked, record.command.key == 3 { faults.append("entry \(number): a revoked key") }
        if isSuspended, operation == 2 { faults.append("entry \(number): it is suspended") }
        let place = Int(operation)
        if record.participant != counts[place] + 1 {
            faults.append(
                "participant \(record.participant) of \(operation) follows \(counts[place])")
        }
        counts[place] = record.participant
        entries[number] = Stored(
            operation: operation, person: person, participant: record.participant)
    }

    private mutating func add(_ event: LedgerEvent) {
        guard case .coverCrossed(_, let participants, let cover) = event else { return }
        crossings += 1
        if participants != Self.cover + 1 || cover != Self.cover || counts[0] != participants {
            faults.append("the cover is crossed by participant \(participants), \(counts[0])")
        }
    }

    private mutating func add(_ command: AdministrativeCommand) {
        commands.append(command)
        switch command {
        case .access(.revokeKey): isRevoked = true
        case .operation(.suspend): isSuspended = true
        case .operation(.resume): isSuspended = false
        default: break
        }
    }

    // MARK: What was told

    private mutating func check(_ judge: ClusterJudge) {
        for told in judge.acknowledged {
            guard let stored = entries[told.entry],
                stored.operation == told.attempt.operation, stored.person == told.attempt.person,
                stored.participant == told.participant
            else {
                faults.append("entry \(told.entry) was acknowledged, and is not stored")
                continue
            }
        }
        for command in judge.commands where !commands.contains(command) {
            faults.append("\(command.name) was acknowledged, and is not stored")
        }
        checkOnce()
        let persons = Set(entries.values.lazy.filter { $0.operation == 2 }.map(\.person))
        for person in judge.refused where persons.contains(person) {
            faults.append("the entry of person \(person) was refused, and is stored")
        }
    }

    /// Each person once: every front end's attempt has its own, and sends it again only where it
    /// counts once.
    private mutating func checkOnce() {
        var found: Set<[UInt64]> = []
        for (number, stored) in entries.sorted(by: { $0.key < $1.key })
        where !found.insert([UInt64(stored.operation), stored.person]).inserted {
            faults.append("entry \(number) of person \(stored.person) is doubled")
        }
    }
}
