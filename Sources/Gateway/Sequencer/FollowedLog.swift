internal import Bytes
internal import Cluster
internal import Contract
internal import Ledger
internal import Log
internal import Time

/// What a sequencer goes by while its node follows, and how its office begins. Used by the
/// sequencer's thread alone.
protocol FollowedLog: AnyObject, Sendable {
    /// Goes on with what the leader appended. Bounded: it waits for a tenth of a second, or a
    /// little longer where the engine does not answer.
    /// - Parameters:
    ///   - bell: a descriptor that ends the wait; nil for no wait at all.
    ///   - apply: decides a batch again and stores it; returns the place behind it.
    /// - Returns: this node's office, once it has one and its journal has all of the log.
    func turn(
        waking bell: Int32?, _ apply: (RawSpan) throws(LogError) -> LogPosition
    ) throws(FollowerFailure) -> LogOwner?

    /// Gives the workers' lanes to the sequencer: nothing is forwarded any more.
    /// - Returns: what was taken from them and is not answered; nil for nothing.
    func giveUpLanes() -> KeptEntries?

    /// Gets everything ready that a leader needs, before it decides anything.
    /// - Parameters:
    ///   - log: keeps its batches in the log that all nodes share from here on.
    ///   - ledger: of the log's end.
    /// - Returns: what the office begins with.
    func prepareOffice(
        _ office: LogOwner, _ log: inout Log, _ ledger: borrowing Ledger
    ) throws(StartError) -> OwnStart

    /// The start is on record: opens the doors, and has the threads begin that are a leader's.
    func beginOffice(_ office: LogOwner) throws(StartError)
}

/// What a process records as its own start.
struct OwnStart: Sendable {
    var version: String
    var policy: Policy
    /// The operator's; nil leaves the one in force.
    var calendar: OperatorCalendar?
}
