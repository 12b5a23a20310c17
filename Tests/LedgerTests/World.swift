import Bytes
import Contract
import TestSupport
import Time

@testable import Ledger

/// A ledger with its clock in hand: one client, and operations as a test needs them.
final class World {
    var ledger: Ledger
    var now = World.start
    /// Who acts.
    var author = Author.admin

    /// 2026-11-20T12:00:00Z, a Friday.
    static let start = Timestamp(milliseconds: 1_795_176_000_000)

    init(memoryLimitBytes: Int = .max) {
        ledger = Ledger(memoryLimitBytes: memoryLimitBytes)
    }

    func pass(hours: Int64 = 0, milliseconds: Int64 = 0) {
        now = now.advanced(byMilliseconds: hours * 3_600_000 + milliseconds)
    }

    @discardableResult
    func apply(_ command: AdministrativeCommand) throws(CommandRefusal) -> Change {
        try ledger.apply(command, by: author, at: now)
    }

    /// Whether something has come to its time by itself.
    var isDue: Bool { ledger.isDue(at: now) }

    /// The same for one operation.
    func isDue(_ id: String) -> Bool {
        ledger.operationIndex(id).map { ledger.isDue($0, at: now) } ?? false
    }

    /// Puts the client `acme`, the operation, and the key `<operation>-key`; opens the operation.
    func open(_ id: String, _ settings: OperationSettings = .sample()) throws {
        try draft(id, settings)
        try apply(.operation(.open(id: id, note: nil)))
    }

    func draft(_ id: String, _ settings: OperationSettings = .sample()) throws {
        try apply(.contract(.putClient(id: settings.client, name: "Acme")))
        try apply(.operation(.put(id: id, settings: settings, dataKeyID: "\(id)-data")))
        let serial = UInt64(ledger.catalogue.keys.count) + 1
        try apply(.access(.addKey(operation: id, keyID: "\(id)-key", digest: .numbered(serial))))
    }

    func decide(_ command: EntryCommand) -> EntryOutcome { ledger.enter(command, at: now) }

    /// An entry by the operation's own key.
    func enter(
        _ person: UInt64, in id: String, idempotency: UInt64? = nil, secondKey: UInt64? = nil,
        age: Bool = false, consents: Bool = false
    ) -> EntryOutcome {
        guard let operation = ledger.catalogue.operationIndex(id) else { return .unknownOperation }
        guard let key = ledger.catalogue.keyIndex("\(id)-key") else { return .unknownKey }
        let command = EntryCommand(
            operation: operation, key: key, participant: .person(person),
            idempotency: idempotency.map { .person($0 &+ 1_000_000) } ?? .none,
            secondKey: secondKey.map { .person($0 &+ 2_000_000) } ?? .none, ageConfirmed: age,
            consentsGiven: consents)
        return ledger.enter(command, at: now)
    }

    func counts(_ id: String) -> OperationCounts? {
        ledger.catalogue.operationIndex(id).flatMap { ledger.counts(of: $0) }
    }
}

extension Ledger {
    /// Folds a record's bytes in, whatever they are.
    mutating func replay(
        kind: UInt8, bytes: RawSpan, at time: Timestamp
    ) throws(ReplayError) {
        switch try LedgerRecord(kind: kind, bytes: bytes, number: records) {
        case .entry(let entry): try replay(entry, at: time)
        case .command(let command): try replay(command, at: time)
        case .event(let event): try replay(event, at: time)
        }
    }

    mutating func replay(_ kind: UInt8, _ bytes: [UInt8], at time: Timestamp) throws(ReplayError) {
        // Unsafe: the bytes of a span of bytes are all initialised.
        try unsafe replay(kind: kind, bytes: bytes.span.bytes, at: time)
    }
}

extension EntryOutcome {
    /// The numbers of an outcome that has some.
    var numbers: (entry: EntryNumber, participant: UInt32)? {
        switch self {
        case .accepted(let entry, let participant), .repeated(let entry, let participant):
            (entry, participant)
        default: nil
        }
    }

    var isAccepted: Bool {
        if case .accepted = self { true } else { false }
    }
}

extension OperationSettings {
    static func sample(_ rule: EntryRule = .once, client: String = "acme") -> OperationSettings {
        OperationSettings(
            client: client, title: "Summer", rule: rule, robots: .observe, policy: .advise)
    }

    func with(_ change: (inout OperationSettings) -> Void) -> OperationSettings {
        var changed = self
        change(&changed)
        return changed
    }
}

extension Fingerprint {
    /// Spread over the table like a hash; the same for the same number.
    static func person(_ number: UInt64) -> Fingerprint {
        var random = SeededGenerator(seed: number)
        return Fingerprint(high: random.next(), low: random.next())
    }
}

extension KeyDigest {
    static func numbered(_ number: UInt64) -> KeyDigest { KeyDigest(words: (0, 0, 0, number)) }
}

extension SeededGenerator {
    mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }

    mutating func element<Element>(_ list: [Element]) -> Element {
        list[Int(below(UInt64(list.count)))]
    }
}

extension ParticipantTable {
    /// Everything in the table, for comparing two.
    borrowing func contentsInOrder() -> [(key: Fingerprint, firstEntry: FirstEntry)] {
        var list: [(key: Fingerprint, firstEntry: FirstEntry)] = []
        forEach { list.append((key: $0, firstEntry: $1)) }
        return list
    }

    /// Whether another one holds the same.
    borrowing func holdsTheSame(as other: borrowing ParticipantTable) -> Bool {
        // A table is in the order of its keys, and numbers in a row are compared a hundred times as
        // quickly as dictionaries are made.
        count == other.count && (numbers == other.numbers || contents == other.contents)
    }

    private var numbers: [UInt64] {
        var numbers: [UInt64] = []
        numbers.reserveCapacity(4 * count)
        forEach { key, first in
            numbers.append(key.high)
            numbers.append(key.low)
            numbers.append(first.entry.rawValue)
            numbers.append(UInt64(first.participant))
        }
        return numbers
    }

    var contents: [Fingerprint: FirstEntry] {
        var contents: [Fingerprint: FirstEntry] = [:]
        forEach { contents[$0] = $1 }
        return contents
    }
}
