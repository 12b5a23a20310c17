import Bytes
import Foundation
import Ledger
import Log
import Testing
import Time

/// A data folder with a log in it, written as a gateway writes it: one batch of a client, an
/// operation and a key, then a batch for each entry, a second apart. It goes with its owner.
struct WrittenLog: ~Copyable {
    let path: String

    /// - Parameters:
    ///   - lastParticipantNumber: what the last entry's record says in place of what was decided.
    ///   - sealedBytes: of each entry: many fill several segments.
    init(entries: Int, lastParticipantNumber: UInt32? = nil, sealedBytes: Int = 6) throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("portillon-tests-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let start = Timestamp(milliseconds: 1_795_176_000_000)
        var options = LogOptions()
        options.segmentBytes = 1 << 20
        options.maximumBatchBytes = 64 << 10
        var log = try Log.open(
            directory: path + "/journal", options: options, at: start
        ) { _ in Issue.record("a new journal has no batch") }
        var ledger = Ledger()
        for command in try Self.commands() {
            _ = try ledger.apply(command, by: .admin, at: start)
            let json = try AdministrativeRecord(command, by: .admin).json()
            _ = log.append(kind: AdministrativeRecord.kind) { buffer in
                for byte in json { buffer.append(byte) }
            }
        }
        try log.commit(at: start)
        for number in 1...entries {
            let time = start.advanced(byMilliseconds: Int64(number) * 1_000)
            let command = EntryCommand(
                operation: 0, key: 0, participant: Fingerprint(high: UInt64(number), low: 1),
                idempotency: .none, ageConfirmed: true, consentsGiven: true)
            guard case .accepted(let entry, let participant) = ledger.enter(command, at: time)
            else {
                Issue.record("entry \(number) is not accepted")
                return
            }
            let isLast = number == entries
            let recorded = isLast ? lastParticipantNumber ?? participant : participant
            _ = log.append(kind: EntryRecord.kind) { buffer in
                let source = Array("tv\"1\"".utf8)
                let sealed = [UInt8](repeating: 7, count: sealedBytes)
                EntryRecord.encode(
                    command, entry: entry, participant: recorded,
                    source: unsafe source.span.bytes, sealed: unsafe sealed.span.bytes,
                    into: &buffer)
            }
            try log.commit(at: time)
        }
    }

    deinit {
        // A temporary folder that stays is no failure of the test.
        try? FileManager.default.removeItem(atPath: path)
    }

    var segment: String {
        path + "/journal/" + LogFormat.segmentName(firstSequence: 1)
    }

    /// Changes one bit of the byte at this offset of the segment.
    func change(byte offset: UInt64) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: segment))
        try file.seek(toOffset: offset)
        let byte = try #require(try file.read(upToCount: 1)?.first)
        try file.seek(toOffset: offset)
        try file.write(contentsOf: Data([byte ^ 0x40]))
        try file.close()
    }

    private static func commands() throws -> [AdministrativeCommand] {
        let settings = OperationSettings(
            client: "acme", title: "Été", rule: .once, robots: .off, policy: .advise)
        let digest = try #require(KeyDigest(hex: String(repeating: "07", count: 32)))
        return [
            .fact(.started(version: "test")), .contract(.putClient(id: "acme", name: "Acme")),
            .operation(.put(id: "ete", settings: settings, dataKeyID: "d-1")),
            .access(.addKey(operation: "ete", keyID: "k-1", digest: digest)),
            .operation(.open(id: "ete", note: nil)),
        ]
    }
}
