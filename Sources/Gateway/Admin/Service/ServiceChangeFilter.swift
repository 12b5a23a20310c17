internal import Availability
internal import Ledger
internal import Time

/// Which announced changes a list shows: `?client=&state=`.
struct ServiceChangeFilter {
    private let client: String?
    private let state: String?

    static let parameters = [
        QueryParameter(
            name: "client", shape: .identifier,
            summary: "Those that concern this client: its own, and those of all clients."),
        QueryParameter(
            name: "state", shape: .choice(of: ServiceChange.State.self),
            summary: "Those in this state now."),
    ]

    init(_ query: inout QueryReader) {
        client = query.identifier("client")
        state = query.choice("state", of: ServiceChange.State.allCases.map(\.rawValue))
    }

    func shows(_ change: ServiceChange, to author: Author, at now: Timestamp) -> Bool {
        guard Self.isVisible(change, to: author) else { return false }
        if let client, change.client != nil, change.client != client { return false }
        return state.map { change.state(at: now).rawValue == $0 } ?? true
    }

    /// A client consults its own, and those of all clients (C13).
    static func isVisible(_ change: ServiceChange, to author: Author) -> Bool {
        author.role != .client || change.client == nil || change.client == author.name
    }
}
