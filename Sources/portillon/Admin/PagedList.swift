import Wire

/// A list of the admin API, fetched page by page to its end. One page at a time is held.
struct PagedList {
    let client: GatewayClient
    /// The path's parts, unescaped.
    let path: [String]
    /// The member of an answer that has the elements.
    let name: String
    /// What of the list is wanted.
    let filter: [(name: String, value: String)]

    /// What a page ends with.
    private enum Position: Equatable {
        case beginning
        case behind(String)
        case end
    }

    private var position = Position.beginning

    init(
        client: GatewayClient, path: [String], name: String,
        filter: [(name: String, value: String)] = []
    ) {
        self.client = client
        self.path = path
        self.name = name
        self.filter = filter
    }

    /// Whether all of it has been fetched.
    var isAtEnd: Bool { position == .end }

    /// Fetches the next page.
    /// - Returns: its elements; nil behind the last page.
    /// - Throws: ``CommandFailure``, as ``GatewayClient/call(_:_:query:_:withinSeconds:)``.
    mutating func nextPage() throws(CommandFailure) -> [JSONValue]? {
        var query = filter
        switch position {
        case .beginning: break
        case .behind(let after): query.append(("after", after))
        case .end: return nil
        }
        let page = try client.call("GET", path, query: query)
        let before = position
        position = page["next"]?.string.map(Position.behind) ?? .end
        // A list that leads nowhere would be read for ever.
        guard position != before else {
            throw CommandFailure(
                .inputOutput, "the gateway's list of \(name) leads in a circle; nothing is whole")
        }
        return page[name]?.elements ?? []
    }

    /// The elements that are left, each with these members alone: a table needs no more of them.
    mutating func rest(keeping members: Set<String>) throws(CommandFailure) -> [JSONValue] {
        var elements: [JSONValue] = []
        while let page = try nextPage() { elements += page.map { $0.keeping(members) } }
        return elements
    }
}

extension JSONValue {
    /// An object with these members alone; anything else as it is.
    func keeping(_ names: Set<String>) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { names.contains($0.key) })
    }
}

extension AdminOptions {
    /// Prints a list, all pages of it: with `--json` as one document, written as the pages come,
    /// else formatted by `text`.
    /// - Parameter members: those of the elements that `text` needs.
    func show(
        _ list: PagedList, keeping members: Set<String>, as text: ([JSONValue]) -> String
    ) throws {
        var list = list
        guard json else { return try Output.standard.write(text(list.rest(keeping: members))) }
        var document = ListDocument(name: list.name)
        while let page = try list.nextPage() { try document.append(page, isLast: list.isAtEnd) }
    }

    /// Prints a list, all pages of it, as a table of these members of its elements.
    func show(_ list: PagedList, columns: [String]) throws {
        try show(list, keeping: Set(columns)) { elements in
            var table = AlignedTable(columns.map { $0.replacing("_", with: " ") })
            for element in elements { table.append(columns.map { element[$0]?.text ?? "" }) }
            return table.text
        }
    }
}
