internal import Availability
internal import Ledger

/// Which incidents a list shows: `?client=&state=&severity=`.
struct IncidentFilter {
    private let client: String?
    private let state: String?
    private let severity: String?

    static let parameters = [
        QueryParameter(
            name: "client", shape: .identifier,
            summary: "Those that this client follows: its own, and those of all clients."),
        QueryParameter(
            name: "state", shape: .choice(states),
            summary: "Those in this state; unresolved: open or acknowledged."),
        QueryParameter(
            name: "severity", shape: .choice(of: IncidentSeverity.self),
            summary: "Those of this severity."),
    ]

    private static let states = Incident.State.allCases.map(\.rawValue) + ["unresolved"]

    init(_ query: inout QueryReader) {
        client = query.identifier("client")
        state = query.choice("state", of: Self.states)
        severity = query.choice("severity", of: IncidentSeverity.allCases.map(\.rawValue))
    }

    func shows(_ incident: Incident, to author: Author) -> Bool {
        guard Self.isVisible(incident, to: author) else { return false }
        if let client, incident.client != nil, incident.client != client { return false }
        if let severity, incident.severity.rawValue != severity { return false }
        switch state {
        case nil: return true
        case "unresolved": return incident.state != .resolved
        case let state: return incident.state.rawValue == state
        }
    }

    /// A client follows its own, and those of all clients (C12).
    static func isVisible(_ incident: Incident, to author: Author) -> Bool {
        author.role != .client || incident.client == nil || incident.client == author.name
    }
}
