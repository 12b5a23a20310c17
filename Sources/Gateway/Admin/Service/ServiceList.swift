internal import Availability
internal import Ledger

/// A list of the service's records, as a request asks for it: `?client=&state=&after=&limit=`.
struct ServiceList {
    private let author: Author
    private let request: PageRequest
    private let client: String?
    private let state: String?

    /// - Parameters:
    ///   - words: other words for a state, or for several.
    ///   - note: what they mean.
    static func parameters<State: CaseIterable & RawRepresentable<String>>(
        states: State.Type, or words: [String] = [], _ note: String = ""
    ) -> [QueryParameter] {
        [
            QueryParameter(
                name: "client", shape: .identifier,
                summary: "What concerns this client: its own, and that of all clients."),
            QueryParameter(
                name: "state", shape: .choice(State.allCases.map(\.rawValue) + words),
                summary: "What is in this state now\(note)."),
        ] + PageRequest.parameters
    }

    /// - Parameters:
    ///   - states, words: as of ``parameters(states:or:_:)``.
    ///   - more: reads what else the query may have.
    init<State: CaseIterable & RawRepresentable<String>>(
        _ call: AdminCall, states: State.Type, or words: [String] = [],
        _ more: (inout QueryReader) -> Void = { _ in }
    ) throws(Problem) {
        var query = call.queryReader
        author = call.author
        request = PageRequest(&query)
        client = query.identifier("client")
        state = query.choice("state", of: State.allCases.map(\.rawValue) + words)
        more(&query)
        try query.finish()
    }

    /// - Parameters:
    ///   - all: in order of number.
    ///   - words: what a record's state is called now.
    func page<Record: ServiceRecord & NumberedRecord>(
        of all: [Record], calling words: (Record) -> [String]
    ) -> NumberedPage<Record> {
        NumberedPage(request, of: all) { record in
            record.isVisible(to: author) && (client.map(record.concerns) ?? true)
                && (state.map(words(record).contains) ?? true)
        }
    }
}

extension ServiceRecord {
    /// A client consults its own, and what is for all clients (C12, C13).
    func isVisible(to author: Author) -> Bool { author.role != .client || concerns(author.name) }
}
