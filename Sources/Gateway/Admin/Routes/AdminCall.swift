internal import Bytes
internal import Ledger
internal import Wire

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
        try requireType { MediaType.isJSON($0) }
        return try BodyReader(request.body)
    }

    /// The members of a JSON Merge Patch (RFC 7396); the body may say that it is JSON, too.
    func mergePatch() throws(Problem) -> [String: JSONValue] {
        try requireType { MediaType.isJSON($0) || MediaType.isMergePatch($0) }
        // Bytes that are none would be a patch that changes nothing: nobody means that.
        guard case .object(let members) = try BodyReader.value(request.body) else {
            throw .wrongShape([FieldError(pointer: "", detail: "Must be a JSON object.")])
        }
        return members
    }

    private func requireType(_ isRight: (RawSpan) -> Bool) throws(Problem) {
        guard !request.body.isEmpty else { return }
        if let coding = request.contentEncoding, !coding.withBytes({ MediaType.isIdentity($0) }) {
            throw .unsupportedContentCoding
        }
        guard let type = request.contentType, type.withBytes({ isRight($0) }) else {
            throw .unsupportedMediaType
        }
    }
}
