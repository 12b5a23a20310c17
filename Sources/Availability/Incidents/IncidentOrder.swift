/// What an incident is opened with.
package struct IncidentOrder: Equatable, Codable, Sendable {
    package var severity: IncidentSeverity
    package var title: String
    package var note: String
    /// The client that it is about; `nil`: all clients.
    package var client: String?

    package init(
        _ severity: IncidentSeverity, title: String, note: String = "", client: String? = nil
    ) {
        self.severity = severity
        self.title = title
        self.note = note
        self.client = client
    }
}
