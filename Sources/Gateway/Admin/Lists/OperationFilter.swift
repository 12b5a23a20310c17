internal import Ledger
internal import Time

/// Which operations a list shows: `?client=&state=`.
struct OperationFilter: Sendable {
    let client: String?
    let state: String?

    static let parameters = [
        QueryParameter(name: "client", shape: .identifier, summary: "Those of this client."),
        QueryParameter(
            name: "state", shape: .choice(states), summary: "Those in this state now."),
    ]

    private static let states = DatedState.allCases.map(\.name)

    init(_ query: inout QueryReader) {
        client = query.identifier("client")
        state = query.choice("state", of: Self.states)
    }

    /// - Parameter author: a client sees its own operations.
    func shows(
        _ operation: Catalogue.Operation, _ counts: OperationCounts, to author: Author,
        at now: Timestamp
    ) -> Bool {
        guard operation.retirement == nil else { return false }
        if author.role == .client, operation.client != author.name { return false }
        if let client, operation.client != client { return false }
        return state.map { operation.state(at: now, counts: counts).name == $0 } ?? true
    }
}
