import Bytes
import Cryptography
import Files
import Time

@testable import Log

/// A disk that outlives the gateways on it: a ``MemoryStore``, and a copy of what was acknowledged
/// to hold against what a start reads back.
final class SimulatedDisk: LogStore {
    private(set) var memory: MemoryStore
    /// Records stored since ``drainStored()``, oldest first.
    private var stored: [StoredRecord] = []
    private let planted: PlantedFault?
    /// The batch that a lying disk has acknowledged and not stored.
    private var held: StoredBatch?
    /// Whether the last batch was torn.
    private var isTorn = false
    /// Every batch, where they are kept: for a start that misreads the tail, or for another disk.
    private(set) var batches: [StoredBatch] = []
    private let keepsBatches: Bool

    /// A record as the disk holds it.
    struct StoredRecord: Equatable {
        var sequence: UInt64
        var kind: UInt8
        var bytes: [UInt8]
        /// The time of its batch.
        var time: Timestamp
    }

    /// A batch that outlives the call it came by.
    struct StoredBatch: Sendable {
        let header: BatchHeader
        let chain: SHA256Digest
        let bytes: [UInt8]

        init(_ batch: borrowing LogBatch) {
            header = batch.header
            chain = batch.chain
            bytes = batch.bytes.array
        }

        /// The place behind it.
        var end: LogPosition {
            LogPosition(
                nextSequence: header.firstSequence + UInt64(header.recordCount), chain: chain)
        }

        func store(in store: any LogStore) throws(LogError) {
            let failure = bytes.withBytes { bytes -> LogError? in
                do throws(LogError) {
                    try store.store(LogBatch(header: header, chain: chain, bytes: bytes))
                    return nil
                } catch {
                    return error
                }
            }
            if let failure { throw failure }
        }
    }

    func syncLater(
        behind written: UInt64, _ report: @escaping @Sendable (UInt64) -> Void
    ) throws(LogError) {
        try memory.syncLater(behind: written, report)
    }

    init(planted: PlantedFault? = nil, keepsBatches: Bool = false) throws {
        self.planted = planted
        self.keepsBatches = keepsBatches || planted == .tailMisread
        memory = try MemoryStore(options: Self.options)
    }

    /// Segments so small that a run fills some.
    static var options: LogOptions {
        var options = LogOptions()
        options.maximumBatchBytes = 320 << 10
        options.segmentBytes = 384 << 10
        return options
    }

    // MARK: The log's side

    func ensureSpace() -> Bool { memory.ensureSpace() }

    var spaceFailure: FileError? { memory.spaceFailure }

    func store(_ batch: borrowing LogBatch) throws(LogError) {
        switch memory.faults[memory.calls + 1] {
        case .torn, .tornSectors: isTorn = true
        default: isTorn = false
        }
        if planted == .answerBeforeCommit {
            let before = held
            held = StoredBatch(batch)
            try before?.store(in: memory)
        } else {
            try memory.store(batch)
        }
        if keepsBatches { batches.append(StoredBatch(batch)) }
        stored += Self.records(of: batch)
    }

    // MARK: The simulator's side

    /// Puts batches on the disk before there is a gateway.
    func preload(_ batches: [StoredBatch]) throws {
        _ = try memory.recover(after: .beginning, at: Timestamp(milliseconds: 0)) { _ in }
        for batch in batches { try batch.store(in: memory) }
        if keepsBatches { self.batches = batches }
    }

    /// Reads what is stored behind a position, as a start does.
    /// - Parameter startTime: when the last batch before the position was stored.
    func open(
        after position: LogPosition = .beginning, committedAt startTime: Timestamp? = nil,
        at time: Timestamp, replay: (borrowing LogBatch) throws -> Void
    ) throws -> Log {
        held = nil
        stored = []
        if planted == .tailMisread, isTorn { try cutOneBatchTooMany(at: time) }
        isTorn = false
        var report = try memory.recover(after: position, at: time, replay: replay)
        report.lastTime = report.lastTime ?? startTime
        return Log(
            store: self, recovery: report, maximumBatchBytes: Self.options.maximumBatchBytes)
    }

    /// Reads what is stored behind a position, while a gateway may run on it.
    func read(
        after position: LogPosition, _ body: (borrowing LogBatch) throws -> Void
    ) throws {
        var scanner = LogScanner(.memory(memory), from: .position(position))
        try scanner.scan(body)
    }

    func drainStored() -> [StoredRecord] {
        defer { stored = [] }
        return stored
    }

    static func records(of batch: borrowing LogBatch) -> [StoredRecord] {
        var all: [StoredRecord] = []
        var records = batch.records
        while let record = records.next() {
            all.append(
                StoredRecord(
                    sequence: record.sequence, kind: record.kind, bytes: record.bytes.array,
                    time: batch.header.time))
        }
        return all
    }

    private func cutOneBatchTooMany(at time: Timestamp) throws {
        memory = try MemoryStore(options: Self.options)
        _ = try memory.recover(after: .beginning, at: time) { _ in }
        if !batches.isEmpty { batches.removeLast() }
        for batch in batches { try batch.store(in: memory) }
    }
}
