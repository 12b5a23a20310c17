package import Availability
package import Time

extension Catalogue {
    /// The rule that minutes are judged by now.
    package var minuteRule: MinuteRule { MinuteRule(policy) }

    /// What is on record of a client's service (C9, C10).
    /// - Parameters:
    ///   - client: its service begins when it is registered. `nil`: the platform's, from the first
    ///     client on; what concerns one client alone is no part of it.
    ///   - now: the end of what goes on.
    package func serviceFacts(of client: Client?, until now: Timestamp) -> ServiceFacts {
        let begins = client?.createdAt ?? clients.lazy.map(\.createdAt).min() ?? now
        var facts = ServiceFacts(
            contract: begins..<max(begins, Timestamp(milliseconds: .max)),
            platform: minutes.platform(minuteRule),
            corrections: service.minutes.corrections(for: client?.id ?? Self.noClient),
            maintenance: service.records.maintenance.periods(
                for: client?.id ?? Self.noClient, until: now))
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

    /// What is on record of a month: its availability, day by day, with incidents, maintenance,
    /// announced changes, corrections and force majeure (C10 to C15).
    /// - Parameters: as of ``serviceFacts(of:until:)``.
    package func monthlyReport(
        _ month: CivilMonth, of client: Client?, until now: Timestamp
    ) -> MonthlyReport {
        MonthlyReport(
            month, client: client?.id ?? Self.noClient, serviceFacts(of: client, until: now),
            service.records, in: calendar.localTime, until: now)
    }

    /// No client has this name: what is found for it concerns all clients.
    private static var noClient: String { "" }
}
