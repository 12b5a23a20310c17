package import Time

/// What an operator announces.
package struct MaintenanceOrder: Equatable, Codable, Sendable {
    package var kind: MaintenanceKind
    /// The client that it is for; `nil`: all clients.
    package var client: String?
    package var note: String
    /// The start of the first occurrence.
    package var starts: Timestamp
    /// Elapsed milliseconds of each occurrence; `nil` where an emergency maintenance does not know
    /// its end.
    package var durationMilliseconds: Int64?
    package var recurrence: Recurrence?

    package init(
        kind: MaintenanceKind, client: String? = nil, note: String = "", starts: Timestamp,
        ends: Timestamp?, recurrence: Recurrence? = nil
    ) {
        self.kind = kind
        self.client = client
        self.note = note
        self.starts = starts
        durationMilliseconds = ends.map { end in
            let (length, overflow) = end.milliseconds
                .subtractingReportingOverflow(starts.milliseconds)
            return overflow ? .max : length
        }
        self.recurrence = recurrence
    }

    private enum CodingKeys: String, CodingKey {
        case kind, client, note, starts, recurrence
        case durationMilliseconds = "duration_ms"
    }
}
