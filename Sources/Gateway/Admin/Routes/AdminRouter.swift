internal import Bytes
internal import Ledger
internal import Logging
internal import Projections
internal import Synchronization
internal import Time
internal import Wire

/// Finds the route of a request of the admin listener, and who may use it.
struct AdminRouter {
    let control: Control

    /// Answers a request, whatever it is.
    func answer(_ request: ControlRequest) async -> ControlAnswer {
        let began = control.shared.clock.monotonicNanoseconds()
        let found = Self.match(request)
        let reply: ControlReply
        do {
            reply = try await self.reply(to: request, found)
        } catch {
            reply = .problem(error)
        }
        log(request, found, reply, since: began)
        return ControlAnswer(
            connection: request.connection, route: found.first?.route.label ?? .none, reply: reply)
    }

    private struct Match {
        let route: AdminRoute
        let parameters: [String: String]
    }

    /// The routes of the request's path, by whichever method.
    private static func match(_ request: ControlRequest) -> [Match] {
        let path = PathPattern.split(request.path)
        return AdminRouteTable.routes.compactMap { route in
            route.pattern.match(path).map { Match(route: route, parameters: $0) }
        }
    }

    private func reply(
        to request: ControlRequest, _ found: [Match]
    ) async throws(Problem) -> ControlReply {
        // Whether there is such a path is told to holders of a token alone.
        let author = try author(of: request, found)
        guard !found.isEmpty else { throw .notFound }
        let method = request.method == "HEAD" ? "GET" : request.method
        guard let match = found.first(where: { $0.route.method == method }) else {
            return .notAllowed(Self.allowed(found.map(\.route)))
        }
        let call = AdminCall(request, by: author, match.parameters)
        try require(match.route.permission, of: call)
        try requireRoom(for: match.route)
        return try await match.route.handler(control, call)
    }

    /// - Throws: ``Problem`` 401 where a token is needed and there is none that works.
    private func author(
        of request: ControlRequest, _ found: [Match]
    ) throws(Problem) -> Author {
        let isOpen = request.isLocal && found.contains { $0.route.permission.scrapes }
        let state = control.shared.projected
        if let holder = control.tokens.holder(request.authorization, among: state) { return holder }
        if isOpen { return .scraper }
        control.shared.refusedTokens.record(
            request.authorization == nil ? .missing : .unknown, from: request.client)
        throw .noToken
    }

    /// The methods of a path, for `Allow`.
    static func allowed(_ routes: [AdminRoute]) -> String {
        routes.map { $0.method == "GET" ? "GET, HEAD" : $0.method }.joined(separator: ", ")
    }

    // MARK: Permission

    /// - Throws: ``Problem`` 403 where the token's role does not permit the request; 404 for what
    ///   is another client's: a client does not learn that it exists.
    private func require(
        _ permission: AdminRoute.Permission, of call: AdminCall
    ) throws(Problem) {
        let isPermitted: Bool
        switch call.author.role {
        case .admin, .gateway: isPermitted = true
        case .operator: isPermitted = permission.operators
        case .scrape: isPermitted = permission.scrapes
        case .client:
            try requireOwnership(permission.clients, of: call)
            isPermitted = permission.clients != .nothing
        }
        guard isPermitted else {
            control.shared.refusedTokens.record(
                .role, from: call.request.client, name: call.author.name)
            throw .forbidden
        }
    }

    private func requireOwnership(
        _ scope: AdminRoute.ClientScope, of call: AdminCall
    ) throws(Problem) {
        switch scope {
        case .filtered: return
        case .ownOperation:
            let id = call["operation"]
            let owner = control.shared.projected.catalogue.operation(id)?.client
            guard owner == call.author.name else { throw .unknownOperation }
        case .ownKey:
            let id = call["key_id"]
            let catalogue = control.shared.projected.catalogue
            let owner = catalogue.keyIndex(id)
                .map { catalogue.operations[Int(catalogue.keys[Int($0)].operation)].client }
            guard owner == call.author.name else { throw .notFound }
        case .nothing:
            // What is below an operation of another client's is not there for this one.
            guard call.hasParameter("operation") else { return }
            try requireOwnership(.ownOperation, of: call)
        }
    }

    // MARK: The log

    /// A line for each request of a token's holder, where the log's level is `debug`: what was
    /// asked for, by whom, what was answered, and how long that took. Others are counted.
    private func log(
        _ request: ControlRequest, _ found: [Match], _ reply: ControlReply, since began: UInt64
    ) {
        let shared = control.shared
        guard shared.logger.logLevel <= .debug,
            let holder = control.tokens.holder(request.authorization, among: shared.projected)
        else { return }
        let nanoseconds = shared.clock.monotonicNanoseconds() - began
        shared.logger.debug(
            "request answered",
            metadata: [
                "method": "\(request.method)",
                "route": "\((found.first?.route.label ?? Route.none).label)",
                "status": .stringConvertible(reply.status.rawValue),
                "duration_seconds": .stringConvertible(Double(nanoseconds) / 1e9),
                "by": "\(holder.name)", "role": "\(holder.role.rawValue)",
            ])
    }

    // MARK: Load

    /// - Throws: ``Problem`` 503 where entries wait that this would hold up.
    private func requireRoom(for route: AdminRoute) throws(Problem) {
        guard let shedding = route.shedding, control.shared.isFull(for: shedding) else { return }
        control.shared.instruments.countShed(shedding)
        throw .overloaded
    }
}

extension Author {
    /// Whoever scrapes from this machine without a token.
    fileprivate static let scraper = Author(.scrape, name: "local")
}
