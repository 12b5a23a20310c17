internal import Bytes
internal import Foundation
internal import Ledger
internal import Wire

/// The admin listener's routes.
extension Control {
    /// Answers a request, whatever it is.
    func answer(_ request: ControlRequest) async -> ControlAnswer {
        let reply: ControlReply
        do {
            reply = try await route(request)
        } catch {
            reply = .problem(error)
        }
        return ControlAnswer(connection: request.connection, reply: reply)
    }

    private func route(_ request: ControlRequest) async throws(Problem) -> ControlReply {
        let path = request.path.split(separator: "/", omittingEmptySubsequences: false)
            .dropFirst().map(String.init)
        if path == ["metrics"] {
            if !request.isLoopback { try tokens.require(request.authorization) }
            guard request.isRead else { return .notAllowed("GET, HEAD") }
            return .content(
                metrics.answer(
                    accept: request.accept ?? "", acceptEncoding: request.acceptEncoding ?? ""))
        }
        try tokens.require(request.authorization)
        guard path.first == "v1" else { throw .notFound }
        let place = Array(path.dropFirst())
        switch (place.first, place.count) {
        case ("status", 1): return request.isRead ? .view(status()) : .notAllowed("GET, HEAD")
        case ("clients", 2):
            return request.method == "PUT"
                ? try await putClient(place[1], request) : .notAllowed("PUT")
        case ("operations", 1):
            return request.isRead ? .view(operations()) : .notAllowed("GET, HEAD")
        case ("operations", 2): return try await routeOperation(place[1], request)
        case ("operations", 3): return try await act(on: place[1], place[2], request)
        case ("keys", 3) where place[2] == "revoke":
            return request.method == "POST"
                ? try await revokeKey(place[1], request) : .notAllowed("POST")
        default: throw .notFound
        }
    }

    private func routeOperation(
        _ id: String, _ request: ControlRequest
    ) async throws(Problem) -> ControlReply {
        if request.method == "PUT" { return try await putOperation(id, request) }
        return request.isRead ? .view(try operation(named: id)) : .notAllowed("GET, HEAD, PUT")
    }

    private func act(
        on id: String, _ verb: String, _ request: ControlRequest
    ) async throws(Problem) -> ControlReply {
        guard ["keys", "open", "close"].contains(verb) else { throw .notFound }
        guard request.method == "POST" else { return .notAllowed("POST") }
        var body = try bodyReader(request)
        if verb == "keys" {
            try body.finish()
            return try await addKey(to: id)
        }
        let note = body.optionalString("note")
        try body.finish()
        _ = try await decide(
            verb == "open"
                ? .openOperation(id: id, note: note) : .closeOperation(id: id, note: note))
        return .view(try operation(named: id))
    }

    /// The body's fields; a body must say that it is JSON.
    func bodyReader(_ request: ControlRequest) throws(Problem) -> BodyReader {
        if !request.body.isEmpty {
            guard let type = request.contentType, type.withBytes({ MediaType.isJSON($0) })
            else { throw .unsupportedMediaType }
        }
        return try BodyReader(request.body)
    }
}

extension ControlRequest {
    /// Whether the request only reads.
    fileprivate var isRead: Bool { method == "GET" || method == "HEAD" }
}

extension ControlReply {
    fileprivate static func notAllowed(_ methods: StaticString) -> ControlReply {
        .problem(.notAllowed("\(methods)"), allow: methods)
    }
}
