import Availability
import Bytes
import Contract
import Foundation
import TestSupport
import Testing
import Time

@testable import Ledger

/// Random commands in batches; after each batch the process dies, and another that has read it
/// goes on. Sometimes the batch was not synced yet: then it has never happened.
///
///     decide batch ─► encode ─┬─ synced ─► others read it ─► compare all states ─► one goes on
///                             └─ lost ───► forget it, in model and log ─► read the log anew
@Suite("The ledger and a plain model")
struct LedgerModelTests {
    @Test("The ledger agrees with a plain model, and with itself after every crash")
    func simulation() throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["PORTILLON_SEEDS"].flatMap(UInt64.init) ?? 200
        let first = environment["PORTILLON_FIRST_SEED"].flatMap(UInt64.init) ?? 1
        print("simulation: seeds \(first) to \(first + count - 1)")
        var verdicts: [String: Int] = [:]
        for seed in first..<(first + count) {
            var simulation = Simulation(seed: seed)
            try simulation.run(batches: 24)
            verdicts.merge(simulation.verdicts, uniquingKeysWith: +)
        }
        print("simulation: \(verdicts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
        // A simulation that never comes to a verdict does not test it.
        let expected = [
            "accepted", "repeated", "notOpen", "closed", "age", "consents", "age and consents",
            "idempotencyKeyReused",
            "keyRevoked", "wrongOperation", "unknownOperation", "unknownKey", "applied", "invalid",
            "unknown_operation", "unknown_key", "unknown_client", "client_fixed", "rule_fixed",
            "key_exists", "lost", "reset", "suspended(isDefinitive: false)", "operation_closed",
            "suspension ended", "settled", "left over", "forbidden", "held_by_another",
            "not_in_force", "unknown_token", "capReached", "second key", "settingsChanged",
            "identity_fixed", "second_key_fixed", "cap_below_count", "challenge",
            "age and challenge", "unknown_permit", "permit unknown", "permit revoked",
            "permit of another", "permit not started", "permit expired", "test accepted",
            "test repeated", "number_taken", "wrong_state", "unknown_incident",
            "unknown_maintenance", "unknown_force_majeure", "unknown_change", "incident.overdue",
            "of a later month",
        ]
        for verdict in expected where count >= 200 {
            #expect(verdicts[verdict, default: 0] > 0, "\(verdict)")
        }
    }
}

private struct Simulation {
    private struct Record {
        var kind: UInt8
        var bytes: [UInt8]
        var time: Timestamp
        var batch: Int
    }

    struct Divergence: Error {
        var seed: UInt64
        var text: String
    }

    private(set) var verdicts: [String: Int] = [:]
    private let seed: UInt64
    private var random: SeededGenerator
    private var model = PlainModel()
    private var journal: [Record] = []
    private var time = World.start
    private var batch = 0
    /// Operations that only stand there, and are suspended all together now and then.
    private let crowd: Int

    init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        // More than one batch may begin with.
        crowd = seed % 16 == 1 ? 80 : 0
    }

    mutating func run(batches: Int) throws {
        var ledger = Ledger()
        // They read the log as it grows: one takes turns with the ledger at deciding, one only
        // reads, and one goes through a snapshot now and then.
        var next = Ledger()
        var reader = Ledger()
        var resumed = Ledger()
        // One seed in eight starts from nothing; the others have something to enter.
        if seed % 8 != 0 {
            for command in ModelCommands.founding(&random) { try administer(command, &ledger) }
        }
        for command in ModelCommands.crowd(crowd) { try administer(command, &ledger) }
        var isRead = 0
        try read(from: &isRead, &next, &reader, &resumed)
        for _ in 0..<batches {
            let before = (model, journal)
            turnClock()
            try beginBatch(&ledger)
            if crowd > 0, random.below(4) == 0 {
                let until = time.advanced(byMilliseconds: 3_600_000)
                for command in ModelCommands.suspensions(of: crowd, until: until) {
                    try administer(command, &ledger)
                }
            }
            for _ in 0..<random.below(16) { try step(&ledger) }
            if random.below(8) == 0 {
                (model, journal) = before
                verdicts["lost", default: 0] += 1
                ledger = try rebuild()
            } else {
                if random.below(4) == 0 { resumed = try resumed.readBack() }
                try read(from: &isRead, &next, &reader, &resumed)
                try compare(ledger, reader)
                try check(resumed.difference(from: reader))
                swap(&ledger, &next)
            }
            try compare(ledger, reader)
            try compareWithModel(ledger)
        }
        try check(try rebuild().difference(from: reader))
        try check(try rebuild(withSnapshot: true).difference(from: reader))
    }

    /// The time of the next batch. The clock may be set back: the sequencer then waits for it.
    private mutating func turnClock() {
        let day: Int64 = 86_400_000
        let steps: [Int64] = [
            0, 1, 2, -5, 700, 3_600_000, -3_600_000, 6 * 3_600_000, day / 2, day - 1, day, day + 1,
            2 * day, 3 * day,
        ]
        let proposed = time.advanced(byMilliseconds: random.element(steps))
        time = max(time, proposed)
    }

    /// Of what is due, a bounded part comes first.
    private mutating func beginBatch(_ ledger: inout Ledger) throws {
        batch += 1
        let expected = model.beginBatch(at: time.milliseconds)
        ledger.beginBatch()
        while ledger.mustExpire(at: time) { ledger.expire(at: time) }
        try record(ledger.drainEvents(), expected)
        if ledger.isDue(at: time) { verdicts["left over", default: 0] += 1 }
    }

    private mutating func record(_ events: [LedgerEvent], _ expected: [LedgerEvent]) throws {
        try check(events == expected, "events \(events), not \(expected)")
        for event in events {
            let name = event.operation == nil ? event.name.rawValue : "suspension ended"
            verdicts[name, default: 0] += 1
            record(EventRecord.kind, try EventRecord(event).json())
        }
    }

    private mutating func record(_ kind: UInt8, _ bytes: [UInt8]) {
        journal.append(Record(kind: kind, bytes: bytes, time: time, batch: batch))
    }

    private mutating func step(_ ledger: inout Ledger) throws {
        if random.below(6) == 0 {
            let author = ModelCommands.drawAuthor(&random)
            try administer(
                ModelCommands.draw(&random, near: time, crowd: crowd), by: author, &ledger)
        } else {
            try enter(&ledger)
        }
    }

    private mutating func administer(
        _ command: AdministrativeCommand, by author: Author = .admin, _ ledger: inout Ledger
    ) throws {
        // What the command touches is settled first.
        let index = command.operation.flatMap { model.current($0) }
        let settled = index.map { model.settle($0, at: time.milliseconds) } ?? []
        while let operation = ledger.dueOperation(touchedBy: command, at: time) {
            verdicts["settled", default: 0] += 1
            ledger.expire(operation, at: time)
        }
        try record(ledger.drainEvents(), settled)
        let changesBefore = model.changes
        let expected = model.apply(command, by: author, at: time.milliseconds)
        var change = Change.none
        var code: String?
        do {
            change = try ledger.apply(command, by: author, at: time)
        } catch {
            code = error.code
        }
        verdicts[code ?? "applied", default: 0] += 1
        try check(
            code == expected,
            "\(command) by \(author): \(code ?? "applied"), not \(expected ?? "applied")")
        try check((change != .none) == (model.changes > changesBefore), "\(command): \(change)")
        guard change != .none else { return }
        var buffer = ByteBuffer(capacity: 256)
        try AdministrativeRecord(command, by: author).encode(into: &buffer)
        record(AdministrativeRecord.kind, buffer.bytes.array)
    }

    private mutating func enter(_ ledger: inout Ledger) throws {
        var participation = PlainModel.Participation(
            operation: Int(random.below(5)), key: Int(random.below(6)),
            person: Int(random.below(4)),
            idempotency: random.below(2) == 0 ? Int(random.below(4)) : nil,
            request: Int(random.below(2)),
            secondKey: random.below(12) == 0 ? nil : Int(random.below(3)),
            age: random.below(6) > 0, consents: random.below(6) > 0,
            challenge: drawChallenge(),
            countedAs: random.element([.participant, .participant, .robot]))
        // Most entries come by a key that there is, of their operation.
        if random.below(12) > 0, !model.keys.isEmpty {
            participation.key = Int(random.below(UInt64(model.keys.count)))
            participation.operation = model.keys[participation.key].operation
        }
        if !model.permits.isEmpty, random.below(3) == 0 {
            // None comes with a challenge.
            participation.challenge = nil
            participation.countedAs = .test
            participation.permit = Int(random.below(UInt64(model.permits.count) + 1))
        }
        let command = EntryCommand(
            operation: UInt32(participation.operation), key: UInt32(participation.key),
            participant: .person(UInt64(participation.person)),
            idempotency: participation.idempotency.map {
                Fingerprint(
                    high: Fingerprint.person(UInt64($0) + 100).high,
                    low: UInt64(participation.request))
            } ?? .none,
            secondKey: participation.secondKey.map { .person(UInt64($0) + 200) } ?? .none,
            ageConfirmed: participation.age, consentsGiven: participation.consents,
            challenge: participation.challenge.map { $0.solved } ?? .absent,
            countedAs: participation.countedAs,
            permit: participation.permit.map { UInt32($0) } ?? EntryCommand.noPermit)
        let settled = model.settle(participation.operation, at: time.milliseconds)
        while ledger.isDue(command.operation, at: time) {
            ledger.expire(command.operation, at: time)
        }
        try record(ledger.drainEvents(), settled)
        let expected = model.enter(participation, at: time.milliseconds)
        let outcome = ledger.enter(command, at: time)
        let answer = outcome.answer
        verdicts[answer.name, default: 0] += 1
        let month = CivilMonth(at: time, in: .utc)
        if month > CivilMonth(at: World.start, in: .utc), outcome.isAccepted {
            verdicts["of a later month", default: 0] += 1
        }
        if command.isTest { verdicts["test " + answer.name, default: 0] += 1 }
        try check(answer == expected, "\(participation): \(answer), not \(expected)")
        guard case .accepted(let entry, let participant) = outcome else { return }
        var buffer = ByteBuffer(capacity: 64)
        let extra = [UInt8](repeating: 7, count: Int(random.below(5)))
        var extensions = ByteBuffer(capacity: 64)
        if command.challenge.isGiven { EntryExtensions.append(command.challenge, to: &extensions) }
        if !command.secondKey.isNone {
            EntryExtensions.append(secondKey: command.secondKey, to: &extensions)
        }
        if command.isTest { EntryExtensions.append(permit: command.permit, to: &extensions) }
        // Unsafe: the bytes of a span of bytes are all initialised.
        unsafe EntryRecord.encode(
            command, entry: entry, participant: participant, extensions: extensions.bytes,
            source: extra.span.bytes,
            sealed: extra.span.bytes, into: &buffer)
        record(EntryRecord.kind, buffer.bytes.array)
    }

    /// With one entry in four; few of the last while, so that they are used again.
    private mutating func drawChallenge() -> PlainModel.Challenge? {
        guard random.below(4) == 0 else { return nil }
        let ahead = random.element([-1, 0, 1, 600, 899, 900, 901, 2_000] as [Int64])
        let expires = UInt32(time.milliseconds / 1_000 + ahead)
        // The number follows from the end: a challenge has one.
        let number = Int(expires) * 4 + Int(random.below(3))
        return PlainModel.Challenge(number: random.below(6) > 0 ? number : nil, expires: expires)
    }

    /// - Parameter withSnapshot: the ledger is written and read back between two random batches.
    private mutating func rebuild(withSnapshot: Bool = false) throws -> Ledger {
        var ledger = Ledger()
        var place = withSnapshot ? Int(random.below(UInt64(journal.count) + 1)) : journal.count + 1
        while place > 0, place < journal.count, journal[place].batch == journal[place - 1].batch {
            place -= 1
        }
        try replay(0..<min(place, journal.count), to: &ledger)
        if place <= journal.count { ledger = try ledger.readBack() }
        try replay(min(place, journal.count)..<journal.count, to: &ledger)
        return ledger
    }

    /// Has them read what is new in the log.
    private func read(
        from isRead: inout Int, _ one: inout Ledger, _ two: inout Ledger, _ three: inout Ledger
    ) throws {
        let new = isRead..<journal.count
        try replay(new, to: &one)
        try replay(new, to: &two)
        try replay(new, to: &three)
        isRead = journal.count
    }

    /// Reads records of the log, from the first of a batch to the last of one.
    private func replay(_ range: Range<Int>, to ledger: inout Ledger) throws {
        var batch = -1
        for record in journal[range] {
            if record.batch != batch { ledger.beginBatch() }
            batch = record.batch
            do {
                // Unsafe: the bytes of a span of bytes are all initialised.
                try unsafe ledger.replay(
                    kind: record.kind, bytes: record.bytes.span.bytes, at: record.time)
            } catch {
                throw Divergence(seed: seed, text: "replay: \(error)")
            }
        }
    }

    private func compare(_ one: borrowing Ledger, _ other: borrowing Ledger) throws {
        try check(one.catalogue == other.catalogue, "catalogues differ after replay")
        try check(one.records == other.records, "numbers of records differ after replay")
        try check(one.lastEntry == other.lastEntry, "last entries differ after replay")
        for operation in 0..<UInt32(one.catalogue.operations.count) {
            try check(
                one.counts(of: operation) == other.counts(of: operation), "counts differ")
        }
        try check(
            one.decider.participants.holdsTheSame(as: other.decider.participants),
            "participants differ")
        try check(
            one.decider.secondKeys.table.holdsTheSame(as: other.decider.secondKeys.table),
            "second keys differ")
    }

    private func check(_ difference: String?) throws {
        if let difference {
            throw Divergence(seed: seed, text: "after replay: \(difference) differ")
        }
    }

    private func compareWithModel(_ ledger: borrowing Ledger) throws {
        try check(Int(ledger.records) == model.changes, "records: \(ledger.records)")
        try check(ledger.lastEntry.rawValue == model.lastNumber, "last entry differs")
        try check(Int(ledger.catalogue.starts) == model.starts, "starts differ")
        try check(
            ledger.catalogue.operations.map(\.state.name) == model.operations.map(\.shownState),
            "states differ")
        try check(
            ledger.catalogue.tokens.map(\.expires.milliseconds) == model.tokens.map(\.expires)
                && ledger.catalogue.tokens.map { $0.revokedAt != nil }
                    == model.tokens.map(\.isRevoked)
                && ledger.catalogue.tokens.map { $0.suspectedAt != nil }
                    == model.tokens.map(\.isSuspected),
            "tokens differ")
        try check(
            ledger.catalogue.keys.map(\.frontEnd) == model.keys.map(\.frontEnd)
                && ledger.catalogue.keys.map { $0.suspectedAt != nil }
                    == model.keys.map(\.isSuspected),
            "keys differ")
        try compareRuns(ledger)
        let difference = model.service.difference(from: ledger.catalogue.service)
        try check(difference == nil, "\(difference ?? "")")
        for (index, operation) in model.operations.enumerated() {
            let expected = OperationCounts(
                entries: UInt64(operation.people.count),
                participants: UInt32(operation.persons.count),
                robots: UInt64(operation.entries.count { $0.countedAs == .robot }),
                tests: model.tests(of: index))
            try check(ledger.counts(of: UInt32(index)) == expected, "counts of \(operation.id)")
            let month = operation.differingMonth(until: time) {
                ledger.decider.consumption(of: index, in: $0)
            }
            try check(month == nil, "\(month ?? "") of \(operation.id)")
            let queue = ledger.catalogue.operations[index].queue
            try check(
                queue.counters == operation.counters
                    && queue.at?.milliseconds == operation.countersAt, "queue of \(operation.id)")
        }
    }

    private func compareRuns(_ ledger: borrowing Ledger) throws {
        for (index, permit) in model.permits.enumerated() {
            let expected = OperationCounts(
                entries: UInt64(permit.entries.count),
                participants: UInt32(PlainModel.persons(of: permit.entries).count))
            try check(ledger.testCounts(of: UInt32(index)) == expected, "run of \(permit.id)")
            let found = ledger.catalogue.permits[index]
            try check(
                (found.revokedAt != nil) == permit.isRevoked
                    && (found.purgedAt != nil) == permit.isPurged
                    && (found.forgottenAt != nil) == permit.isForgotten,
                "permit \(permit.id)")
        }
    }

    private func check(_ holds: Bool, _ text: @autoclosure () -> String) throws {
        if !holds { throw Divergence(seed: seed, text: text()) }
    }
}
