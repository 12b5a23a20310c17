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
        serviceFacts(of: client, minutes.platform(minuteRule), until: now)
    }

    private func serviceFacts(
        of client: Client?, _ platform: MinuteHistory, until now: Timestamp
    ) -> ServiceFacts {
        let begins = client?.createdAt ?? clients.lazy.map(\.createdAt).min() ?? now
        var facts = ServiceFacts(
            contract: begins..<max(begins, Timestamp(milliseconds: .max)),
            platform: platform,
            corrections: service.minutes.corrections(for: client?.id ?? Self.noClient),
            maintenance: service.records.maintenance.periods(
                for: client?.id ?? Self.noClient, until: now))
        if let client {
            facts.own = minutes.lost(for: client.id)
            facts.suspensions = suspensions.periods(of: client.id, until: now)
        }
        return facts
    }

    /// Up to when a reading of now counts minutes: to the end of the last minute that enough probes
    /// have reported. A minute that ended just now is not lost before its report could come.
    /// - Parameter now: nothing that ended more than ``LedgerLimits/reportMinutes`` before it is
    ///   waited for; then it is unmeasured.
    package func measuredEnd(at now: Timestamp) -> Timestamp {
        minutes.reportedEnd(minuteRule, at: Minute(containing: now)).starts
    }

    /// How fast the error budget is used up now; `nil` where no probe reports, so that nothing is
    /// measured.
    /// - Parameters: as of ``serviceFacts(of:until:)``.
    package func burn(of client: Client?, at now: Timestamp) -> BurnRates? {
        guard !minutes.probes.isEmpty else { return nil }
        return BurnRates(
            of: serviceFacts(of: client, until: now),
            before: Minute(containing: measuredEnd(at: now)))
    }

    /// How fast the platform's error budget is used up now, and those clients' whose own burns so
    /// fast that a rule alerts, in order of their names; `nil` where no probe reports.
    /// - Complexity: linear in the clients; one of which nothing else is on record than of all is
    ///   not reckoned again.
    package func burns(at now: Timestamp) -> ServiceBurn? {
        guard !minutes.probes.isEmpty else { return nil }
        let end = Minute(containing: measuredEnd(at: now))
        let start = end.advanced(by: -BurnRates.longestMinutes)
        var platform = minutes.platform(minuteRule)
        platform.removeMinutes(before: start)
        var all = serviceFacts(of: nil, platform, until: now)
        let ofAll = BurnRates(of: all, before: end)
        var clients: [ServiceBurn.OfClient] = []
        for client in self.clients.sorted(by: { $0.id < $1.id }) {
            let facts = serviceFacts(of: client, platform, until: now)
            all.contract = facts.contract
            let isAsAll = client.createdAt <= start.starts && facts == all
            let burn = isAsAll ? ofAll : BurnRates(of: facts, before: end)
            if let urgency = burn.urgency {
                clients.append(.init(client: client.id, urgency: urgency))
            }
        }
        return ServiceBurn(platform: ofAll, clients: clients)
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
