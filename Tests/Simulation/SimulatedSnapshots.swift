import Bytes
import Evidence
import Ledger
import Log
import TestSupport
import Time

@testable import Files
@testable import Snapshots

/// The real snapshots, in a folder that outlives the gateways: made while one runs, damaged, lost
/// and left half-written.
final class SimulatedSnapshots {
    private let directory = TemporaryDirectory(isInMemory: true)
    private let folder: SnapshotFolder
    private let random: SeededRandom
    /// Those that may be passed over, because something was done to them.
    private var damaged: Set<String> = []
    /// Why one was passed over that nothing was done to.
    private var complaint: String?

    init(_ random: SeededRandom) {
        self.random = random
        folder = SnapshotFolder(data: directory.path)
    }

    /// Makes one of what is durable, as the thread beside a running gateway does.
    /// - Returns: whether there was something new.
    func make(of disk: SimulatedDisk, upTo durable: UInt64) throws -> Bool {
        let outcome = try folder.make(
            SnapshotFolder.Bounds(upTo: durable), skipped: skip, source: disk.read(after:_:))
        try complain()
        guard case .written(let path, _) = outcome else { return false }
        damaged.remove(path)
        return true
    }

    /// Opens a disk's log from the newest good one.
    func recover(
        _ state: inout Snapshot, end: inout UInt64, open: (inout Snapshot) throws -> Log
    ) throws -> Log {
        let log = try folder.recover(&state, end: &end, skipped: skip, open: open)
        try complain()
        return log
    }

    /// The oldest that is good, or else the beginning.
    func oldest() throws -> Snapshot {
        for path in try folder.paths().reversed() where !damaged.contains(path) {
            return try folder.read(path)
        }
        return Snapshot()
    }

    /// Something happens to the newest one, or a process leaves half of one.
    func damage() throws {
        guard let newest = try folder.paths().first else { return }
        let bytes = try contents(newest)
        let part = Array(bytes.prefix(random.below(bytes.count)))
        switch random.below(4) {
        case 0: return try replace(newest + ".new", part)
        case 1: try replace(newest, part)
        case 2: try File.remove(newest)
        default:
            let offset = random.below(bytes.count)
            try overwrite(newest, [bytes[offset] ^ UInt8(1 << random.below(8))], at: offset)
        }
        damaged.insert(newest)
    }

    /// Puts a snapshot there before there is a gateway.
    func preload(_ bytes: [UInt8], lastSequence: UInt64) throws {
        try Folder.make(folder.path)
        try replace(folder.path + "/" + SnapshotFolder.name(lastSequence: lastSequence), bytes)
    }

    private func skip(_ path: String, _ reason: String) {
        if !damaged.contains(path) { complaint = "\(path): \(reason)" }
    }

    private func complain() throws {
        if let complaint { throw Judge.Difference("a good snapshot is passed over: \(complaint)") }
    }
}
