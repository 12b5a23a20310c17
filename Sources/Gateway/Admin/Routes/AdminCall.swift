internal import Bytes
internal import Ledger

/// A request that has found its route.
struct AdminCall: Sendable {
    let request: ControlRequest
    let author: Author
    private let parameters: [String: String]

    init(_ request: ControlRequest, by author: Author, _ parameters: [String: String]) {
        self.request = request
        self.author = author
        self.parameters = parameters
    }

    /// A parameter of the route's pattern.
    subscript(_ name: String) -> String {
        guard let value = parameters[name] else {
            preconditionFailure("the route's pattern has no parameter \(name)")
        }
        return value
    }

    func hasParameter(_ name: String) -> Bool { parameters[name] != nil }

    /// The body's fields; a body must say that it is JSON.
    func bodyReader() throws(Problem) -> BodyReader {
        if !request.body.isEmpty {
            guard let type = request.contentType, type.withBytes({ MediaType.isJSON($0) })
            else { throw .unsupportedMediaType }
        }
        return try BodyReader(request.body)
    }
}
