import Benchmark
import Bytes
import Cryptography
import Ledger
import Time
import Wire

/// An entry from its bytes to its decision, without sockets, rings, keys and the disk: what an
/// operation pays that asks about robots, beside one that does not.
func entryPath() -> [String] {
    [
        measure("entry: read and decided, no robots' rules", .kilo, samples: 500) {
            try decide(hasLayers: false)
        },
        measure("entry: read and decided, all layers", .kilo, samples: 500) {
            try decide(hasLayers: true)
        },
    ]
}

private func decide(hasLayers: Bool) throws -> (Benchmark) throws -> Void {
    let path = try EntryPath(hasLayers: hasLayers)
    return { benchmark in
        let entries = path.nextThousand()
        benchmark.startMeasurement()
        let accepted = path.decide(entries)
        benchmark.stopMeasurement()
        try Wrong.unless(accepted > 900 ? 1 : 0, is: 1, "entries accepted")
    }
}

/// A worker and the sequencer, on one thread.
private final class EntryPath {
    private let gate: RobotGate
    private let hasLayers: Bool
    private var ledger = Ledger()
    private var request = RequestReader()
    private var commands: [EntryCommand] = []

    /// 2026-11-20T12:00:00Z.
    private static let time = Timestamp(milliseconds: 1_795_176_000_000)

    init(hasLayers: Bool) throws {
        gate = try RobotGate(.everybody, passed: hasLayers ? 1_000_000 : 0)
        self.hasLayers = hasLayers
        let settings = OperationSettings(
            client: "acme", title: "Summer", rule: .once, robots: .observe, policy: .advise)
        let commands: [AdministrativeCommand] = [
            .contract(.putClient(id: "acme", name: "Acme")),
            .operation(.put(id: "summer", settings: settings, dataKeyID: "summer-data")),
            .access(
                .addKey(
                    operation: "summer", keyID: "summer-key",
                    digest: KeyDigest(words: (1, 2, 3, 4)))),
            .operation(.open(id: "summer", note: nil)),
        ]
        for command in commands { _ = try ledger.apply(command, by: .admin, at: Self.time) }
        for _ in 0..<1_000 {
            let entries = (0..<1_000).map { _ in gate.nextParticipant() }
            for participant in entries {
                _ = ledger.enter(request.command(participant), at: Self.time)
            }
        }
    }

    func nextThousand() -> [RobotGate.Sent] { gate.nextThousand() }

    /// - Returns: how many were accepted.
    @inline(never)
    func decide(_ entries: [RobotGate.Sent]) -> UInt64 {
        var accepted: UInt64 = 0
        for start in stride(from: 0, to: entries.count, by: entriesAhead) {
            commands.removeAll(keepingCapacity: true)
            for index in start..<min(start + entriesAhead, entries.count) {
                request.read()
                if hasLayers { gate.describe(entries[index]) }
                commands.append(request.command(entries[index].participant))
            }
            for command in commands { ledger.anticipate(command) }
            if hasLayers { _ = gate.decide() }
            for command in commands {
                if case .accepted = ledger.enter(command, at: Self.time) { accepted += 1 }
            }
        }
        return accepted
    }
}

/// Reads a browser's request over and over.
private struct RequestReader: ~Copyable {
    private var inbox = ByteBuffer.of(browserRequest(language: "fr-FR"))
    private var parser = RequestParser(limits: .entry)
    private let credential = ByteBuffer.of("pk_3Jx8QmV5tYw2Zr7NcB4kHdLfSg6PaUeT")
    private let body = ByteBuffer.of(EntryText.body)
    private var document = JSONDocument(nodeCapacity: 1_024)
    private var sha = SHA256()
    private var hasher = KeyedHasher()
    private let key = SipKey(SymmetricKey.random())
    /// What was read, so that it is.
    private var sum: UInt64 = 0

    init() {}

    /// Head, key, body.
    mutating func read() {
        if Self.parse(&inbox, &parser) { sum &+= UInt64(parser.fieldCount) }
        sum &+= Self.digest(&sha, credential)
        sum &+= Self.parse(&document, body)
    }

    private static func parse(
        _ inbox: inout ByteBuffer, _ parser: inout RequestParser
    ) -> Bool {
        parser.reset()
        var bytes = inbox.mutableBytes
        return parser.parse(&bytes) == .complete
    }

    private static func digest(_ sha: inout SHA256, _ text: borrowing ByteBuffer) -> UInt64 {
        sha.digest(text.bytes).leadingWord
    }

    private static func parse(
        _ document: inout JSONDocument, _ body: borrowing ByteBuffer
    ) -> UInt64 {
        document.parse(body.bytes) == nil ? UInt64(document.nodeCount) : 0
    }

    mutating func command(_ participant: [UInt8]) -> EntryCommand {
        let hash = participant.withBytes { hasher.hash($0, key: key, domain: 0) }
        return EntryCommand(
            operation: 0, key: 0, participant: Fingerprint(high: hash.high, low: hash.low),
            idempotency: .none)
    }
}
