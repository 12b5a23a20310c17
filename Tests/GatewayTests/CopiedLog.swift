import Bytes
import Cluster
import Contract
import Files
import Glibc
import Ledger
import Log
import Synchronization

@testable import Gateway

/// The batches that a leader has stored, for a node that follows it in the same process.
final class CopiedLog: FollowedLog {
    private let batches = Mutex<[[UInt8]]>([])
    private let isHeld = Atomic<Bool>(false)

    func append(_ batch: [UInt8]) { batches.withLock { $0.append(batch) } }

    /// Those that nobody has taken yet.
    func drain() -> [[UInt8]] {
        batches.withLock { batches in
            defer { batches = [] }
            return batches
        }
    }

    /// Keeps batches back, or goes on.
    func hold(_ holds: Bool) { isHeld.store(holds, ordering: .releasing) }

    func turn(
        waking bell: Int32?, _ apply: (RawSpan) throws(LogError) -> LogPosition
    ) throws(FollowerFailure) -> LogOwner? {
        let found = isHeld.load(ordering: .acquiring) ? [] : drain()
        for batch in found {
            var bytes = ByteBuffer(capacity: batch.count)
            batch.withBytes { bytes.append($0) }
            do throws(LogError) {
                _ = try apply(bytes.bytes)
            } catch {
                throw .log(error)
            }
        }
        if found.isEmpty { usleep(1_000) }
        return nil
    }

    func giveUpLanes() -> KeptEntries? { nil }

    func prepareOffice(
        _ office: LogOwner, _ log: inout Log, _ ledger: borrowing Ledger
    ) throws(StartError) -> OwnStart { OwnStart(version: "copied", policy: Policy()) }

    func beginOffice(_ office: LogOwner) throws(StartError) {}
}

/// A leader's store that gives each batch away, once it is on the disk.
final class CopyingStore: LogStore {
    private let local: any LogStore
    private let copies: CopiedLog

    init(_ local: any LogStore, _ copies: CopiedLog) {
        self.local = local
        self.copies = copies
    }

    func ensureSpace() -> Bool { local.ensureSpace() }
    var spaceFailure: FileError? { local.spaceFailure }

    func store(_ batch: borrowing LogBatch) throws(LogError) {
        try local.store(batch)
        copies.append(batch.bytes.array)
    }

    func syncLater(
        behind written: UInt64, _ report: @escaping @Sendable (UInt64) -> Void
    ) throws(LogError) {
        try local.syncLater(behind: written, report)
    }
}
