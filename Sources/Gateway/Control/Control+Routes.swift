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
            // Of all clients at once, and so none's (C17).
            if !request.isLocal, try holder(request).role == .client { throw .forbidden }
            guard request.isRead else { return .notAllowed("GET, HEAD") }
            return .content(
                metrics.answer(
                    accept: request.accept ?? "", acceptEncoding: request.acceptEncoding ?? ""))
        }
        let author = try holder(request)
        guard path.first == "v1" else { throw .notFound }
        let place = Array(path.dropFirst())
        try requirePermission(author, request, place)
        try requireRoom(for: request, place)
        switch (place.first, place.count) {
        case ("status", 1): return request.isRead ? .view(status()) : .notAllowed("GET, HEAD")
        case ("clients", 2):
            return request.method == "PUT"
                ? try await putClient(place[1], request, by: author) : .notAllowed("PUT")
        case ("operations", 1):
            return request.isRead ? .view(operations(of: author)) : .notAllowed("GET, HEAD")
        case ("operations", 2): return try await routeOperation(place[1], request, by: author)
        case ("operations", 3...):
            return try await routePart(Array(place[1...]), request, by: author)
        case ("keys", 3) where place[2] == "revoke":
            return request.method == "POST"
                ? try await revokeKey(place[1], request, by: author) : .notAllowed("POST")
        case ("tokens", 1):
            if request.method == "POST" { return try await addToken(request, by: author) }
            return request.isRead ? .view(tokensView()) : .notAllowed("GET, HEAD, POST")
        case ("tokens", 3) where place[2] == "revoke":
            return request.method == "POST"
                ? try await revokeToken(place[1], request, by: author) : .notAllowed("POST")
        default: throw .notFound
        }
    }

    private func holder(_ request: ControlRequest) throws(Problem) -> Author {
        try tokens.require(request.authorization, among: shared.projected)
    }

    /// - Throws: ``Problem`` 503 where entries wait that this would hold up.
    private func requireRoom(
        for request: ControlRequest, _ place: [String]
    ) throws(Problem) {
        let isReport =
            place.last == "evidence" || place.last == "reset"
            || request.method == "DELETE" && place.count == 2
        guard isReport || request.isRead else { return }
        let shedding: Shedding = isReport ? .reports : .statistics
        guard shared.isFull(for: shedding) else { return }
        shared.instruments.countShed(shedding)
        throw .overloaded
    }

    private func routeOperation(
        _ id: String, _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        switch request.method {
        case "PUT": return try await putOperation(id, request, by: author)
        case "DELETE": return try await delete(id, request, by: author)
        default:
            return request.isRead
                ? .view(try operation(named: id)) : .notAllowed("GET, HEAD, PUT, DELETE")
        }
    }

    /// What lies below an operation: `place` is its name and what follows.
    private func routePart(
        _ place: [String], _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        let id = place[0]
        switch (place[1], place.count, request.method) {
        case ("keys", 2, "POST"):
            var body = try bodyReader(request)
            try body.finish()
            return try await addKey(to: id, by: author)
        case ("open", 2, "POST"), ("close", 2, "POST"), ("resume", 2, "POST"):
            return try await move(id, place[1], request, by: author)
        case ("reset", 2, "POST"): return try await reset(id, request, by: author)
        case ("suspend", 2, "POST"): return try await suspend(id, request, by: author)
        case ("pace", 2, "POST"): return try await setPace(of: id, request, by: author)
        case ("traffic-notice", 2, "POST"): return try await giveNotice(to: id, request, by: author)
        case ("traffic-notice", 2, "DELETE"):
            return try await withdrawNotice(of: id, request, by: author)
        case ("campaigns", 2, "POST"):
            return try await declareCampaign(of: id, request, by: author)
        case ("campaigns", 2, "GET"), ("campaigns", 2, "HEAD"):
            return .view(CampaignsView(campaigns: try operation(named: id).campaigns))
        case ("evidence", 2, "GET"), ("evidence", 2, "HEAD"):
            return try evidence(of: id, accept: request.accept ?? "")
        case ("campaigns", 3, "DELETE"):
            return try await withdrawCampaign(place[2], of: id, request, by: author)
        default: return try wrongMethod(place)
        }
    }

    /// 405 where the path has other methods, 404 where it has none.
    private func wrongMethod(_ place: [String]) throws(Problem) -> ControlReply {
        switch (place[1], place.count) {
        case ("keys", 2), ("open", 2), ("close", 2), ("resume", 2), ("suspend", 2), ("pace", 2),
            ("reset", 2):
            return .notAllowed("POST")
        case ("traffic-notice", 2): return .notAllowed("POST, DELETE")
        case ("campaigns", 2): return .notAllowed("GET, HEAD, POST")
        case ("campaigns", 3): return .notAllowed("DELETE")
        case ("evidence", 2): return .notAllowed("GET, HEAD")
        default: throw .notFound
        }
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
    var isRead: Bool { method == "GET" || method == "HEAD" }
}

extension ControlReply {
    fileprivate static func notAllowed(_ methods: StaticString) -> ControlReply {
        .problem(.notAllowed("\(methods)"), allow: methods)
    }
}
