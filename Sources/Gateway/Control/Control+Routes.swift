internal import Bytes
internal import Foundation
internal import Ledger

/// The admin listener's routes.
extension Control {
    /// Answers a request, whatever it is.
    func answer(_ request: ControlRequest) async -> ControlAnswer {
        let reply: ControlReply
        do {
            reply = try await route(request)
        } catch {
            reply = ControlReply(error)
        }
        return ControlAnswer(
            connection: request.connection, route: reply.route, status: reply.status,
            contentType: reply.contentType, fields: reply.fields, body: reply.body)
    }

    private func route(_ request: ControlRequest) async throws(Problem) -> ControlReply {
        let path = request.path.split(separator: "/", omittingEmptySubsequences: false)
            .dropFirst().map(String.init)
        if path == ["metrics"] {
            try requireRead(request, ["GET", "HEAD"])
            if !request.isLoopback { try tokens.require(request.authorization) }
            return try metrics(request)
        }
        guard path.first == "v1" else { throw .notFound }
        try tokens.require(request.authorization)
        let place = Array(path.dropFirst())
        switch (place.first, place.count) {
        case ("status", 1):
            try requireRead(request, ["GET", "HEAD"])
            return ControlReply(status())
        case ("operations", 1):
            try requireRead(request, ["GET", "HEAD"])
            return ControlReply(operations())
        case ("clients", 2):
            try require(request, ["PUT"])
            return try await putClient(place[1], request)
        case ("operations", 2):
            try require(request, ["GET", "HEAD", "PUT"])
            if request.method == "PUT" { return try await putOperation(place[1], request) }
            return ControlReply(try operation(named: place[1]))
        case ("operations", 3): return try await act(on: place[1], place[2], request)
        case ("keys", 3) where place[2] == "revoke":
            try require(request, ["POST"])
            return try await revokeKey(place[1], request)
        default: throw .notFound
        }
    }

    private func act(
        on operation: String, _ verb: String, _ request: ControlRequest
    ) async throws(Problem) -> ControlReply {
        guard ["keys", "open", "close"].contains(verb) else { throw .notFound }
        try require(request, ["POST"])
        var body = try bodyReader(request)
        if verb == "keys" {
            try body.finish()
            return try await addKey(to: operation)
        }
        let note = body.optionalString("note")
        try body.finish()
        _ = try await decide(
            verb == "open"
                ? .openOperation(id: operation, note: note)
                : .closeOperation(id: operation, note: note))
        return ControlReply(try self.operation(named: operation))
    }

    // MARK: What requests must be

    private func requireRead(_ request: ControlRequest, _ methods: [String]) throws(Problem) {
        try require(request, methods)
    }

    private func require(_ request: ControlRequest, _ methods: [String]) throws(Problem) {
        guard methods.contains(request.method) else { throw .notAllowed(methods) }
    }

    /// The body's fields; a body must say that it is JSON.
    func bodyReader(_ request: ControlRequest) throws(Problem) -> BodyReader {
        if !request.body.isEmpty {
            let type = request.contentType?.split(separator: ";").first?
                .trimmingCharacters(in: .whitespaces).lowercased()
            guard type == "application/json" else {
                throw Problem(
                    415, "unsupported_media_type", "Not JSON",
                    "Send the body as application/json in UTF-8.")
            }
        }
        return try BodyReader(request.body)
    }
}
