import Bytes
import Time

@testable import Ledger

/// A snapshot's bytes, kept in memory.
final class MemorySnapshot: SnapshotSink, SnapshotSource {
    var bytes: [UInt8] = []
    private var offset = 0

    init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    func write(_ bytes: RawSpan) {
        self.bytes += bytes.array
    }

    var remaining: Int { bytes.count - offset }

    func read(into target: inout MutableRawSpan) throws {
        guard target.byteCount <= remaining else { throw SnapshotError.endOfBytes }
        let length = target.byteCount
        // Unsafe: the length was compared with what is left.
        unsafe target.withUnsafeMutableBytes { target in
            unsafe target.copyBytes(from: bytes[offset..<(offset + length)])
        }
        offset += length
    }
}

extension Ledger {
    /// What a snapshot of this ledger holds.
    borrowing func snapshot() throws -> [UInt8] {
        let memory = MemorySnapshot()
        var writer = SnapshotWriter(to: memory)
        try encode(into: &writer)
        return memory.bytes
    }

    static func read(_ snapshot: [UInt8], memoryLimitBytes: Int = .max) throws -> Ledger {
        let memory = MemorySnapshot(snapshot)
        var reader = SnapshotReader(from: memory)
        let ledger = try Ledger(from: &reader, memoryLimitBytes: memoryLimitBytes)
        guard reader.isAtEnd else { throw SnapshotError.malformed("bytes behind the end") }
        return ledger
    }

    /// The ledger as a snapshot of it is read.
    borrowing func readBack() throws -> Ledger {
        try Ledger.read(try snapshot())
    }

    /// The first part of the state in which two ledgers differ; `nil` if there is none.
    borrowing func difference(from other: borrowing Ledger) -> String? {
        if catalogue != other.catalogue { return "catalogues" }
        if records != other.records { return "numbers of records" }
        if lastEntry != other.lastEntry { return "last entries" }
        if nextLeaf != other.nextLeaf { return "next leaves" }
        if ladders != other.ladders { return "ladders" }
        if events != other.events { return "events" }
        for index in catalogue.operations.indices.map(UInt32.init)
        where due.time(of: index) != other.due.time(of: index) {
            return "times that are due"
        }
        return decider.difference(from: other.decider)
    }
}

extension EntryDecider {
    /// As ``Ledger/difference(from:)``.
    fileprivate borrowing func difference(from other: borrowing EntryDecider) -> String? {
        if operations != other.operations { return "states of operations" }
        if keys != other.keys { return "states of keys" }
        if participants.count != other.participants.count { return "counts of participants" }
        if !participants.holdsTheSame(as: other.participants) { return "participants" }
        if !secondKeys.table.holdsTheSame(as: other.secondKeys.table) { return "second keys" }
        if months != other.months { return "months" }
        if let found = tests.difference(from: other.tests) { return found }
        if let found = challenges.difference(from: other.challenges) { return found }
        return idempotency.difference(from: other.idempotency)
    }
}

extension TestEntries {
    /// As ``Ledger/difference(from:)``.
    fileprivate borrowing func difference(from other: borrowing TestEntries) -> String? {
        if permits != other.permits { return "runs" }
        return table.holdsTheSame(as: other.table) ? nil : "participants of runs"
    }
}

extension UsedChallenges {
    /// As ``Ledger/difference(from:)``; memory that is no longer consulted is not compared.
    fileprivate borrowing func difference(from other: borrowing UsedChallenges) -> String? {
        if span != other.span { return "spans of challenges" }
        if !current.holdsTheSame(as: other.current) { return "used challenges" }
        return next.holdsTheSame(as: other.next) ? nil : "used challenges of later"
    }
}

extension IdempotencyMemory {
    /// As ``Ledger/difference(from:)``; memory that is no longer consulted is not compared.
    fileprivate borrowing func difference(from other: borrowing IdempotencyMemory) -> String? {
        if span != other.span { return "spans of idempotency keys" }
        if !current.holdsTheSame(as: other.current) { return "idempotency keys" }
        return previous.holdsTheSame(as: other.previous) ? nil : "earlier idempotency keys"
    }
}
