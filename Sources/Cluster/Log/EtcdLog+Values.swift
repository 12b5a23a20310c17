internal import Bytes

/// Values beside the log.
extension EtcdLog {
    package mutating func put(_ key: String, _ value: RawSpan) throws(ReplicatedLogError) {
        var request = EtcdTransaction(capacity: value.byteCount + 256)
        request.put(keys.value(key), value)
        _ = try ask(request)
    }

    package mutating func get(_ key: String) throws(ReplicatedLogError) -> [UInt8]? {
        var request = EtcdTransaction()
        request.get(keys.value(key), .then)
        let result = try ask(request)
        return result.value(0)
    }

    package mutating func delete(_ key: String) throws(ReplicatedLogError) {
        var request = EtcdTransaction()
        request.delete(from: keys.value(key), below: nil)
        _ = try ask(request)
    }

    package mutating func change(
        _ changes: [(key: String, value: [UInt8]?)], turn: ValueTurn, as me: LogOwner?
    ) throws(ReplicatedLogError) -> ChangeOutcome {
        precondition(changes.count <= EtcdLimits.changes, "a change is within its limit")
        let turnKey = keys.value(turn.key)
        let bytes = changes.reduce(0) { $0 + $1.key.utf8.count + ($1.value?.count ?? 0) }
        var request = EtcdTransaction(capacity: bytes + 64 * changes.count + 512)
        if let me {
            request.require(keys.owner, equals: Array(me.text.utf8))
        } else {
            request.require(absent: keys.owner)
        }
        if let from = turn.from {
            request.require(turnKey, equals: from)
        } else {
            request.require(absent: turnKey)
        }
        request.put(turnKey, turn.to)
        for (key, value) in changes {
            if let value {
                request.put(keys.value(key), value)
            } else {
                request.delete(from: keys.value(key), below: nil)
            }
        }
        request.get(turnKey, .otherwise)
        request.get(keys.owner, .otherwise)
        let result = try ask(request)
        if result.answer.succeeded { return .made(revision: result.answer.revision) }
        // In this order: one that was made just before somebody else's claim is made.
        if let found = result.keyValue(0), result.value(0) == turn.to {
            return .made(revision: found.modRevision)
        }
        let owner = try Self.owner(result.value(1))
        return owner == me ? .overtaken : .fenced(by: owner)
    }

    package mutating func list(
        _ prefix: String, after key: String?, withValues: Bool,
        _ body: (_ key: String, _ value: RawSpan) -> Void
    ) throws(ReplicatedLogError) -> Bool {
        let start = key.map { keys.value($0) + [0] } ?? keys.value(prefix)
        var request = EtcdTransaction()
        request.get(
            from: start, below: keys.behindValues(prefix),
            limit: withValues ? EtcdLimits.pageValues : EtcdLimits.pageKeys,
            keysOnly: !withValues, .then)
        let result = try ask(request)
        guard let found = result.answer.ranges.first ?? nil else {
            throw .malformed("etcd's answer to a list has no keys in it")
        }
        for keyValue in found.keyValues {
            let bytes = result.bytes.extracting(keyValue.key)
            guard let key = keys.name(ofValueAt: bytes.array) else {
                throw .malformed("a key among the values in etcd is none of a value")
            }
            body(key, result.bytes.extracting(keyValue.value))
        }
        return found.hasMore
    }

    /// Deletes every key of the log: of one that was made to try etcd.
    package mutating func deleteAll() throws(ReplicatedLogError) {
        var request = EtcdTransaction()
        request.delete(from: keys.prefix, below: keys.behindAll)
        _ = try ask(request)
    }
}
