import Wire

/// The state of a gateway with all of its operations: those of `GET /v1/status`, which are the most
/// urgent ones, then the others in the order of their creation, page by page.
struct WholeStatus {
    /// The answer to `GET /v1/status`, without its operations.
    private(set) var head: [String: JSONValue]
    /// The most urgent operations, until they are asked for.
    private var urgent: [JSONValue]?
    private let known: Set<String>
    /// The others; nil where there are none.
    private var others: PagedList?

    /// - Throws: ``CommandFailure``, as ``GatewayClient/call(_:_:query:_:withinSeconds:)``.
    init(_ client: GatewayClient) throws(CommandFailure) {
        let status = try client.call("GET", ["v1", "status"])
        guard case .object(let members) = status else {
            throw CommandFailure(.inputOutput, "the gateway's status is no JSON object")
        }
        let operations = status["operations"]?.elements ?? []
        head = members.filter { $0.key != "operations" }
        urgent = operations
        known = Set(operations.compactMap { $0["operation"]?.string })
        if (status["operations_total"]?.integer ?? 0) > operations.count {
            others = PagedList(client: client, path: ["v1", "operations"], name: "operations")
        }
    }

    /// Whether all operations have been fetched.
    var isAtEnd: Bool { urgent == nil && others?.isAtEnd ?? true }

    /// - Returns: more operations; nil behind the last ones.
    mutating func nextPage() throws(CommandFailure) -> [JSONValue]? {
        if let first = urgent {
            urgent = nil
            return first
        }
        guard var list = others, let page = try list.nextPage() else { return nil }
        others = list
        return page.filter { operation in
            operation["operation"]?.string.map { !known.contains($0) } ?? true
        }
    }

    /// All of it as one value.
    /// - Parameter members: those that each operation keeps; nil for all of them.
    mutating func document(keeping members: Set<String>?) throws(CommandFailure) -> JSONValue {
        var operations: [JSONValue] = []
        while let page = try nextPage() {
            operations += members.map { members in page.map { $0.keeping(members) } } ?? page
        }
        return .object(head.merging(["operations": .array(operations)]) { $1 })
    }
}

extension AdminOptions {
    /// Prints a status as one JSON document, written as the operations come.
    func showJSON(_ status: WholeStatus) throws {
        var status = status
        var document = ListDocument(name: "operations", members: status.head)
        while let page = try status.nextPage() { try document.append(page, isLast: status.isAtEnd) }
    }
}
