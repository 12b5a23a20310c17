internal import Wire

/// What the control side replies, before it is addressed to a connection.
enum ControlReply: Sendable {
    case content(Content)
    /// A refusal; `allow` names the methods where the one that was used is not among them.
    case problem(Problem, allow: String? = nil)
    /// An answer whose body goes out piece by piece.
    case streamed(StreamedContent)

    var status: HTTPStatus {
        switch self {
        case .content(let content): content.status
        case .problem(let problem, _): problem.status
        case .streamed: .ok
        }
    }

    /// The stream of an answer that is one.
    var stream: (any AnswerStream)? {
        if case .streamed(let content) = self { content.stream } else { nil }
    }

    /// A body that has no end, or whose length is not known, and what it is.
    struct StreamedContent: Sendable {
        var type: StaticString
        var fields: [(StaticString, StaticString)] = []
        let stream: any AnswerStream
    }

    /// A body and what it is.
    struct Content: Sendable {
        var status = HTTPStatus.ok
        var type: StaticString = MediaType.json
        var fields: [(StaticString, StaticString)] = []
        var body: [UInt8]
    }

    static func notAllowed(_ methods: String) -> ControlReply {
        .problem(.notAllowed(methods), allow: methods)
    }

    /// The fields of a page: one file that runs nothing, fetches nothing, and stands in nobody's
    /// frame. Its style is within it.
    static let pageFields: [(StaticString, StaticString)] = [
        (
            "Content-Security-Policy",
            """
            default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
            frame-ancestors 'none'
            """
        )
    ]

    /// A view as JSON.
    static func view(_ view: some Encodable, _ status: HTTPStatus = .ok) -> ControlReply {
        .content(Content(status: status, body: json(view)))
    }

    /// The bytes of a view as JSON.
    static func json(_ view: some Encodable) -> [UInt8] {
        do {
            return try JSONTextEncoder.encode(view)
        } catch {
            preconditionFailure("a view is not JSON: \(error)")
        }
    }
}
