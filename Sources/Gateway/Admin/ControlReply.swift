internal import Foundation
internal import Wire

/// What the control side replies, before it is addressed to a connection.
enum ControlReply: Sendable {
    case content(Content)
    /// A refusal; `allow` names the methods where the one that was used is not among them.
    case problem(Problem, allow: String? = nil)
    /// An answer whose body goes out as events come.
    case streamed(StreamedContent)

    /// The stream of an answer that is one.
    var stream: EventStream? {
        if case .streamed(let content) = self { content.stream } else { nil }
    }

    /// A body without an end, and what it is.
    struct StreamedContent: Sendable {
        var type: StaticString
        var fields: [(StaticString, StaticString)] = []
        let stream: EventStream
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

    /// A page: one file that runs nothing, fetches nothing, and stands in nobody's frame. Its style
    /// is within it.
    /// - Parameter fields: beside the policy.
    static func page(
        _ text: String, fields: [(StaticString, StaticString)]
    ) -> ControlReply {
        let policy: StaticString = """
            default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
            frame-ancestors 'none'
            """
        return .content(
            Content(
                type: MediaType.html,
                fields: [("Content-Security-Policy", policy)] + fields,
                body: Array(text.utf8)))
    }

    /// A view as JSON.
    static func view(_ view: some Encodable, _ status: HTTPStatus = .ok) -> ControlReply {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return .content(Content(status: status, body: [UInt8](try encoder.encode(view))))
        } catch {
            // Views are plain strings and finite numbers; what JSON cannot say is our mistake.
            preconditionFailure("a view is not JSON: \(error)")
        }
    }
}
