package import Wire

/// Why a request of the admin API was not carried out, as far as is known.
package struct AdminAPIError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: Equatable, Sendable {
        case noAnswer(HTTPClientError)
        /// The gateway says no; `problem` is its answer (RFC 9457).
        case refused(status: Int, problem: JSONValue)
        /// Whatever answers there is no gateway, or something in front of it.
        case notJSON(status: Int)
        /// The answer says that it is JSON, came without a length, and breaks off.
        case brokenJSON(status: Int)

        /// An answer that cannot be read as JSON.
        static func unreadable(_ answer: HTTPAnswer) -> Reason {
            let type = answer.contentType?.lowercased() ?? ""
            let saysJSON = type.hasPrefix("application/") && type.contains("json")
            return saysJSON ? .brokenJSON(status: answer.status) : .notJSON(status: answer.status)
        }
    }

    /// Method and URL.
    package let request: String
    package let reason: Reason

    /// The request changes nothing, whatever became of it.
    package var isRead: Bool { request.hasPrefix("GET ") }

    /// The server answered, and its answer did not come whole.
    package var isPartOfAnAnswer: Bool {
        switch reason {
        case .noAnswer(let error): error.isPartOfAnAnswer
        case .brokenJSON: true
        case .refused, .notJSON: false
        }
    }

    /// One line, for a log.
    package var description: String {
        switch reason {
        case .noAnswer(let error): "\(request): \(error)"
        case .refused(let status, let problem):
            "\(request): \(status) \(String(decoding: problem.bytes, as: UTF8.self))"
        case .notJSON(let status): "\(request): \(status), and its answer is not JSON"
        case .brokenJSON(let status):
            "\(request): \(status), and its answer is JSON that breaks off or is damaged"
        }
    }
}
