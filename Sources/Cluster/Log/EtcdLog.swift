internal import Bytes

/// A log in etcd: each batch is one key, appended by one transaction, which a majority of the
/// members has synced before it answers.
///
/// One member is asked at a time. A call that fails takes the next one at the call after, over a
/// new connection, so that a retry is not a retry at the same place.
package struct EtcdLog: ReplicatedLog, ReplicatedValues, ~Copyable {
    package struct Options {
        /// Before each key. Ends with `/`.
        package var prefix = "portillon/"
        /// Seconds that one try may take at first. It covers the way to the next member, not an
        /// election.
        package var trySeconds = 0.5
        /// Called at least ten times a second while a call waits.
        package var meanwhile: () -> Void = {}
        /// Where a process has several ways to etcd: which member answered one of them last.
        package var preference = EtcdPreference()

        package init() {}
    }

    private let endpoints: [EtcdEndpoint]
    private let trust: EtcdTrust
    private let options: Options
    let keys: LogKeys
    private var client: EtcdClient
    private var current: Int
    /// Calls in a row that failed.
    private var failures = 0
    private var patience: CallPatience
    /// Batches that a page is asked for with: fewer where one did not come in time.
    private var pageBatches = EtcdLimits.pageBatches
    /// The append whose outcome is not known.
    private var pending: UInt64?

    /// Waited where every member failed once, before the round begins anew.
    private static let pauseSeconds = 0.05

    /// - Precondition: there is an endpoint; the prefix ends with `/`.
    package init(_ endpoints: [EtcdEndpoint], _ trust: EtcdTrust, _ options: Options = Options()) {
        precondition(!endpoints.isEmpty, "etcd has members")
        precondition(options.prefix.hasSuffix("/"), "a prefix ends with /")
        self.endpoints = endpoints
        self.trust = trust
        self.options = options
        keys = LogKeys(prefix: options.prefix)
        patience = CallPatience(usualSeconds: options.trySeconds, members: endpoints.count)
        current = options.preference.member % endpoints.count
        client = EtcdClient(endpoints[current], trust, names: options.preference.names)
        options.preference.names.prepare(endpoints)
    }

    // MARK: The owner

    package mutating func owner() throws(ReplicatedLogError) -> LogOwner? {
        var request = EtcdTransaction()
        request.get(keys.owner, .then)
        let result = try ask(request)
        return try Self.owner(result.value(0))
    }

    package mutating func claim(
        _ me: LogOwner, after seen: LogOwner?
    ) throws(ReplicatedLogError) -> Bool {
        precondition(me.term == (seen?.term ?? 0) + 1, "a claim's term is the next one")
        let mine = Array(me.text.utf8)
        var request = EtcdTransaction()
        if let seen {
            request.require(keys.owner, equals: Array(seen.text.utf8))
        } else {
            request.require(absent: keys.owner)
            request.require(absent: keys.trimmed)
            request.put(keys.trimmed, LogKeys.digits(0))
        }
        request.put(keys.owner, mine)
        request.get(keys.owner, .otherwise)
        let result = try ask(request)
        // The latter where an earlier try took it.
        return result.answer.succeeded || result.value(0) == mine
    }

    package mutating func begin(
        _ beginning: LogBeginning, as me: LogOwner
    ) throws(ReplicatedLogError) -> Bool {
        precondition(me.term == 1, "the first term is 1")
        let mine = Array(me.text.utf8)
        var request = EtcdTransaction()
        request.require(absent: keys.owner)
        request.require(absent: keys.trimmed)
        request.put(keys.trimmed, LogKeys.digits(beginning.first - 1))
        request.put(keys.beginning, Array(beginning.text.utf8))
        request.put(keys.owner, mine)
        request.get(keys.owner, .otherwise)
        let result = try ask(request)
        return result.answer.succeeded || result.value(0) == mine
    }

    package mutating func beginning() throws(ReplicatedLogError) -> LogBeginning? {
        var request = EtcdTransaction()
        request.get(keys.beginning, .then)
        guard let value = try ask(request).value(0) else { return nil }
        guard let beginning = LogBeginning(text: String(decoding: value, as: UTF8.self)) else {
            throw .malformed("the log's beginning in etcd is not number/chain")
        }
        return beginning
    }

    package mutating func storedBytes() throws(ReplicatedLogError) -> UInt64 {
        let waiting = makeWaiting()
        do throws(GRPCError) {
            let status = try client.status(waiting)
            // A member that does not tell what is in use has all of its file in use.
            let used = status.usedBytes > 0 ? status.usedBytes : status.databaseBytes
            return UInt64(max(used, 0))
        } catch {
            throw failure(error)
        }
    }

    static func owner(_ value: [UInt8]?) throws(ReplicatedLogError) -> LogOwner? {
        guard let value else { return nil }
        guard let owner = LogOwner(text: String(decoding: value, as: UTF8.self)) else {
            throw .malformed("the log's owner in etcd is not node/term/address")
        }
        return owner
    }

    // MARK: Batches

    package mutating func append(
        _ batch: RawSpan, first: UInt64, as me: LogOwner
    ) throws(ReplicatedLogError) -> AppendOutcome {
        precondition(
            batch.byteCount > 0 && batch.byteCount <= EtcdLimits.batchBytes,
            "a batch is within its limit")
        precondition(pending == nil || pending == first, "an append is retried until it is known")
        if pending == first, let known = try outcome(of: batch, first: first, as: me) {
            pending = nil
            return known
        }
        let key = keys.batch(first)
        var request = EtcdTransaction(capacity: batch.byteCount + 512)
        request.require(absent: key)
        request.require(keys.owner, equals: Array(me.text.utf8))
        request.require(keys.trimmed, isBelow: LogKeys.digits(first))
        request.put(key, batch)
        request.get(key, .otherwise)
        request.get(keys.owner, .otherwise)
        let result = try ask(request, appending: first)
        if result.answer.succeeded { return .stored }
        // In this order: a batch that was stored just before somebody else's claim is in the log.
        if let found = result.keyValue(0), result.bytes.extracting(found.value).equals(batch) {
            return .stored
        }
        return .fenced(by: try Self.owner(result.value(1)))
    }

    /// What became of an append, without another one: a slow engine is not given the same batch
    /// again and again.
    /// - Returns: nil where it is not in the log, and may still come there.
    private mutating func outcome(
        of batch: RawSpan, first: UInt64, as me: LogOwner
    ) throws(ReplicatedLogError) -> AppendOutcome? {
        var request = EtcdTransaction()
        request.get(keys.batch(first), .then)
        request.get(keys.owner, .then)
        let result = try ask(request, isBrief: true)
        if let found = result.keyValue(0), result.bytes.extracting(found.value).equals(batch) {
            return .stored
        }
        let owner = try Self.owner(result.value(1))
        return owner == me ? nil : .fenced(by: owner)
    }

    /// As ``ask(_:_:)``, for an append: a refusal of a retry says nothing of the first try.
    private mutating func ask(
        _ request: borrowing EtcdTransaction, appending first: UInt64
    ) throws(ReplicatedLogError) -> EtcdTransactionResult {
        let isRetry = pending == first
        pending = first
        do throws(ReplicatedLogError) {
            let result = try ask(request)
            pending = nil
            return result
        } catch {
            switch error {
            case .refused(let reason), .noSpace(let reason):
                if isRetry { throw .unknown(reason) }
                pending = nil
                throw error
            case .unknown, .malformed: throw error
            }
        }
    }

    package mutating func read(
        from first: UInt64, _ body: (_ first: UInt64, _ batch: RawSpan) -> Void
    ) throws(ReplicatedLogError) -> LogEnd {
        var request = EtcdTransaction()
        request.get(keys.trimmed, .then)
        request.get(
            from: keys.batch(first), below: keys.behindBatches, limit: pageBatches,
            .then)
        let result: EtcdTransactionResult
        do throws(ReplicatedLogError) {
            result = try ask(request)
        } catch {
            pageBatches = 1
            throw error
        }
        pageBatches = min(2 * pageBatches, EtcdLimits.pageBatches)
        guard result.answer.ranges.count == 2, let batches = result.answer.ranges[1] else {
            throw .malformed("etcd's answer to a read has no batches in it")
        }
        let oldest = try Self.oldest(result.value(0))
        if first < oldest { return .trimmed(oldest: oldest) }
        for keyValue in batches.keyValues {
            let key = result.bytes.extracting(keyValue.key).array
            guard let first = keys.first(ofBatchAt: key) else {
                throw .malformed("a key among the batches in etcd is none of a batch")
            }
            body(first, result.bytes.extracting(keyValue.value))
        }
        return batches.hasMore ? .more : .end
    }

    /// 0 before the first claim.
    private static func oldest(_ value: [UInt8]?) throws(ReplicatedLogError) -> UInt64 {
        guard let value else { return 0 }
        guard let oldest = LogKeys.number(value) else {
            throw .malformed("the number of the oldest record in etcd is not of 20 digits")
        }
        return oldest
    }

    package mutating func listBatches(
        from record: UInt64, _ body: (_ first: UInt64) -> Void
    ) throws(ReplicatedLogError) -> Bool {
        var request = EtcdTransaction()
        request.get(
            from: keys.batch(record), below: keys.behindBatches, limit: EtcdLimits.pageKeys,
            keysOnly: true, .then)
        let result = try ask(request)
        guard let found = result.answer.ranges.first ?? nil else {
            throw .malformed("etcd's answer to a list has no keys in it")
        }
        for keyValue in found.keyValues {
            guard let first = keys.first(ofBatchAt: result.bytes.extracting(keyValue.key).array)
            else { throw .malformed("a key among the batches in etcd is none of a batch") }
            body(first)
        }
        return found.hasMore
    }

    package mutating func trim(below first: UInt64) throws(ReplicatedLogError) {
        let kept = keys.batch(first)
        var request = EtcdTransaction()
        request.require(present: kept)
        request.require(keys.trimmed, isBelow: LogKeys.digits(first))
        request.put(keys.trimmed, LogKeys.digits(first))
        request.delete(from: keys.batch(0), below: kept)
        request.get(kept, .then)
        request.get(kept, .otherwise)
        let result = try ask(request)
        guard let append = result.keyValue(result.answer.succeeded ? 2 : 0) else {
            throw .refused("no batch in the log begins with record \(first)")
        }
        // To the revision of an append that stays, never to that of a delete: a member that stops
        // in the middle of a compaction to a delete may come back with another history (etcd
        // issue 17780). So what this trim has deleted leaves the store with the next one.
        try compact(to: append.modRevision, waits: false)
    }

    package mutating func compact(
        to revision: Int64, waits: Bool
    ) throws(ReplicatedLogError) {
        let waiting = makeWaiting()
        do throws(GRPCError) {
            try client.compact(revision: revision, waits: waits, waiting)
            failures = 0
        } catch {
            // Out of range: compacted already, by an earlier try; what that removes may still be
            // there.
            if case .status(code: 11, let message) = error {
                guard waits else { return }
                throw .unknown(message)
            }
            throw failure(error)
        }
    }

    // MARK: Asking

    private func makeWaiting() -> Waiting {
        Waiting(seconds: patience.seconds, meanwhile: options.meanwhile)
    }

    /// - Parameter isBrief: whether how long it takes says nothing of other calls.
    mutating func ask(
        _ request: borrowing EtcdTransaction, isBrief: Bool = false
    ) throws(ReplicatedLogError) -> EtcdTransactionResult {
        if failures >= endpoints.count {
            failures = 0
            Waiting(seconds: Self.pauseSeconds, meanwhile: options.meanwhile).pass()
        }
        let waiting = makeWaiting()
        let began = ContinuousClock.now
        do throws(GRPCError) {
            let result = try client.transaction(
                request.bytes, maximumBytes: EtcdLimits.answerBytes, waiting)
            failures = 0
            if !isBrief { patience.answered(afterSeconds: (.now - began) / .seconds(1)) }
            if options.preference.member != current { options.preference.member = current }
            return result
        } catch {
            throw failure(error)
        }
    }

    /// What an error means for the call, and the next member for the next one.
    private mutating func failure(_ error: GRPCError) -> ReplicatedLogError {
        if case .status(_, let message) = error, error.isFinal {
            return .refused(message)
        }
        if error == .timedOut { patience.timedOut() }
        let reason = "\(endpoints[current]): \(error)"
        failures += 1
        current = (current + 1) % endpoints.count
        client = EtcdClient(endpoints[current], trust, names: options.preference.names)
        return error.isNoSpace ? .noSpace(reason) : .unknown(reason)
    }
}
