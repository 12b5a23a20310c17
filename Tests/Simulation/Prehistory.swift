import Bytes
import Contract
import Cryptography
import Ledger
import Log
import TestSupport
import Time

@testable import Gateway
@testable import Snapshots

/// What was before a run begins: a disk with an operation that has almost as many participants as
/// it may have without a notice, and a snapshot of it. Made once, for every run that has a flood.
struct Prehistory: Sendable {
    static let operation = "gala"
    static let dataKey = "d-gala"
    private static let participants: UInt64 = 49_950
    private static let batchEntries: UInt64 = 1_000
    private static let keySecret = "pk_gala"

    let batches: [SimulatedDisk.StoredBatch]
    /// Has taken all of it in.
    let judge: Judge
    let snapshot: [UInt8]

    static let shared = Result { try Prehistory() }

    var lastSequence: UInt64 { UInt64(judge.known.count) }

    static var secret: Operators.Secret {
        Operators.Secret(operation: operation, digest: Token.digest(of: keySecret))
    }

    private init() throws {
        let disk = try SimulatedDisk(keepsBatches: true)
        var time = Timestamp(milliseconds: 1_790_000_000_000)
        var log = try disk.open(at: time) { _ in }
        var ledger = Ledger()
        var judge = Judge()
        for command in try Self.commands() {
            _ = try ledger.apply(command, by: .admin, at: time)
            let json = try AdministrativeRecord(command, by: .admin).json()
            log.append(kind: AdministrativeRecord.kind) { buffer in
                json.withBytes { buffer.append($0) }
            }
        }
        try log.commit(at: time)
        for first in stride(from: 0, to: Self.participants, by: Int(Self.batchEntries)) {
            time = time.advanced(byMilliseconds: 1_000)
            let end = min(first + Self.batchEntries, Self.participants)
            for number in first..<end { try Self.enter(number, &ledger, &log, at: time) }
            try log.commit(at: time)
        }
        try judge.endTurn(stored: disk.drainStored())
        self.judge = judge
        batches = disk.batches
        snapshot = try Self.snapshot(of: disk)
    }

    private static func commands() throws -> [AdministrativeCommand] {
        let settings = OperationSettings(
            client: "acme", title: "A", rule: .once, robots: .off, policy: .enforce)
        let digest = try SimulatedGateway.digest(of: keySecret)
        return [
            .contract(.putClient(id: "acme", name: "Acme")),
            .operation(.put(id: operation, settings: settings, dataKeyID: dataKey)),
            .access(.addKey(operation: operation, keyID: "k-gala", digest: digest)),
            .operation(.open(id: operation, note: nil)),
        ]
    }

    private static func enter(
        _ number: UInt64, _ ledger: inout Ledger, _ log: inout Log, at time: Timestamp
    ) throws {
        let command = SimulatedLoop.Entry(
            operation: 0, key: 0, person: 10_000_000 + number, connection: 0
        ).command(leaf: number)
        guard case .accepted(let entry, let participant) = ledger.enter(command, at: time) else {
            throw Judge.Difference("the prehistory is refused")
        }
        log.append(kind: EntryRecord.kind) { buffer in
            EntryRecord.encode(
                command, entry: entry, participant: participant, source: RawSpan(),
                sealed: RawSpan(), into: &buffer)
        }
        for event in ledger.drainEvents() {
            let json = try EventRecord(event).json()
            log.append(kind: EventRecord.kind) { buffer in
                json.withBytes { buffer.append($0) }
            }
        }
    }

    private static func snapshot(of disk: SimulatedDisk) throws -> [UInt8] {
        var state = Snapshot()
        try disk.read(after: .beginning) { try state.replay($0) }
        let path = TemporaryDirectory(isInMemory: true)
        try SnapshotFile.write(state, to: path.path("snapshot"), isCancelled: { false })
        return try contents(path.path("snapshot"))
    }
}
