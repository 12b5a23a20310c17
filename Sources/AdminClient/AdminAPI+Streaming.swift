internal import Bytes
internal import Wire

extension AdminAPI {
    /// Asks for a body of any length and hands it over as it comes.
    /// - Parameters:
    ///   - path: the path's parts, unescaped.
    ///   - query: its parameters, unescaped.
    ///   - type: the media type that is wanted; nil leaves it to the gateway.
    ///   - language: the same of the language's tag.
    ///   - fields: more of the request's.
    ///   - seconds: that may pass until the answer begins, and then without a byte of it.
    ///   - body: gets each piece; what it throws ends the exchange.
    /// - Throws: ``AdminAPIError`` where the answer is a refusal or none, ``AnswerCut`` where it
    ///   began and does not come whole, and what `body` throws.
    package func stream(
        _ path: [String], query: [(name: String, value: String)] = [], accept type: String? = nil,
        language: String? = nil, fields: [(name: StaticString, value: String)] = [],
        silentSeconds seconds: Double, _ body: (RawSpan) throws -> Void
    ) throws {
        var request = HTTPRequest("GET", path)
        request.query = query
        request.fields = fields
        if let type { request.fields.append(("Accept", type)) }
        if let language { request.fields.append(("Accept-Language", language)) }
        if let token { request.fields.append(("Authorization", "Bearer \(token)")) }
        let name = "GET \(client.base)/\(path.joined(separator: "/"))"
        func deadline() -> Deadline { Deadline(seconds: seconds) }
        var unlimited = client
        unlimited.limits = ResponseLimits(bodyBytes: Self.streamBytes)
        var exchange = try answering(name) { () throws(HTTPClientError) in
            try HTTPExchange(unlimited, request, by: deadline())
        }
        let head = try answering(name) { () throws(HTTPClientError) in
            try exchange.head(by: deadline())
        }
        var piece = ByteBuffer(capacity: 64 << 10)
        var received = 0
        while true {
            let isPiece: Bool
            do throws(HTTPClientError) {
                isPiece = try exchange.read(into: &piece, by: deadline())
            } catch {
                throw AnswerCut(request: name, bytes: received, reason: error)
            }
            received += piece.count
            guard (200...299).contains(head.status) else {
                if isPiece, received <= Self.problemBytes { continue }
                // Not JSON: whoever answers there is no gateway.
                guard let problem = try? JSONValue(piece.bytes) else {
                    throw AdminAPIError(request: name, reason: .notJSON(status: head.status))
                }
                throw AdminAPIError(
                    request: name, reason: .refused(status: head.status, problem: problem))
            }
            if piece.count > 0 { try body(piece.bytes) }
            piece.removeAll()
            guard isPiece else { return }
        }
    }

    /// - Parameter name: of the request.
    private func answering<Result: ~Copyable>(
        _ name: String, _ body: () throws(HTTPClientError) -> Result
    ) throws(AdminAPIError) -> Result {
        do throws(HTTPClientError) {
            return try body()
        } catch {
            throw AdminAPIError(request: name, reason: .noAnswer(error))
        }
    }

    /// More than any disk has: what bounds a stream is what its reader does with it.
    private static var streamBytes: Int { 1 << 40 }
    private static var problemBytes: Int { 1 << 20 }
}

/// An answer that began and did not come whole.
package struct AnswerCut: Error, Equatable, Sendable {
    /// Method and URL.
    package let request: String
    /// Bytes of the body that came.
    package let bytes: Int
    package let reason: HTTPClientError
}
