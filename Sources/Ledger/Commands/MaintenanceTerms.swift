package import Availability
package import Time

/// What maintenance is announced with (C13).
package struct MaintenanceTerms: Equatable, Codable, Sendable {
    package var kind: MaintenanceKind
    /// The client that it is for; `nil`: all clients.
    package var client: String?
    package var note: String?
    /// Of the first occurrence. Emergency maintenance begins when it is recorded, or later: `nil`,
    /// and a time that is over by then, stand for the record's.
    package var starts: Timestamp?
    /// `nil` where an emergency maintenance does not know its end.
    package var ends: Timestamp?
    package var recurrence: Recurrence?

    package init(
        kind: MaintenanceKind, client: String? = nil, note: String? = nil,
        starts: Timestamp? = nil, ends: Timestamp? = nil, recurrence: Recurrence? = nil
    ) {
        self.kind = kind
        self.client = client
        self.note = note
        self.starts = starts
        self.ends = ends
        self.recurrence = recurrence
    }

    /// How far ahead maintenance is announced: two years.
    private static var maximumLeadMilliseconds: Int64 { 731 * 86_400_000 }

    /// - Throws: `invalid` where the start is missing, or too far ahead.
    func order(at time: Timestamp) throws(CommandRefusal) -> MaintenanceOrder {
        let start: Timestamp
        switch kind {
        case .scheduled:
            guard let starts else {
                throw .invalid(
                    pointer: "/starts", detail: "must be given of scheduled maintenance")
            }
            start = starts
        case .emergency: start = max(starts ?? time, time)
        }
        guard start <= time.advanced(byMilliseconds: Self.maximumLeadMilliseconds) else {
            throw .invalid(pointer: "/starts", detail: "must be within two years")
        }
        return MaintenanceOrder(
            kind: kind, client: client, note: note ?? "", starts: start, ends: ends,
            recurrence: recurrence)
    }
}
