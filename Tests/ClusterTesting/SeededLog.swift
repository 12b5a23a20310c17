internal import Bytes
package import Cluster

/// One node's way to a ``SeededEngine``.
package struct SeededLog: ReplicatedLog, ReplicatedValues {
    private let engine: SeededEngine

    package init(_ engine: SeededEngine) {
        self.engine = engine
    }

    package mutating func owner() throws(ReplicatedLogError) -> LogOwner? {
        guard case .owner(let owner) = try engine.perform(.owner) else { Self.mixedUp() }
        return owner
    }

    package mutating func claim(
        _ me: LogOwner, after seen: LogOwner?
    ) throws(ReplicatedLogError) -> Bool {
        guard case .claimed(let isMine) = try engine.perform(.claim(me, after: seen)) else {
            Self.mixedUp()
        }
        return isMine
    }

    package mutating func begin(
        _ beginning: LogBeginning, as me: LogOwner
    ) throws(ReplicatedLogError) -> Bool {
        guard case .claimed(let isMine) = try engine.perform(.begin(beginning, as: me)) else {
            Self.mixedUp()
        }
        return isMine
    }

    package mutating func beginning() throws(ReplicatedLogError) -> LogBeginning? {
        guard case .beginning(let found) = try engine.perform(.beginning) else { Self.mixedUp() }
        return found
    }

    package mutating func storedBytes() throws(ReplicatedLogError) -> UInt64 {
        engine.storedBytes
    }

    package mutating func append(
        _ batch: RawSpan, first: UInt64, as me: LogOwner
    ) throws(ReplicatedLogError) -> AppendOutcome {
        let call = SeededEngine.Call.append(first: first, batch.array, as: me)
        guard case .appended(let outcome) = try engine.perform(call) else { Self.mixedUp() }
        return outcome
    }

    package mutating func read(
        from first: UInt64, _ body: (_ first: UInt64, _ batch: RawSpan) -> Void
    ) throws(ReplicatedLogError) -> LogEnd {
        guard case .batches(let page, let end) = try engine.perform(.read(from: first)) else {
            Self.mixedUp()
        }
        for stored in page { stored.batch.withBytes { body(stored.first, $0) } }
        return end
    }

    package mutating func listBatches(
        from record: UInt64, _ body: (_ first: UInt64) -> Void
    ) throws(ReplicatedLogError) -> Bool {
        guard case .numbers(let found, let hasMore) = try engine.perform(.numbers(from: record))
        else { Self.mixedUp() }
        for first in found { body(first) }
        return hasMore
    }

    package mutating func trim(below first: UInt64) throws(ReplicatedLogError) {
        if case .noSuchBatch = try engine.perform(.trim(below: first)) {
            throw .refused("no batch in the log begins with record \(first)")
        }
    }

    package mutating func put(_ key: String, _ value: RawSpan) throws(ReplicatedLogError) {
        _ = try engine.perform(.put(key, value.array))
    }

    package mutating func get(_ key: String) throws(ReplicatedLogError) -> [UInt8]? {
        guard case .value(let value) = try engine.perform(.get(key)) else { Self.mixedUp() }
        return value
    }

    package mutating func delete(_ key: String) throws(ReplicatedLogError) {
        _ = try engine.perform(.delete(key))
    }

    package mutating func change(
        _ changes: [(key: String, value: [UInt8]?)], turn: ValueTurn, as me: LogOwner?
    ) throws(ReplicatedLogError) -> ChangeOutcome {
        let call = SeededEngine.Call.change(changes, turn: turn, as: me)
        guard case .changed(let outcome) = try engine.perform(call) else { Self.mixedUp() }
        return outcome
    }

    package mutating func list(
        _ prefix: String, after key: String?, withValues: Bool,
        _ body: (_ key: String, _ value: RawSpan) -> Void
    ) throws(ReplicatedLogError) -> Bool {
        let call = SeededEngine.Call.list(prefix, after: key)
        guard case .listed(let found, let hasMore) = try engine.perform(call) else {
            Self.mixedUp()
        }
        for (key, value) in found { (withValues ? value : []).withBytes { body(key, $0) } }
        return hasMore
    }

    package mutating func compact(to revision: Int64, waits: Bool) throws(ReplicatedLogError) {
        _ = try engine.perform(.compact(to: revision))
    }

    private static func mixedUp() -> Never {
        preconditionFailure("an engine answers what it was asked")
    }
}

extension ReplicatedLog where Self: ~Copyable {
    /// As ``append(_:first:as:)``, of an array.
    package mutating func append(
        bytes: [UInt8], first: UInt64, as me: LogOwner
    ) throws(ReplicatedLogError) -> AppendOutcome {
        unsafe try append(bytes.span.bytes, first: first, as: me)
    }

    /// As ``appendUntilKnown(_:first:as:givesUp:)``, of an array.
    package mutating func appendUntilKnown(
        bytes: [UInt8], first: UInt64, as me: LogOwner, givesUp: () -> Bool
    ) throws(ReplicatedLogError) -> AppendOutcome {
        unsafe try appendUntilKnown(bytes.span.bytes, first: first, as: me, givesUp: givesUp)
    }

    /// As ``put(_:_:)``, of an array.
    package mutating func put(_ key: String, bytes: [UInt8]) throws(ReplicatedLogError) {
        unsafe try put(key, bytes.span.bytes)
    }

    /// All batches from a record on; a page that does not come is asked for again, for a while.
    /// - Returns: nil where some of them are gone.
    package mutating func readAll(
        from first: UInt64
    ) throws(ReplicatedLogError) -> [SeededEngine.Stored]? {
        let limit = Waiting(seconds: 120)
        var found: [SeededEngine.Stored] = []
        var next = first
        while true {
            let end: LogEnd
            do throws(ReplicatedLogError) {
                end = try read(from: next) { first, batch in
                    found.append(SeededEngine.Stored(first: first, batch: batch.array))
                }
            } catch {
                guard case .unknown = error, !limit.isOver else { throw error }
                continue
            }
            switch end {
            case .end: return found
            case .more: next = (found.last?.first ?? next) + 1
            case .trimmed: return nil
            }
        }
    }
}
