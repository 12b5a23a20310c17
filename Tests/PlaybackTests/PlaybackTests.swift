import Bytes
import Contract
import Ledger
import Log
import Testing
import Time

@testable import Playback

@Suite("A log is played back, record by record")
struct PlaybackTests {
    @Test("every record is given once, decoded, in order, with its place")
    func records() throws {
        let written = try WrittenBatches()
        var lines: [String] = []
        try written.read { batch in
            batch.play { record in
                #expect(record.batch == batch.header.firstSequence)
                #expect(record.chain == batch.chain)
                #expect(record.time == batch.header.time)
                let name =
                    switch record.content {
                    case .entry(let entry): "entry \(entry.participant)"
                    case .command(let record): record.command.name
                    case .event(let event): event.name.rawValue
                    case .unreadable: "unreadable"
                    }
                lines.append("\(record.sequence) \(name)")
            }
        }
        #expect(
            lines == [
                "1 contract.put_client", "2 operation.put", "3 access.add_key",
                "4 operation.open", "5 operation.suspend", "6 suspension.ended", "7 entry 1",
                "8 entry 2",
            ])
    }

    @Test("a walk for entries alone decodes nothing else")
    func entriesOnly() throws {
        let written = try WrittenBatches(extra: [(2, Array("no JSON".utf8))])
        var sequences: [UInt64] = []
        try written.read { batch in
            batch.play(.entries) { sequences.append($0.sequence) }
        }
        #expect(sequences == [7, 8])
    }

    @Test("what cannot be understood is given as such, and the walk goes on")
    func unreadable() throws {
        let written = try WrittenBatches(extra: [(2, Array("{}".utf8)), (9, [1, 2]), (1, [1])])
        var kinds: [UInt8] = []
        try written.read { batch in
            batch.play { record in
                if case .unreadable = record.content { kinds.append(record.kind) }
            }
        }
        #expect(kinds == [2, 9, 1])
    }

    @Test("the ledger that decided it is made again; commands and events are shown on the way")
    func fold() throws {
        let written = try WrittenBatches()
        var ledger = Ledger()
        var seen: [UInt64] = []
        var operations: [Int] = []
        try written.read { batch in
            try ledger.play(batch) { record, ledger in
                seen.append(record.sequence)
                operations.append(ledger.catalogue.operations.count)
            }
        }
        try ledger.endReplay()
        #expect(seen == Array(1...6))
        #expect(operations == [0, 1, 1, 1, 1, 1])
        #expect(ledger.catalogue == written.catalogue)
        #expect(ledger.counts(of: 0) == OperationCounts(entries: 2, participants: 2))
    }

    @Test("what comes out otherwise, or cannot be understood, stops the fold and is named")
    func differences() throws {
        for extra in [(1, [1]), (2, Array("{}".utf8)), (3, Array("{}".utf8)), (9, [])]
            as [(UInt8, [UInt8])]
        {
            let written = try WrittenBatches(extra: [extra])
            var ledger = Ledger()
            do {
                try written.read { batch in try ledger.play(batch) }
                Issue.record("kind \(extra.0) is folded in")
            } catch LogError.replayFailed(_, let sequence, let reason) {
                #expect(sequence == 9)
                #expect(reason.hasPrefix("record 9: "), "\(reason)")
            }
        }
    }

    @Test("under another policy nothing is compared, and what it would have done is told")
    func policy() throws {
        let written = try WrittenBatches()
        var playback = PolicyPlayback(Policy())
        try written.read { batch in try playback.play(batch) }
        #expect(playback.steps == playback.recorded)
        #expect(playback.turnedAway.isEmpty)
    }
}

/// A log in memory, as a sequencer writes it: an operation that was suspended for a minute, then
/// two entries.
private final class WrittenBatches {
    private let store: MemoryStore
    private(set) var catalogue = Catalogue()
    private let start = Timestamp(milliseconds: 1_795_176_000_000)

    /// - Parameter extra: records by kind and bytes, in a batch behind all others.
    init(extra: [(kind: UInt8, bytes: [UInt8])] = []) throws {
        var options = LogOptions()
        options.segmentBytes = 1 << 20
        options.maximumBatchBytes = 64 << 10
        store = try MemoryStore(options: options)
        var log = try Log.open(store, at: start) { _ in }
        var ledger = Ledger()
        let later = start.advanced(byMilliseconds: 60_000)
        for command in try commands(until: later) {
            _ = try ledger.apply(command, by: .admin, at: start)
            append(
                AdministrativeRecord.kind, try AdministrativeRecord(command, by: .admin).json(),
                to: &log)
        }
        try log.commit(at: start)
        ledger.expire(at: later)
        for event in ledger.drainEvents() {
            append(EventRecord.kind, try EventRecord(event).json(), to: &log)
        }
        for number in 1...2 as ClosedRange<UInt64> {
            let command = EntryCommand(
                operation: 0, key: 0, participant: Fingerprint(high: number, low: 1))
            guard case .accepted(let entry, let participant) = ledger.enter(command, at: later)
            else {
                Issue.record("entry \(number) is not accepted")
                continue
            }
            _ = log.append(kind: EntryRecord.kind) { buffer in
                EntryRecord.encode(
                    command, entry: entry, participant: participant, source: RawSpan(),
                    sealed: RawSpan(), into: &buffer)
            }
        }
        try log.commit(at: later)
        for record in extra { append(record.kind, record.bytes, to: &log) }
        try log.commit(at: later)
        catalogue = ledger.catalogue
    }

    private func append(_ kind: UInt8, _ bytes: [UInt8], to log: inout Log) {
        _ = log.append(kind: kind) { buffer in bytes.withBytes { buffer.append($0) } }
    }

    private func commands(until: Timestamp) throws -> [AdministrativeCommand] {
        let settings = OperationSettings(
            client: "acme", title: "Été", rule: .once, robots: .off, policy: .enforce)
        let digest = try #require(KeyDigest(hex: String(repeating: "07", count: 32)))
        return [
            .contract(.putClient(id: "acme", name: "Acme")),
            .operation(.put(id: "ete", settings: settings, dataKeyID: "d-1")),
            .access(.addKey(operation: "ete", keyID: "k-1", digest: digest)),
            .operation(.open(id: "ete", note: nil)),
            .operation(
                .suspend(
                    id: "ete", ground: .authority, until: until, isDefinitive: false,
                    note: "by order")),
        ]
    }

    /// Reads all of it, as a start does.
    func read(_ body: (borrowing LogBatch) throws -> Void) throws {
        _ = try Log.open(store, at: start, replay: body)
    }
}
