import Bytes
import Ledger
import Log
import TestSupport
import Time

/// A data folder with a log of entries and commands, as a gateway would have written it.
final class TestGateway {
    let data: String
    private var log: Log
    private var ledger = Ledger()
    private var now = Timestamp(milliseconds: 1_795_176_000_000)
    private var random: SeededGenerator

    static var options: LogOptions {
        var options = LogOptions()
        options.segmentBytes = 16 << 10
        options.maximumBatchBytes = 4 << 10
        options.retryMilliseconds = 1
        // A thread that prepares a segment may stand still beside other tests, or its disk.
        options.preparationMilliseconds = 120_000
        return options
    }

    init(_ data: String, seed: UInt64 = 1) throws {
        self.data = data
        random = SeededGenerator(seed: seed)
        log = try Log.open(directory: data + "/journal", options: Self.options, at: now) { _ in }
        let settings = OperationSettings(
            client: "acme", title: "Summer", rule: .daily, robots: .observe, policy: .advise)
        try commit([
            .contract(.putClient(id: "acme", name: "Acme")),
            .operation(.put(id: "summer", settings: settings, dataKeyID: "d1")),
            .access(
                .addKey(operation: "summer", keyID: "k1", digest: KeyDigest(words: (1, 2, 3, 4)))),
            .operation(.open(id: "summer", note: nil)),
        ])
    }

    var lastSequence: UInt64 { ledger.records }

    /// Commits so many batches of a few entries each, with a command now and then.
    func run(batches: Int) throws {
        for number in 0..<batches {
            now = now.advanced(byMilliseconds: Int64(random.next() % 3_600_000))
            if number % 7 == 3 {
                try commit([
                    .contract(
                        .giveNotice(
                            operation: "summer",
                            expectedParticipants: 60_000 + UInt32(random.next() % 1_000),
                            note: nil))
                ])
            } else {
                try enter(1 + Int(random.next() % 9))
            }
        }
    }

    private func enter(_ count: Int) throws {
        for _ in 0..<count {
            let command = EntryCommand(
                operation: 0, key: 0,
                participant: Fingerprint(high: random.next() % 50 &* 0x9E37_79B9_7F4A_7C15, low: 7),
                idempotency: Fingerprint(high: random.next() % 400 &* 0x9E37_79B9_7F4A_7C15, low: 9)
            )
            guard case .accepted(let entry, let participant) = ledger.enter(command, at: now)
            else { continue }
            let sealed = [UInt8](repeating: 3, count: 60)
            log.append(kind: EntryRecord.kind) { buffer in
                // Unsafe: the bytes of a span of bytes are all initialised.
                unsafe EntryRecord.encode(
                    command, entry: entry, participant: participant, source: RawSpan(),
                    sealed: sealed.span.bytes, into: &buffer)
            }
        }
        try log.commit(at: now)
    }

    private func commit(_ commands: [AdministrativeCommand]) throws {
        for command in commands {
            let change = try ledger.apply(command, by: .admin, at: now)
            guard change != .none else { continue }
            let json = try AdministrativeRecord(command, by: .admin).json()
            unsafe log.append(kind: AdministrativeRecord.kind, json.span.bytes)
        }
        try log.commit(at: now)
    }
}
