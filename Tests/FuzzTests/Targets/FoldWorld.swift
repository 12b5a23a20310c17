import Bytes
import Contract
import Cryptography
import Evidence
import Time

@testable import Ledger

/// A ledger as the sequencer uses it, and the log that it gives.
struct FoldWorld: ~Copyable {
    private struct Record {
        var kind: UInt8
        var bytes: [UInt8]
        var time: Timestamp
    }

    private var ledger = FoldWorld.start()
    private var records: [Record] = []
    private var files = EvidenceIndex()
    private var raw: [Record] = []
    private var now = FoldWorld.beginning

    private static let beginning = Timestamp(milliseconds: 1_790_000_000_000)

    /// Two operations that are open, and a draft; one short of its cover by two persons.
    private static func start() -> Ledger {
        var ledger = Ledger()
        var commands: [AdministrativeCommand] = [.contract(.putClient(id: "acme", name: "Acme"))]
        for (id, rule) in [("a", EntryRule.once), ("b", .daily), ("c", .unlimited)] {
            commands.append(
                .operation(
                    .put(
                        id: id,
                        settings: OperationSettings(
                            client: "acme", title: id, rule: rule, robots: .off, policy: .enforce),
                        dataKeyID: "d-\(id)")))
            let digit = UInt64(id.utf8.first ?? 0)
            commands.append(
                .access(
                    .addKey(
                        operation: id, keyID: "k-\(id)",
                        digest: KeyDigest(words: (digit, digit, digit, digit)),
                        frontEnd: id == "b" ? .server : .browser)))
            if id != "c" { commands.append(.operation(.open(id: id, note: nil))) }
        }
        for command in commands {
            do {
                _ = try ledger.apply(command, by: .admin, at: beginning)
            } catch {
                preconditionFailure("\(command) is in order: \(error)")
            }
        }
        ledger.decider.operations[0].participants = Cover.undeclared.participants - 1
        _ = ledger.drainEvents()
        return ledger
    }

    // MARK: Deciding

    mutating func take(_ line: FoldLine) throws {
        let time = Timestamp(milliseconds: line.time)
        if case .raw(let kind, let bytes) = line.what {
            raw.append(Record(kind: kind, bytes: bytes, time: time))
            return
        }
        // The sequencer's clock does not go backwards, whatever the machine's does.
        now = max(now, line.isRelative ? now.advanced(byMilliseconds: line.time) : time)
        try expire()
        switch line.what {
        case .entry(let command): enter(command)
        case .command(let record): try apply(record)
        case .raw, .nothing: break
        }
        try noteEvents()
    }

    private mutating func expire() throws {
        var steps = 0
        while ledger.isDue(at: now) {
            ledger.expire(at: now)
            try noteEvents()
            steps += 1
            try require(steps < 100, "what is due does not come to an end")
        }
    }

    private mutating func enter(_ command: EntryCommand) {
        let earlier = ledger.earlier(command, at: now)
        let outcome = ledger.enter(command, at: now)
        guard case .accepted(let entry, let participant) = outcome else { return }
        precondition(earlier == nil, "what was told again is not accepted")
        var extensions = ByteBuffer(capacity: 64)
        if command.challenge.isGiven { EntryExtensions.append(command.challenge, to: &extensions) }
        if !command.secondKey.isNone {
            EntryExtensions.append(secondKey: command.secondKey, to: &extensions)
        }
        if command.isTest { EntryExtensions.append(permit: command.permit, to: &extensions) }
        var buffer = ByteBuffer(capacity: 64)
        EntryRecord.encode(
            command, entry: entry, participant: participant, extensions: extensions.bytes,
            source: RawSpan(), sealed: RawSpan(), into: &buffer)
        records.append(
            Record(kind: EntryRecord.kind, bytes: buffer.bytes.array, time: now))
    }

    private mutating func apply(_ record: AdministrativeRecord) throws {
        let bytes = try record.json()
        let change: Change
        do {
            change = try ledger.apply(record.command, by: record.author, at: now)
        } catch { return }
        if change == .none { return }
        note(AdministrativeRecord.kind, bytes, .command(record))
    }

    private mutating func noteEvents() throws {
        for event in ledger.drainEvents() {
            note(EventRecord.kind, try EventRecord(event).json(), .event(event))
        }
    }

    private mutating func note(_ kind: UInt8, _ bytes: [UInt8], _ content: EvidenceRecord.Content) {
        records.append(Record(kind: kind, bytes: bytes, time: now))
        let number = UInt64(records.count)
        files.add(
            EvidenceRecord(
                sequence: number, at: now, batch: number, chain: SHA256Digest(), content: content))
    }

    // MARK: Checking

    mutating func check() throws {
        var replica = Self.start()
        for (place, record) in records.enumerated() {
            do {
                try record.bytes.withSpan {
                    try replica.replay(kind: record.kind, $0, at: record.time)
                }
            } catch {
                throw Finding(description: "record \(place) is not replayed: \(error)")
            }
        }
        // What the last batch's time has brought about by itself came after its last record.
        try replica.endReplay()
        try require(replica.catalogue == ledger.catalogue, "another catalogue")
        try require(replica.lastEntry == ledger.lastEntry, "another last entry")
        try require(replica.records == ledger.records, "another number of records")
        for index in 0..<UInt32(ledger.catalogue.operations.count) {
            try require(
                replica.counts(of: index) == ledger.counts(of: index), "other counts of \(index)")
            try checkDossier(index)
        }
        for index in 0..<UInt32(ledger.catalogue.permits.count) {
            try require(
                replica.testCounts(of: index) == ledger.testCounts(of: index),
                "other counts of run \(index)")
        }
        for record in raw {
            // Any error is right, as long as it is one.
            _ = try? record.bytes.withSpan {
                try replica.replay(kind: record.kind, $0, at: record.time)
            }
        }
    }

    private func checkDossier(_ index: UInt32) throws {
        let own = files.records(of: ledger.catalogue.operations[Int(index)].id)
        guard let dossier = Dossier(index, ledger.catalogue, own) else { return }
        let json = try dossier.json()
        let claim = try Dossier.Claim(json: json)
        try require(claim.operation == dossier.operation, "a dossier of another operation")
        try require(claim.sequence == dossier.asOf.sequence, "a dossier as of another record")
        let page = try dossier.page(.french)
        try require(Dossier.facts(inPage: page) != nil, "a page without its facts")
        // The page has no script of its own, and texts of others are escaped.
        try require(!page.contains("<script") && page.hasSuffix("</html>\n"), "a torn page")
    }
}

extension Ledger {
    /// Folds a record's bytes in, whatever they are.
    fileprivate mutating func replay(
        kind: UInt8, _ bytes: RawSpan, at time: Timestamp
    ) throws(ReplayError) {
        switch try LedgerRecord(kind: kind, bytes: bytes, number: records) {
        case .entry(let entry): try replay(entry, at: time)
        case .command(let command): try replay(command, at: time)
        case .event(let event): try replay(event, at: time)
        }
    }
}
