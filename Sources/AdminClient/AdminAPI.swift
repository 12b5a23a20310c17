package import Wire

/// The admin API of a gateway: JSON requests with a token, and what comes of them.
package struct AdminAPI: Sendable {
    package let client: HTTPClient
    /// Nil where none is needed: health, metrics.
    package let token: String?

    /// Seconds that an answer may take where the caller does not say.
    package static var usualSeconds: Double { 30 }

    package init(_ client: HTTPClient, token: String?) {
        self.client = client
        self.token = token
    }

    /// Sends a request and waits for the JSON that answers it.
    /// - Parameters:
    ///   - path: the path's parts, unescaped.
    ///   - body: what is sent; nil sends no body.
    ///   - seconds: that the answer may take.
    /// - Returns: the answer of a request that was carried out (2xx); null for 204, which has no
    ///   body.
    /// - Throws: ``AdminAPIError``.
    @discardableResult
    package func json(
        _ method: String, _ path: [String], _ body: JSONValue? = nil,
        withinSeconds seconds: Double = usualSeconds
    ) throws(AdminAPIError) -> JSONValue {
        var request = HTTPRequest(method, path)
        if let body {
            request.fields.append(("Content-Type", "application/json"))
            request.body = body.bytes
        }
        let answer = try send(request, seconds)
        if answer.status == 204 { return .null }
        do throws(JSONReadingError) {
            return try JSONValue(answer.body)
        } catch {
            throw self.error(request, .notJSON(status: answer.status))
        }
    }

    /// Asks for something that is not looked into: its bytes as they come.
    /// - Parameters:
    ///   - type: the media type that is wanted; nil leaves it to the gateway.
    ///   - language: the same of the language's tag.
    /// - Throws: ``AdminAPIError``.
    package func bytes(
        _ path: [String], accept type: String? = nil, language: String? = nil,
        withinSeconds seconds: Double = usualSeconds
    ) throws(AdminAPIError) -> [UInt8] {
        var request = HTTPRequest("GET", path)
        if let type { request.fields.append(("Accept", type)) }
        if let language { request.fields.append(("Accept-Language", language)) }
        return try send(request, seconds).body
    }

    private func send(
        _ request: HTTPRequest, _ seconds: Double
    ) throws(AdminAPIError) -> HTTPAnswer {
        var request = request
        if let token { request.fields.append(("Authorization", "Bearer \(token)")) }
        let answer: HTTPAnswer
        do throws(HTTPClientError) {
            answer = try client.send(request, withinSeconds: seconds)
        } catch {
            throw self.error(request, .noAnswer(error))
        }
        guard (200...299).contains(answer.status) else {
            // Not JSON: whoever answers there is no gateway.
            guard let problem = try? JSONValue(answer.body) else {
                throw self.error(request, .notJSON(status: answer.status))
            }
            throw self.error(request, .refused(status: answer.status, problem: problem))
        }
        return answer
    }

    private func error(_ request: HTTPRequest, _ reason: AdminAPIError.Reason) -> AdminAPIError {
        AdminAPIError(
            request: "\(request.method) \(client.base)/\(request.path.joined(separator: "/"))",
            reason: reason)
    }
}

/// Why a request of the admin API was not carried out, as far as is known.
package struct AdminAPIError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: Equatable, Sendable {
        case noAnswer(HTTPClientError)
        /// The gateway says no; `problem` is its answer (RFC 9457).
        case refused(status: Int, problem: JSONValue)
        /// Whatever answers there is no gateway, or something in front of it.
        case notJSON(status: Int)
    }

    /// Method and URL.
    package let request: String
    package let reason: Reason

    /// One line, for a log.
    package var description: String {
        switch reason {
        case .noAnswer(let error): "\(request): \(error)"
        case .refused(let status, let problem):
            "\(request): \(status) \(String(decoding: problem.bytes, as: UTF8.self))"
        case .notJSON(let status): "\(request): \(status), and its answer is not JSON"
        }
    }
}
