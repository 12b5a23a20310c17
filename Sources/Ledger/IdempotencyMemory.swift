import Bytes
internal import Time

/// The idempotency keys of accepted entries, for 24 hours, each bound to what was asked under it
/// (draft-ietf-httpapi-idempotency-key-header, 2.7).
///
/// A key's fingerprint has two halves: the high one is of the `Idempotency-Key`, the low one of the
/// request. The tables hold one key for each high half, so the binding takes no memory of its own.
/// Among n keys two meet with probability n² / 2⁶⁵, and then the second one's sender is told that
/// the key was used for another request: no answer of somebody else's is given without 128 bits
/// that agree.
///
/// Two tables, each for one span of 24 hours since 1970; when a third span begins, the older table
/// is released. So a key is kept for 24 to 48 hours, and its age, which is in the entry's number,
/// decides whether it is found. When a table is released changes no outcome: its keys are too old.
struct IdempotencyMemory: ~Copyable {
    /// Keys inserted during the span `span`, and during the one before it.
    private(set) var current: ParticipantTable
    private(set) var previous: ParticipantTable
    /// A table that is no longer read, released part by part: all at once would be a pause.
    private var retired = ParticipantTable()
    /// Number of the current span since 1970.
    private(set) var span: Int64 = .min
    private let memoryLimitBytes: Int

    init(memoryLimitBytes: Int) {
        self.memoryLimitBytes = memoryLimitBytes
        current = ParticipantTable(memoryLimitBytes: memoryLimitBytes)
        previous = ParticipantTable(memoryLimitBytes: memoryLimitBytes)
    }

    var memoryBytes: Int {
        current.memoryBytes + previous.memoryBytes + retired.memoryBytes
    }

    /// What was accepted under a key less than 24 hours ago.
    enum Remembered: Equatable {
        /// This request.
        case same(ParticipantTable.FirstEntry)
        /// Another one.
        case other
    }

    /// What was accepted under this key less than 24 hours before `time`.
    func find(_ key: Fingerprint, at time: Timestamp) -> Remembered? {
        Self.fresh(current.find(sharingHighOf: key), for: key, at: time)
            ?? Self.fresh(previous.find(sharingHighOf: key), for: key, at: time)
    }

    private static func fresh(
        _ found: (low: UInt64, firstEntry: ParticipantTable.FirstEntry)?, for key: Fingerprint,
        at time: Timestamp
    ) -> Remembered? {
        guard let found, isFresh(found.firstEntry, at: time) else { return nil }
        return found.low == key.low ? .same(found.firstEntry) : .other
    }

    /// See ``ParticipantTable/prefetch(_:)``.
    func prefetch(_ key: Fingerprint) {
        current.prefetch(key)
        previous.prefetch(key)
    }

    /// Makes room for this key.
    /// - Returns: `false` if there is no memory for it.
    mutating func reserve(for key: Fingerprint, at time: Timestamp) -> Bool {
        turn(to: time)
        return current.find(sharingHighOf: key) != nil || current.reserve(for: key)
    }

    /// - Precondition: it was reserved for at the same time, and is not fresh.
    mutating func put(_ key: Fingerprint, _ firstEntry: ParticipantTable.FirstEntry) {
        retired.drain()
        if current.find(sharingHighOf: key) == nil {
            current.insert(key, firstEntry)
        } else {
            current.replace(sharingHighOf: key, firstEntry)
        }
    }

    /// Releases a part of the memory of keys that are too old, where no key is put: no outcome
    /// changes.
    mutating func release(at time: Timestamp) {
        turn(to: time)
        for _ in 0..<Self.partsReleased { retired.drain() }
    }

    /// Some milliseconds' work at most.
    private static var partsReleased: Int { 16 }

    private mutating func turn(to time: Timestamp) {
        let next = time.milliseconds / LedgerLimits.idempotencyMilliseconds
        guard next > span else { return }
        var elder = ParticipantTable(memoryLimitBytes: memoryLimitBytes)
        swap(&elder, &current)
        swap(&elder, &previous)
        retired = elder
        if next - 1 != span { previous = ParticipantTable(memoryLimitBytes: memoryLimitBytes) }
        span = next
    }

    // MARK: Snapshots

    /// Writes both tables; the one that is no longer read is left out.
    func encode(into writer: inout SnapshotWriter) throws {
        writer.append(span)
        try current.encode(into: &writer)
        try previous.encode(into: &writer)
    }

    init(from reader: inout SnapshotReader, memoryLimitBytes: Int) throws {
        self.init(memoryLimitBytes: memoryLimitBytes)
        span = try reader.read()
        current = try ParticipantTable(from: &reader, memoryLimitBytes: memoryLimitBytes)
        previous = try ParticipantTable(from: &reader, memoryLimitBytes: memoryLimitBytes)
    }

    private static func isFresh(_ firstEntry: ParticipantTable.FirstEntry, at time: Timestamp)
        -> Bool
    {
        let oldest = time.advanced(byMilliseconds: -LedgerLimits.idempotencyMilliseconds)
        return oldest < firstEntry.entry.time
    }
}
