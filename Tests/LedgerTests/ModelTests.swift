import Bytes
import Contract
import Foundation
import TestSupport
import Testing
import Time

@testable import Ledger

/// Random commands in batches; after each batch the process dies and a new ledger reads the
/// log. Sometimes the batch was not synced yet: then it has never happened.
///
///     decide batch ─► encode ─┬─ synced ─► compare all states ─► go on with the rebuilt ledger
///                             └─ lost ───► forget it, in model and log ─► the same
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
            "key_exists", "lost", "reset",
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

    init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
    }

    mutating func run(batches: Int) throws {
        var ledger = Ledger()
        // One seed in eight starts from nothing; the others have something to enter.
        if seed % 8 != 0 {
            for command in Commands.founding(&random) { try administer(command, &ledger) }
        }
        for _ in 0..<batches {
            let before = (model, journal)
            turnClock()
            for _ in 0..<random.below(16) { try step(&ledger) }
            if random.below(8) == 0 {
                (model, journal) = before
                verdicts["lost", default: 0] += 1
                ledger = try rebuild()
            } else {
                let rebuilt = try rebuild()
                try compare(ledger, rebuilt)
                try check(try rebuild(withSnapshot: true).difference(from: rebuilt))
                ledger = rebuilt
            }
            try compareWithModel(ledger)
        }
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

    private mutating func step(_ ledger: inout Ledger) throws {
        if random.below(6) == 0 {
            try administer(Commands.draw(&random, near: time), &ledger)
        } else {
            try enter(&ledger)
        }
    }

    private mutating func administer(
        _ command: AdministrativeCommand, _ ledger: inout Ledger
    ) throws {
        let changesBefore = model.changes
        let expected = model.apply(command)
        var change = Change.none
        var code: String?
        do {
            change = try ledger.apply(command, by: .admin, at: time)
        } catch {
            code = error.code
        }
        verdicts[code ?? "applied", default: 0] += 1
        try check(
            code == expected, "\(command): \(code ?? "applied"), not \(expected ?? "applied")")
        try check((change != .none) == (model.changes > changesBefore), "\(command): \(change)")
        guard change != .none else { return }
        var buffer = ByteBuffer(capacity: 256)
        try AdministrativeRecord(command, by: .admin).encode(into: &buffer)
        journal.append(
            Record(kind: AdministrativeRecord.kind, bytes: buffer.bytes.array, time: time))
    }

    private mutating func enter(_ ledger: inout Ledger) throws {
        var participation = PlainModel.Participation(
            operation: Int(random.below(5)), key: Int(random.below(6)),
            person: Int(random.below(4)),
            idempotency: random.below(2) == 0 ? Int(random.below(4)) : nil,
            request: Int(random.below(2)),
            age: random.below(6) > 0, consents: random.below(6) > 0)
        // Most entries come by a key that there is, of their operation.
        if random.below(12) > 0, !model.keys.isEmpty {
            participation.key = Int(random.below(UInt64(model.keys.count)))
            participation.operation = model.keys[participation.key].operation
        }
        let command = EntryCommand(
            operation: UInt32(participation.operation), key: UInt32(participation.key),
            participant: .person(UInt64(participation.person)),
            idempotency: participation.idempotency.map {
                Fingerprint(
                    high: Fingerprint.person(UInt64($0) + 100).high,
                    low: UInt64(participation.request))
            } ?? .none,
            ageConfirmed: participation.age, consentsGiven: participation.consents)
        let expected = model.enter(participation, at: time.milliseconds)
        let outcome = ledger.enter(command, at: time)
        let answer = outcome.answer
        verdicts[answer.name, default: 0] += 1
        try check(answer == expected, "\(participation): \(answer), not \(expected)")
        guard case .accepted(let entry, let participant) = outcome else { return }
        var buffer = ByteBuffer(capacity: 64)
        let extra = [UInt8](repeating: 7, count: Int(random.below(5)))
        // Unsafe: the bytes of a span of bytes are all initialised.
        unsafe EntryRecord.encode(
            command, entry: entry, participant: participant, source: extra.span.bytes,
            sealed: extra.span.bytes, into: &buffer)
        journal.append(Record(kind: EntryRecord.kind, bytes: buffer.bytes.array, time: time))
    }

    /// - Parameter withSnapshot: the ledger is written and read back at a random record.
    private mutating func rebuild(withSnapshot: Bool = false) throws -> Ledger {
        var ledger = Ledger()
        let place = withSnapshot ? Int(random.below(UInt64(journal.count) + 1)) : journal.count + 1
        for (index, record) in journal.enumerated() {
            if index == place { ledger = try ledger.readBack() }
            do {
                // Unsafe: the bytes of a span of bytes are all initialised.
                try unsafe ledger.replay(
                    kind: record.kind, bytes: record.bytes.span.bytes, at: record.time)
            } catch {
                throw Divergence(seed: seed, text: "replay: \(error)")
            }
        }
        if place == journal.count { ledger = try ledger.readBack() }
        return ledger
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
            one.decider.participants.contents == other.decider.participants.contents,
            "participants differ")
    }

    private func check(_ difference: String?) throws {
        if let difference {
            throw Divergence(seed: seed, text: "snapshot: \(difference) differ")
        }
    }

    private func compareWithModel(_ ledger: borrowing Ledger) throws {
        try check(Int(ledger.records) == model.changes, "records: \(ledger.records)")
        try check(ledger.lastEntry.rawValue == model.lastNumber, "last entry differs")
        try check(Int(ledger.catalogue.starts) == model.starts, "starts differ")
        try check(
            ledger.catalogue.operations.map(\.state.name) == model.operations.map(\.state),
            "states differ")
        for (index, operation) in model.operations.enumerated() {
            let expected = OperationCounts(
                entries: UInt64(operation.entries.count),
                participants: UInt32(operation.persons.count))
            try check(ledger.counts(of: UInt32(index)) == expected, "counts of \(operation.id)")
        }
    }

    private func check(_ holds: Bool, _ text: @autoclosure () -> String) throws {
        if !holds { throw Divergence(seed: seed, text: text()) }
    }
}

/// Administrative commands over few names, so that they meet.
private enum Commands {
    static let zones: [LocalTime] = {
        let hour: Int32 = 3600
        let start = World.start
        let tables: [[(Int64, Int32)]] = [
            [(0, 0)], [(0, 9 * hour)], [(0, -10 * hour), (100, 14 * hour)],
            [(0, 2 * hour), (60, hour), (240, 2 * hour)],
        ]
        return tables.compactMap { table in
            // Never nil: the tables above are in order.
            try? LocalTime(
                table.map {
                    .init(
                        from: start.advanced(byMilliseconds: $0.0 * 3_600_000), offsetSeconds: $0.1)
                })
        }
    }()

    static func draw(_ random: inout SeededGenerator, near time: Timestamp) -> AdministrativeCommand
    {
        let operation = random.element(["spring", "summer", "autumn"])
        let key = random.element(["k1", "k2", "k3", "k4", "k5"])
        switch random.below(40) {
        case 0...2:
            return .contract(
                .putClient(
                    id: random.element(["acme", "bravo"]), name: random.element(["One", "Two"])))
        case 3...15:
            return .operation(
                .put(
                    id: operation, settings: settings(&random, near: time),
                    dataKeyID: random.element(["d1", "d2"])))
        case 16...20:
            return .access(
                .addKey(
                    operation: operation, keyID: key, digest: .numbered(1 + random.below(7))))
        case 21:
            return .access(
                .revokeKey(keyID: key, reason: random.element([.lost, .stolen, .rotated])))
        case 22...35: return .operation(.open(id: operation, note: "on we go"))
        case 36...37: return .operation(.close(id: operation, note: nil))
        case 38:
            let export = ExportReceipt(
                file: "export", sha256: String(repeating: "0", count: 64), entries: 0,
                participants: 0)
            return random.below(3) == 0
                ? .operation(.delete(id: operation, export: export))
                : .operation(.reset(id: operation, dataKeyID: "d3", export: export))
        default: return .fact(.started(version: "1.0"))
        }
    }

    /// A client with three open operations of all rules, and a key for each.
    static func founding(_ random: inout SeededGenerator) -> [AdministrativeCommand] {
        var commands: [AdministrativeCommand] = [.contract(.putClient(id: "acme", name: "One"))]
        let operations = [("spring", EntryRule.once), ("summer", .daily), ("autumn", .unlimited)]
        for (index, (operation, rule)) in operations.enumerated() {
            let settings = OperationSettings.sample(rule).with {
                $0.localTime = random.element(zones)
            }
            commands += [
                .operation(.put(id: operation, settings: settings, dataKeyID: "d1")),
                .access(
                    .addKey(
                        operation: operation, keyID: "k\(index + 1)",
                        digest: .numbered(UInt64(index) + 1))),
                .operation(.open(id: operation, note: nil)),
            ]
        }
        return commands
    }

    private static func settings(
        _ random: inout SeededGenerator, near time: Timestamp
    ) -> OperationSettings {
        func date(_ random: inout SeededGenerator) -> Timestamp? {
            random.below(5) > 0
                ? nil
                : time.advanced(byMilliseconds: random.element([-86_400_000, 0, 1, 90_000_000]))
        }
        return OperationSettings(
            client: random.element(["acme", "acme", "acme", "bravo", "nobody"]),
            title: random.element(["Title", "Jeu d’été 🏖"]), opens: date(&random),
            closes: date(&random), rule: random.element([.once, .daily, .daily, .unlimited]),
            localTime: random.element(zones), minimumAge: random.below(4) == 0 ? 18 : nil,
            consents: random.below(4) == 0 ? ["rules"] : [], robots: .observe, policy: .advise)
    }
}

extension PlainModel.Answer {
    fileprivate var name: String {
        switch self {
        case .accepted: "accepted"
        case .repeated: "repeated"
        case .refused(let why): why
        }
    }
}

extension EntryOutcome {
    fileprivate var answer: PlainModel.Answer {
        switch self {
        case .accepted(let entry, let participant): .accepted(entry.rawValue, participant)
        case .repeated(let entry, let participant): .repeated(entry.rawValue, participant)
        case .refused(let lacking):
            .refused(
                [
                    lacking.contains(.ageNotConfirmed) ? "age" : nil,
                    lacking.contains(.consentMissing) ? "consents" : nil,
                ].compactMap(\.self).joined(separator: " and "))
        default: .refused("\(self)")
        }
    }
}
