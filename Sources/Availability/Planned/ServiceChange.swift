package import Time

/// A change of the service that was announced (C13, B 3.8).
package struct ServiceChange: ServiceRecord, NumberedRecord, Equatable, Codable, Sendable {
    package enum State: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
        case announced
        case inEffect = "in_effect"
        /// Taken back before its effect.
        case withdrawn
    }

    package let number: UInt32
    /// The client that it concerns; `nil`: all clients.
    package let client: String?
    /// What changes, for those whom it concerns.
    package let note: String
    /// Whether it takes something away, or makes it worse.
    package let degrades: Bool
    package let announcedAt: Timestamp
    package let takesEffectAt: Timestamp
    package private(set) var withdrawnAt: Timestamp?

    init(
        number: UInt32, client: String?, note: String, degrades: Bool, announcedAt: Timestamp,
        takesEffectAt: Timestamp
    ) {
        self.number = number
        self.client = client
        self.note = note
        self.degrades = degrades
        self.announcedAt = announcedAt
        self.takesEffectAt = takesEffectAt
    }

    /// 30 calendar days (B 3.8), counted from the day after the announcement (B 10.10).
    package static let notice = DayPeriod(days: 30, .calendar, from: .dayAfter)

    /// The first moment at which a change that degrades a service may take effect.
    package static func earliest(
        announcedAt time: Timestamp, by calendar: OperatorCalendar
    ) -> Timestamp {
        calendar.end(of: notice, from: time)
    }

    package func state(at time: Timestamp) -> State {
        if withdrawnAt != nil { return .withdrawn }
        return time < takesEffectAt ? .announced : .inEffect
    }

    /// - Throws: ``ServiceRefusal`` where it has taken effect, or was withdrawn before.
    mutating func withdraw(at time: Timestamp) throws(ServiceRefusal) {
        guard withdrawnAt == nil, time < takesEffectAt else { throw .over }
        withdrawnAt = time
    }

    private enum CodingKeys: String, CodingKey {
        case number, client, note, degrades
        case announcedAt = "announced_at"
        case takesEffectAt = "takes_effect_at"
        case withdrawnAt = "withdrawn_at"
    }
}
