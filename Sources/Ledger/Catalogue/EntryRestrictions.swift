package import Contract
internal import Time

/// What holds an operation's entries back while it is open: a person's suspension and pace, and the
/// measure of the ladder.
package struct EntryRestrictions: Equatable, Codable, Sendable {
    /// A person's.
    package private(set) var suspension: Suspension?
    /// Entries a second, as a person set it; `nil`: no pace.
    package private(set) var pace: UInt32?
    /// The ladder's measure; in force where the policy is to enforce.
    package private(set) var rung = Ladder.Rung.open

    /// When a suspension, a person's or the ladder's, ends by itself; `nil` if none does.
    var due: Timestamp? {
        let byPerson = suspension?.until
        guard case .suspended(let until) = rung else { return byPerson }
        return byPerson.map { min($0, until) } ?? until
    }

    // MARK: A person's decisions

    /// Replaces the suspension of the operation that has this name, unless it is definitive.
    mutating func suspend(_ new: Suspension, of operation: String) throws(CommandRefusal) {
        try requireNotDefinitive(operation)
        suspension = new
    }

    /// Ends the suspension and the ladder's measure; the pace stays.
    /// - Returns: `false` if there was neither.
    mutating func resume(_ operation: String) throws(CommandRefusal) -> Bool {
        try requireNotDefinitive(operation)
        guard suspension != nil || rung != .open else { return false }
        suspension = nil
        rung = .open
        return true
    }

    /// Whether something is in force that another than the operation's client decided.
    /// - Parameter policy: without ``LadderPolicy/enforce`` the ladder's measure is advice.
    func isHeldByAnother(_ policy: LadderPolicy) -> Bool {
        if let suspension, !suspension.isByClient { return true }
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

    private func requireNotDefinitive(_ operation: String) throws(CommandRefusal) {
        if suspension?.isDefinitive == true { throw .definitive(operation) }
    }

    // MARK: Decisions of the fold

    /// The time of a person's suspension is over.
    mutating func expireSuspension() { suspension = nil }

    mutating func setRung(_ new: Ladder.Rung) { rung = new }
}
