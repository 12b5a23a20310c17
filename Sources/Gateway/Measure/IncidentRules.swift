internal import Availability
internal import Ledger
internal import Projections
internal import Sockets
internal import Synchronization
internal import Time

/// The rules of the gateway's own that open incidents (C12). Owned by the pulse's thread.
struct IncidentRules {
    /// A rule's name, as incidents have it.
    enum Rule: String, CaseIterable {
        /// A certificate in use is near its end.
        case certificateExpiry = "certificate-expiry"
    }

    /// How long before its end a certificate is reported: 14 days.
    static let certificateMilliseconds: Int64 = 14 * 86_400_000
    /// From when on an outage is near: 3 days.
    static let criticalMilliseconds: Int64 = 3 * 86_400_000
    /// A resolved incident is not opened again at once, though its cause is still there: 24 hours.
    static let pauseMilliseconds: Int64 = 86_400_000

    /// What a certificate's end asks for; nil for nothing.
    /// - Parameters:
    ///   - end: of the certificate that ends first.
    ///   - register: the incidents on record.
    static func order(
        certificateEnd end: Timestamp?, _ register: IncidentRegister, at now: Timestamp
    ) -> IncidentOrder? {
        guard let end, end <= now.advanced(byMilliseconds: certificateMilliseconds),
            isWanted(.certificateExpiry, register, at: now)
        else { return nil }
        let isNear = end <= now.advanced(byMilliseconds: criticalMilliseconds)
        return IncidentOrder(
            isNear ? .critical : .minor, title: "A certificate ends at \(end.rfc3339)",
            note: "Renew the files of the setting tls, and send SIGHUP.")
    }

    /// Whether the rule has no incident in progress, and opened none lately.
    private static func isWanted(
        _ rule: Rule, _ register: IncidentRegister, at now: Timestamp
    ) -> Bool {
        let earliest = now.advanced(byMilliseconds: -pauseMilliseconds)
        return !register.all.contains { incident in
            incident.rule == rule.rawValue
                && (incident.state != .resolved || incident.openedAt > earliest)
        }
    }

    /// Looks once a minute what the rules find.
    /// - Parameter isMinute: whether a minute is over since the last look.
    func turn(_ shared: Shared, isMinute: Bool) {
        guard isMinute, !shared.certificates.isEmpty else { return }
        let ends = ListenerKind.allCases
            .flatMap { shared.certificates.context($0)?.certificates ?? [] }.map(\.notAfter)
        let end = ends.min().map { Timestamp(milliseconds: $0 &* 1_000) }
        let register = shared.projected.catalogue.service.records.incidents
        guard let order = Self.order(certificateEnd: end, register, at: shared.ledgerTime) else {
            return
        }
        // Where a person takes the number first, the next minute looks again.
        let command = IncidentCommand.open(
            number: register.lastNumber &+ 1, order, rule: Rule.certificateExpiry.rawValue)
        shared.administration.enqueue(.own(.incident(command)))
    }
}
