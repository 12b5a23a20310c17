/// What an administrative command changed: which part of the state a reader must look at again.
package enum Change: Equatable, Codable, Sendable, BitwiseCopyable {
    /// Everything was as asked already. Such a command is answered, and not recorded.
    case none
    case clientAdded(UInt32)
    case clientChanged(UInt32)
    case operationAdded(UInt32)
    case operationChanged(UInt32)
    /// Its settings, the ladder's policy among them: the ladder starts anew.
    case ladderChanged(UInt32)
    case operationOpened(UInt32)
    case operationClosed(UInt32)
    /// Set back to zero: it was the first, and is the second from now on, with all its keys.
    case operationReset(UInt32, successor: UInt32)
    /// It is retired, and its keys are revoked.
    case operationDeleted(UInt32)
    case keyAdded(UInt32)
    case keyRevoked(UInt32)
    /// It is watched, and works as before.
    case keySuspected(UInt32)
    /// Notices or campaigns.
    case declarationsChanged(UInt32)
    /// A suspension or a pace.
    case standingChanged(UInt32)
    /// The suspension of a client, and so of all its operations: the client's index.
    case clientStandingChanged(UInt32)
    case policyChanged
    /// A fact, or a notice that came too late: recorded; what follows from it are events.
    case recorded
    case tokenAdded(UInt32)
    case tokenRevoked(UInt32)
    /// It is watched, and works as before.
    case tokenSuspected(UInt32)
    /// It has a successor, which is new; for a time both work.
    case tokenRenewed(UInt32, successor: UInt32)
    case permitIssued(UInt32)
    case permitRevoked(UInt32)
    /// Its entries are in no count any more; it is revoked too.
    case permitPurged(UInt32)
    case started
}
