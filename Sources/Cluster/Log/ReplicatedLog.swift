/// What an engine does for several nodes that share one log: batches in one order, durable on a
/// majority, from one owner at a time. Every call is linearizable.
///
/// Two things keep a deposed owner's batches out, and both are needed: the batch's number must not
/// be taken, and the owner must be the one that appends. After a trim the number alone is free
/// again. A third keeps an owner's *own* late copy out: the number must not lie below what was
/// trimmed, as the first try of an append whose retry was stored, read and trimmed meanwhile does.
package protocol ReplicatedLog: ~Copyable, SendableMetatype {
    /// Who owns the log; nil before the first claim.
    mutating func owner() throws(ReplicatedLogError) -> LogOwner?

    /// Takes the log over, if its owner is still the one that was seen.
    /// - Parameter me: its term is one above that of `seen`; 1 where there is none.
    /// - Returns: whether it is ours; true also where an earlier call, whose outcome was not known,
    ///   took it.
    mutating func claim(
        _ me: LogOwner, after seen: LogOwner?
    ) throws(ReplicatedLogError) -> Bool

    /// Makes the log, and takes it: where nobody has ever owned it.
    /// - Parameter me: of term 1.
    /// - Returns: as ``claim(_:after:)``.
    mutating func begin(
        _ beginning: LogBeginning, as me: LogOwner
    ) throws(ReplicatedLogError) -> Bool

    /// Where the log begins; nil where that was never said.
    mutating func beginning() throws(ReplicatedLogError) -> LogBeginning?

    /// Bytes that are in use of the engine's store, on the member that is asked.
    mutating func storedBytes() throws(ReplicatedLogError) -> UInt64

    /// Appends a batch. It is durable on a majority when it is `stored`.
    ///
    /// After ``ReplicatedLogError/unknown(_:)`` the batch is in the log, or will be, or will never
    /// be: the same call with the same bytes, again and again, says which. No other batch is
    /// appended before that.
    /// - Parameters:
    ///   - batch: 1 byte to ``EtcdLimits/batchBytes``.
    ///   - first: the number of its first record, from 1 on; numbers grow from batch to batch.
    mutating func append(
        _ batch: RawSpan, first: UInt64, as me: LogOwner
    ) throws(ReplicatedLogError) -> AppendOutcome

    /// Lends the batches from a record on, in order, as many as fit an answer.
    /// - Parameter first: the first record of a batch, or of the one that is to come.
    mutating func read(
        from first: UInt64, _ body: (_ first: UInt64, _ batch: RawSpan) -> Void
    ) throws(ReplicatedLogError) -> LogEnd

    /// Lends the first records of the batches from a record on, in order, as many as fit an answer,
    /// without the batches.
    /// - Parameter record: any one; 0 for the first that the log has.
    /// - Returns: whether there are more.
    mutating func listBatches(
        from record: UInt64, _ body: (_ first: UInt64) -> Void
    ) throws(ReplicatedLogError) -> Bool

    /// Removes the batches below a record, which every reader has in stable storage of its own.
    /// Nothing below it can be appended from then on.
    /// - Parameter first: the first record of a batch that is in the log, and stays.
    mutating func trim(below first: UInt64) throws(ReplicatedLogError)

    /// Keeps a small value beside the log, of whichever node: a member's position. What only the
    /// owner may change goes by ``ReplicatedValues/change(_:turn:as:)``.
    mutating func put(_ key: String, _ value: RawSpan) throws(ReplicatedLogError)
    mutating func get(_ key: String) throws(ReplicatedLogError) -> [UInt8]?
    mutating func delete(_ key: String) throws(ReplicatedLogError)
}

/// What became of an append.
package enum AppendOutcome: Equatable, Sendable {
    /// It is in the log, this time or since an earlier try.
    case stored
    /// It is not in the log and never will be: somebody else owns the log, or the number is taken.
    case fenced(by: LogOwner?)
}

/// Where a read ended.
package enum LogEnd: Equatable, Sendable {
    /// There is more behind what was lent.
    case more
    /// All was lent.
    case end
    /// What was asked for is gone; the log begins at this record.
    case trimmed(oldest: UInt64)
}

/// Why the engine did not answer a call.
package enum ReplicatedLogError: Error, Equatable, Sendable {
    /// It may have been carried out, or may be later.
    case unknown(String)
    /// It was not carried out and will not be: too large, not permitted.
    case refused(String)
    /// It was not carried out and will not be: the engine has no space left. A trim may make some.
    case noSpace(String)
    /// The engine holds what this version does not write.
    case malformed(String)
}

extension ReplicatedLogError {
    /// Whether the same call may have another outcome later.
    package var mayPass: Bool {
        switch self {
        case .unknown, .noSpace: true
        case .refused, .malformed: false
        }
    }
}

extension ReplicatedLogError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknown(let reason), .refused(let reason), .noSpace(let reason),
            .malformed(let reason):
            reason
        }
    }
}

extension ReplicatedLog where Self: ~Copyable {
    /// Appends a batch, and asks again until its outcome is known.
    /// - Parameter givesUp: asked before each further try; true ends it with the error.
    package mutating func appendUntilKnown(
        _ batch: RawSpan, first: UInt64, as me: LogOwner, givesUp: () -> Bool
    ) throws(ReplicatedLogError) -> AppendOutcome {
        while true {
            do throws(ReplicatedLogError) {
                return try append(batch, first: first, as: me)
            } catch {
                guard error.mayPass, !givesUp() else { throw error }
            }
        }
    }
}
