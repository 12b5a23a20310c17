package import Availability
package import Time

extension Catalogue {
    /// The rule that minutes are judged by now.
    package var minuteRule: MinuteRule { MinuteRule(policy) }

    /// What is on record of a client's service (C9, C10).
    /// - Parameters:
    ///   - client: its service begins when it is registered. `nil`: the platform's, from the first
    ///     client on; suspensions, and what one client alone was refused, are no part of it.
    ///   - now: the end of what goes on.
    package func serviceFacts(of client: Client?, until now: Timestamp) -> ServiceFacts {
        let begins = client?.createdAt ?? clients.lazy.map(\.createdAt).min() ?? now
        var facts = ServiceFacts(
            contract: begins..<max(begins, Timestamp(milliseconds: .max)),
            platform: minutes.platform(minuteRule),
            corrections: minutes.corrections(for: client?.id))
        if let client {
            facts.own = minutes.lost(for: client.id)
            facts.suspensions = suspensions.periods(of: client.id, until: now)
        }
        return facts
    }

    /// The availability of a month, as far as it is over (C10).
    /// - Parameters: as of ``serviceFacts(of:until:)``.
    package func availability(
        _ month: CivilMonth, of client: Client?, until now: Timestamp
    ) -> MonthAvailability {
        MonthAvailability(
            month, of: serviceFacts(of: client, until: now), in: calendar.localTime, until: now)
    }
}
