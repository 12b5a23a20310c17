internal import Ledger
internal import Time

/// Whether an operation takes entries now, by what the board says: what a worker refuses before
/// anything is read of an entry.
extension OperationBoard {
    /// Why the operation takes no entry now; nil where it may.
    /// - Parameters:
    ///   - state: the operation's, as it was read for this entry.
    ///   - now: the wall clock. Dates go by the ledger's time: a clock that was set wrong closes
    ///     nothing. It costs something, and is asked for where a date matters.
    func refusal(
        in state: OperationState, _ profile: OperationProfile, at now: Timestamp, _ health: Health
    ) -> EntryVerdict? {
        switch state {
        case .draft: .notOpen
        case .closed: .closed
        case .suspended: suspended(profile, now, health)
        case .open, .smoothed: closedByDates(profile, now, health)
        }
    }

    /// A suspension whose time is over holds nothing back, whether its end is on record already or
    /// not: the sequencer settles that before it decides the entry.
    private func suspended(
        _ profile: OperationProfile, _ now: Timestamp, _ health: Health
    ) -> EntryVerdict? {
        let status = suspensionStatus(of: profile.index)
        if status?.isDefinitive == true { return .suspendedForGood }
        if let verdict = closedByDates(profile, now, health) { return verdict }
        if let end = status?.end, end <= health.ledgerTime(at: now) { return nil }
        return .suspended
    }

    private func closedByDates(
        _ profile: OperationProfile, _ now: Timestamp, _ health: Health
    ) -> EntryVerdict? {
        guard profile.opens != nil || profile.closes != nil else { return nil }
        let now = health.ledgerTime(at: now)
        if let opens = profile.opens, now < opens {
            // Before a shuffled start the sequencer gives places.
            return profile.isStartShuffled ? nil : .notOpen
        }
        if let closes = profile.closes, now >= closes { return .closed }
        return nil
    }

    /// The queue is full: newcomers are refused before any work is spent on them.
    func crowdRefusal(
        in state: OperationState, _ profile: OperationProfile, _ json: RawSpan
    ) -> EntryVerdict? {
        guard case .smoothed = state, isQueueFull(of: profile.index) else { return nil }
        return Ticket.isMentioned(in: json) ? nil : .crowded
    }

    /// Where the operation stands, its dates included.
    /// - Parameter now: the ledger's time.
    func state(of profile: OperationProfile, at now: Timestamp) -> DatedState {
        DatedState(
            state(of: profile.index),
            isDefinitive: suspensionStatus(of: profile.index)?.isDefinitive ?? false,
            opens: profile.opens, closes: profile.closes, at: now)
    }
}
