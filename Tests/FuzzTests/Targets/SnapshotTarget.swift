import Bytes
import Cryptography
import Evidence
import Files
import Glibc
import Log
import Time

@testable import Ledger
@testable import Snapshots

/// A snapshot that something has been at: a small one, changed by the script that the input is
/// (``SnapshotEdit``), then read.
///
/// A change is told as damage, by the digest, whatever it does to the contents. Where the digest
/// was forged, what is read is refused by a typed error or is a state: it can be asked, and is
/// written as bytes that are read as the same.
enum SnapshotTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        let whole = try base.get()
        var bytes = whole
        var edit = SnapshotEdit(input)
        while edit.apply(to: &bytes) {}
        let folder = try MemoryFolder()
        try folder.write(bytes, as: "snapshot")
        let path = folder.path + "/snapshot"
        do {
            var state = try SnapshotFile.read(path, memoryLimitBytes: 64 << 20)
            try require(edit.hasForged || bytes == whole, "a changed snapshot is read")
            try check(&state, in: folder)
        } catch let error as SnapshotError {
            try require(bytes != whole, "the snapshot as it was written: \(error)")
            if case .damaged = error { return }
            try require(edit.hasForged, "a changed byte is told as: \(error)")
        }
    }

    /// What was read can be used.
    private static func check(_ state: inout Snapshot, in folder: MemoryFolder) throws {
        for person in 0..<8 as Range<UInt64> {
            let command = EntryCommand(
                operation: UInt32(person % 3), key: 0,
                participant: fingerprint(of: person), idempotency: fingerprint(of: person + 100))
            _ = state.ledger.earlier(command, at: time)
        }
        let first = folder.path + "/first"
        try SnapshotFile.write(state, to: first) { false }
        let again = try SnapshotFile.read(first, memoryLimitBytes: .max)
        try SnapshotFile.write(again, to: folder.path + "/second") { false }
        try require(
            try folder.read("first") == (try folder.read("second")),
            "a state that was read has two forms")
    }

    // MARK: The snapshot that is changed

    private static let time = Timestamp(milliseconds: 1_795_176_000_000)

    private static func fingerprint(of person: UInt64) -> Fingerprint {
        Fingerprint(high: (person + 1) &* 0x9E37_79B9_7F4A_7C15, low: person)
    }

    /// Made once, and the same in every process.
    private static let base = Result { try makeBase() }

    private static func makeBase() throws -> [UInt8] {
        var ledger = Ledger()
        var evidence = EvidenceIndex()
        let settings = OperationSettings(
            client: "acme", title: "Summer", rule: .daily, robots: .observe, policy: .enforce)
        let commands: [AdministrativeCommand] = [
            .contract(.putClient(id: "acme", name: "Acme")),
            .operation(.put(id: "summer", settings: settings, dataKeyID: "d-1")),
            .access(
                .addKey(operation: "summer", keyID: "k-1", digest: KeyDigest(words: (1, 2, 3, 4)))),
            .operation(.open(id: "summer", note: nil)),
            .contract(
                .giveNotice(operation: "summer", expectedParticipants: 60_000, note: "by phone")),
        ]
        for command in commands {
            _ = try ledger.apply(command, by: .admin, at: time)
            _ = ledger.drainEvents()
            let record = AdministrativeRecord(command, by: .admin)
            evidence.add(
                EvidenceRecord(
                    sequence: ledger.records, at: time, batch: 1, chain: SHA256Digest(),
                    content: .command(record)))
        }
        for person in 0..<5 as Range<UInt64> {
            let command = EntryCommand(
                operation: 0, key: 0, participant: fingerprint(of: person),
                idempotency: person > 2 ? fingerprint(of: person + 100) : .none)
            guard case .accepted = ledger.enter(command, at: time) else {
                throw Finding(description: "entry \(person) is not accepted")
            }
        }
        let position = LogPosition(nextSequence: ledger.records + 1, chain: SHA256Digest())
        let state = Snapshot(ledger: ledger, evidence: evidence, position: position, time: time)
        let folder = try MemoryFolder()
        try SnapshotFile.write(state, to: folder.path + "/base") { false }
        return try folder.read("base")
    }
}

/// What a disk, or somebody, does to a snapshot, read from an input: a byte for the deed, then what
/// the deed needs.
struct SnapshotEdit {
    private var input: InputReader
    /// The digest was made to fit.
    private(set) var hasForged = false

    init(_ input: [UInt8]) {
        self.input = InputReader(input)
    }

    /// Does the next deed.
    /// - Returns: false at the end of the script.
    mutating func apply(to bytes: inout [UInt8]) -> Bool {
        guard !input.isAtEnd else { return false }
        switch input.byte() % 7 {
        case 0: overwrite(&bytes, at: Int(input.word(bytes: 3)), bytes: 1)
        case 1: overwrite(&bytes, at: Int(input.word(bytes: 3)), bytes: 4)
        case 2: overwrite(&bytes, at: Int(input.word(bytes: 3)), bytes: 8)
        case 3: bytes.removeSubrange(min(Int(input.word(bytes: 3)), bytes.count)...)
        case 4:
            let length = Int(input.word(bytes: 3) % 8_192)
            bytes += Array(repeating: input.byte(), count: length)
        case 5: forgeDigest(&bytes)
        default: overwriteLayout(&bytes)
        }
        return true
    }

    private mutating func overwrite(_ bytes: inout [UInt8], at offset: Int, bytes count: Int) {
        let value = input.word(bytes: count)
        for place in 0..<count where offset + place < bytes.count {
            bytes[offset + place] = UInt8(truncatingIfNeeded: value >> UInt64(place * 8))
        }
    }

    /// A number of a part's layout, counted from the end, where the tables are.
    private mutating func overwriteLayout(_ bytes: inout [UInt8]) {
        let words = Int(input.byte()) + Int(input.byte()) * 11
        overwrite(&bytes, at: max(0, bytes.count - 32 - (words + 1) * 8), bytes: 8)
    }

    private mutating func forgeDigest(_ bytes: inout [UInt8]) {
        guard bytes.count >= 32 else { return }
        hasForged = true
        var sha = SHA256()
        let digest = Array(bytes.dropLast(32)).withBytes { sha.digest($0).bytes.array }
        bytes.replaceSubrange((bytes.count - 32)..., with: digest)
    }
}
