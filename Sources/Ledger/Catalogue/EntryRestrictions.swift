package import Contract
internal import Time

/// What holds an operation's entries back while it is open: a person's suspensions of it and of its
/// client, a person's pace, and the measure of the ladder.
package struct EntryRestrictions: Equatable, Codable, Sendable {
    /// A person's.
    package private(set) var suspension: Suspension?
    /// A person's, of the client with all its operations.
    package private(set) var clientSuspension: Suspension?
    /// Entries a second, as a person set it; `nil`: no pace.
    package private(set) var pace: UInt32?
    /// The ladder's measure; in force where the policy is to enforce.
    package private(set) var rung = Ladder.Rung.open

    /// When the first of its suspensions, a person's or the ladder's, ends by itself; `nil` if none
    /// does.
    var due: Timestamp? {
        var due = suspension?.until
        if let until = clientSuspension?.until { due = due.map { min($0, until) } ?? until }
        guard case .suspended(let until) = rung else { return due }
        return due.map { min($0, until) } ?? until
    }

    // MARK: A person's decisions

    /// Replaces the suspension.
    mutating func suspend(_ new: Suspension) { suspension = new }

    /// Ends the operation's suspension and the ladder's measure; the client's suspension and the
    /// pace stay.
    /// - Parameters:
    ///   - operation: its name.
    ///   - isConfirmed: it ends a definitive one, too.
    /// - Returns: `false` if there was neither.
    mutating func resume(
        _ operation: String, liftingDefinitive isConfirmed: Bool
    ) throws(CommandRefusal) -> Bool {
        if suspension?.isDefinitive == true, !isConfirmed { throw .definitive(operation) }
        guard suspension != nil || rung != .open else { return false }
        suspension = nil
        rung = .open
        return true
    }

    /// Whether something is in force that another than the operation's client decided.
    /// - Parameter policy: without ``LadderPolicy/enforce`` the ladder's measure is advice.
    func isHeldByAnother(_ policy: LadderPolicy) -> Bool {
        if let suspension, !suspension.isByClient { return true }
        if clientSuspension != nil { return true }
        return policy == .enforce && rung != .open
    }

    /// Ends the suspension that the client ordered, and nothing else.
    /// - Returns: `false` if there is none.
    mutating func endClientSuspension() -> Bool {
        guard suspension?.isByClient == true else { return false }
        suspension = nil
        return true
    }

    /// - Returns: `false` if that is the pace already.
    mutating func setPace(_ perSecond: UInt32?) -> Bool {
        guard pace != perSecond else { return false }
        pace = perSecond
        return true
    }

    /// Follows the client's suspension, or its end.
    mutating func setClientSuspension(_ new: Suspension?) { clientSuspension = new }

    // MARK: Decisions of the fold

    /// The time of a person's suspension is over.
    mutating func expireSuspension() { suspension = nil }

    mutating func setRung(_ new: Ladder.Rung) { rung = new }
}
