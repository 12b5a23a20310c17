/// A figure that a record rests on, beside the limit in force. A fact: no words.
struct Finding: Equatable, Sendable {
    /// What was measured or counted. Names are stable, as those of the log.
    enum Figure: String, CaseIterable, Encodable, Sendable {
        case participants
        case queueWait = "queue_wait"
        case wait
        case commitTime = "commit_time"
        case loopLag = "loop_lag"
        case unreadWait = "unread_wait"
        case shed
        case memory
        case loadShare = "load_share"
        case attempts
        case operationAttempts = "operation_attempts"
        case strain
        case calm
        case suspension
        case othersWait = "others_wait"
        case tagEntries = "tag_entries"
        case tagShare = "tag_share"
        case riseEntries = "rise_entries"
        case clientParticipants = "client_participants"
        case expectedParticipants = "expected_participants"
        case recipients
    }

    /// How the figure must stand to the limit for the rule to hold.
    enum Relation: String, CaseIterable, Encodable, Sendable {
        case above
        case atLeast = "at_least"
        case atMost = "at_most"
    }

    let figure: Figure
    let unit: Unit
    /// `nil`: not on record.
    let value: Int?
    /// `nil`: the rule has no limit for it, or the record does not hold it.
    let limit: Int?
    let relation: Relation?
    /// Where the limit stands: a setting of the policy, the record itself, or the contract.
    let limitFrom: LimitSource?
    /// The same figure in calm, before; `nil` where it is not on record.
    let before: Int?
    /// What the figure was taken over, in milliseconds; `nil` for a count.
    let windowMilliseconds: Int?

    init(
        _ figure: Figure, _ unit: Unit, _ value: Int?, _ relation: Relation? = nil,
        limit: Int? = nil, from limitFrom: LimitSource? = nil, before: Int? = nil,
        over window: Int? = nil
    ) {
        self.figure = figure
        self.unit = unit
        self.value = value
        self.limit = limit
        self.relation = limit == nil ? nil : relation
        self.limitFrom = limit == nil ? nil : limitFrom
        self.before = before
        windowMilliseconds = window
    }

    /// Whether the figure stands to the limit as the rule says; `nil` without either.
    var isMet: Bool? {
        guard let value, let limit, let relation else { return nil }
        switch relation {
        case .above: return value > limit
        case .atLeast: return value >= limit
        case .atMost: return value <= limit
        }
    }
}

extension Finding: Encodable {
    private enum CodingKeys: String, CodingKey {
        case figure, unit, value, limit, relation, before, met
        case limitFrom = "limit_from"
        case windowMilliseconds = "window_ms"
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(figure, forKey: .figure)
        try members.encode(unit, forKey: .unit)
        try members.encodeIfPresent(value, forKey: .value)
        try members.encodeIfPresent(limit, forKey: .limit)
        try members.encodeIfPresent(relation, forKey: .relation)
        try members.encodeIfPresent(limitFrom, forKey: .limitFrom)
        try members.encodeIfPresent(before, forKey: .before)
        try members.encodeIfPresent(windowMilliseconds, forKey: .windowMilliseconds)
        try members.encodeIfPresent(isMet, forKey: .met)
    }
}
