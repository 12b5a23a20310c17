internal import Availability
internal import Ledger
internal import Time

/// Which maintenance a list shows: `?client=&state=`.
struct MaintenanceFilter {
    private let client: String?
    private let state: String?

    static let parameters = [
        QueryParameter(
            name: "client", shape: .identifier,
            summary: "That which concerns this client: its own, and that of all clients."),
        QueryParameter(
            name: "state", shape: .choice(of: Maintenance.State.self),
            summary: "That in this state now."),
    ]

    init(_ query: inout QueryReader) {
        client = query.identifier("client")
        state = query.choice("state", of: Maintenance.State.allCases.map(\.rawValue))
    }

    func shows(_ maintenance: Maintenance, to author: Author, at now: Timestamp) -> Bool {
        guard Self.isVisible(maintenance, to: author) else { return false }
        if let client, maintenance.client != nil, maintenance.client != client { return false }
        return state.map { maintenance.state(at: now).rawValue == $0 } ?? true
    }

    /// A client consults its own, and that of all clients (C13).
    static func isVisible(_ maintenance: Maintenance, to author: Author) -> Bool {
        author.role != .client || maintenance.client == nil || maintenance.client == author.name
    }
}
