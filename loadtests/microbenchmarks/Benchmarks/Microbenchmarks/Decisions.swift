import Benchmark
import Bytes
import Ledger
import Time

/// The fold, whole: an entry is decided, and counted if it is accepted.
func ledger() -> [String] {
    [
        measure("ledger: enter, new, at 1,000,000", .kilo, samples: 200) {
            let game = try Game(participants: 1_000_000)
            return { benchmark in
                let commands = game.newThousand(idempotent: false)
                benchmark.startMeasurement()
                let accepted = Game.enter(commands, into: &game.ledger)
                benchmark.stopMeasurement()
                try Wrong.unless(accepted, is: 1_000, "entries accepted")
            }
        },
        measure("ledger: enter, new, with an idempotency key, at 1,000,000", .kilo, samples: 200) {
            let game = try Game(participants: 1_000_000)
            return { benchmark in
                let commands = game.newThousand(idempotent: true)
                benchmark.startMeasurement()
                let accepted = Game.enter(commands, into: &game.ledger)
                benchmark.stopMeasurement()
                try Wrong.unless(accepted, is: 1_000, "entries accepted")
            }
        },
        measure("ledger: enter, repeated, at 1,000,000", .kilo) {
            let game = try Game(participants: 1_000_000)
            return { benchmark in
                let commands = game.repeatedThousand()
                benchmark.startMeasurement()
                let accepted = Game.enter(commands, into: &game.ledger)
                benchmark.stopMeasurement()
                try Wrong.unless(accepted, is: 0, "repeated entries accepted")
            }
        },
    ]
}

/// One open operation, one entry a person, and who has entered.
private final class Game {
    var ledger = Ledger()
    private var next: UInt64 = 0
    private var generator = SeededGenerator(seed: 3)

    /// 2026-11-20T12:00:00Z.
    private static let time = Timestamp(milliseconds: 1_795_176_000_000)

    init(participants: UInt64) throws {
        let settings = OperationSettings(
            client: "acme", title: "Summer", rule: .once, robots: .observe, policy: .advise)
        let digest = KeyDigest(words: (1, 2, 3, 4))
        let commands: [AdministrativeCommand] = [
            .contract(.putClient(id: "acme", name: "Acme")),
            .operation(.put(id: "summer", settings: settings, dataKeyID: "summer-data")),
            .access(.addKey(operation: "summer", keyID: "summer-key", digest: digest)),
            .operation(.open(id: "summer", note: nil)),
        ]
        for command in commands { _ = try ledger.apply(command, by: .admin, at: Self.time) }
        while next < participants {
            _ = Self.enter(newThousand(idempotent: false), into: &ledger)
        }
    }

    func newThousand(idempotent: Bool) -> [EntryCommand] {
        defer { next += 1_000 }
        return (next..<(next + 1_000)).map { number in
            EntryCommand(
                operation: 0, key: 0, participant: .numbered(number),
                idempotency: idempotent ? .numbered(~number) : .none)
        }
    }

    func repeatedThousand() -> [EntryCommand] {
        (0..<1_000).map { _ in
            EntryCommand(
                operation: 0, key: 0,
                participant: .numbered(.random(in: 0..<next, using: &generator)))
        }
    }

    /// How many of them are accepted.
    @inline(never)
    static func enter(_ commands: [EntryCommand], into ledger: inout Ledger) -> UInt64 {
        var accepted: UInt64 = 0
        for command in commands {
            if case .accepted = ledger.enter(command, at: time) { accepted += 1 }
        }
        return accepted
    }
}
