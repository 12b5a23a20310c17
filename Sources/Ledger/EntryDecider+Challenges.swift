internal import Time

/// Entries that come with a solved challenge.
extension EntryDecider {
    /// The outcome of an entry whose challenge is not good for it: a person who has entered is
    /// answered with that entry all the same, because it may have been sent again. `nil` if the
    /// challenge is good.
    mutating func challengeOutcome(
        _ command: EntryCommand, at time: Timestamp
    ) -> EntryOutcome? {
        guard let refusal = challenges.refusal(of: command.challenge, at: time) else { return nil }
        return earlier(command, at: time) ?? refusal
    }

    /// A refusal with the challenge among its reasons, where that is one.
    func named(
        _ refusal: EntryOutcome, _ command: EntryCommand, at time: Timestamp
    ) -> EntryOutcome {
        guard case .refused(let lacking) = refusal,
            case .refused(let failed)? = challenges.refusal(of: command.challenge, at: time)
        else { return refusal }
        return .refused(lacking.union(failed))
    }
}
