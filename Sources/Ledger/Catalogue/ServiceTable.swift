package import Availability
package import Time

/// What is on record of the service as a whole: incidents, maintenance, force majeure, corrections
/// of minutes, and the operator's business hours (C10 to C14).
package struct ServiceTable: Equatable, Sendable {
    package var records = ServiceRecords()
    /// The corrections of minutes; what was measured is in ``MinuteTable``.
    package var minutes = RecordedMinutes()
    /// As a person has set them; `nil`: the standard ones.
    package var businessCalendar: BusinessCalendar?
    /// When something is due by itself, in milliseconds; the end of the range if nothing is.
    private(set) var due: Int64 = .max

    package init() {}

    // MARK: What time brings about

    /// When the next event is due; `nil` if none is. Linear in what is kept.
    private var next: Timestamp? {
        let overdue = records.incidents.nextDeadline?.advanced(byMilliseconds: 1)
        return [overdue, records.forceMajeure.nextFlag].compactMap(\.self).min()
    }

    /// The first event that is due; `nil` if none is.
    func dueEvent(at time: Timestamp) -> LedgerEvent? {
        if let incident = records.incidents.firstOverdue(at: time) {
            return .incidentOverdue(
                number: incident.number, client: incident.client, respondBy: incident.respondBy)
        }
        return records.forceMajeure.firstFlag(at: time).map {
            .forceMajeureLasting(number: $0.number, terms: $0.terms, since: $0.since)
        }
    }

    /// Applies what the fold found out by itself.
    mutating func apply(_ event: LedgerEvent, at time: Timestamp) {
        switch event {
        case .incidentOverdue(let number, _, _):
            records.incidents.reportOverdue(number, at: time)
        case .forceMajeureLasting(let number, let terms, _):
            records.forceMajeure.reportFlag(number, terms)
        case .coverNear, .coverCrossed, .clientCrossed, .clientWithin, .step, .suspensionEnded,
            .clientSuspensionEnded:
            return
        }
        updateDue()
    }

    /// Looks when something is due, after any change of the records.
    mutating func updateDue() { due = next?.milliseconds ?? .max }

    // MARK: Reading

    /// The operator's hours in force.
    /// - Parameter calendar: the operator's.
    package func businessTime(_ calendar: OperatorCalendar) -> BusinessTime {
        BusinessTime(
            businessCalendar?.calendar(beside: calendar) ?? calendar,
            businessCalendar?.hours ?? .standard)
    }

    /// What was over this long ago is forgotten; the log has all of it. More than the 12 months of
    /// C15.
    static var keptMilliseconds: Int64 { 400 * 86_400_000 }

    /// The moment before which nothing that is over is kept.
    static func keptSince(_ time: Timestamp) -> Timestamp {
        time.advanced(byMilliseconds: -keptMilliseconds)
    }

    /// Makes the storage this table's alone.
    mutating func detachStorage() {
        records.incidents.detachStorage()
        records.maintenance.detachStorage()
        records.changes.detachStorage()
        records.forceMajeure.detachStorage()
        minutes.detachStorage()
    }
}

/// In JSON without what follows from the rest.
extension ServiceTable: Codable {
    private enum CodingKeys: String, CodingKey {
        case records, minutes
        case businessCalendar = "business_calendar"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        records = try members.decode(ServiceRecords.self, forKey: .records)
        minutes = try members.decode(RecordedMinutes.self, forKey: .minutes)
        businessCalendar = try members.decodeIfPresent(
            BusinessCalendar.self, forKey: .businessCalendar)
        updateDue()
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(records, forKey: .records)
        try members.encode(minutes, forKey: .minutes)
        try members.encodeIfPresent(businessCalendar, forKey: .businessCalendar)
    }
}
