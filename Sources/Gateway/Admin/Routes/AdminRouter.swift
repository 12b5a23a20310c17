internal import Bytes
internal import Ledger
internal import Logging
internal import Projections
internal import Synchronization
internal import Time
internal import Wire

/// Finds the route of a request of the admin listener, and who may use it. All of it is quick: the
/// loop decides it before anything is handed to another thread.
struct AdminRouter {
    let control: Control

    /// A route of a request's path, by whichever method.
    struct Match {
        let route: AdminRoute
        let parameters: [String: String]
    }

    /// What the loop finds of a request.
    enum Finding {
        case permitted(PermittedCall)
        case answered(ControlReply)
    }

    /// The routes of the request's path, by whichever method.
    static func match(_ request: ControlRequest) -> [Match] {
        let path = PathPattern.split(request.path)
        return AdminRouteTable.routes.compactMap { route in
            route.pattern.match(path).map { Match(route: route, parameters: $0) }
        }
    }

    /// Who sends the request. Whether there is such a path is told to holders of a token alone.
    /// - Parameter isFirstLook: a use of a suspected token counts once a request.
    /// - Throws: ``Problem`` 401 where a token is needed and there is none that works.
    func author(
        of request: ControlRequest, _ found: [Match], isFirstLook: Bool
    ) throws(Problem) -> Author {
        let isOpen = request.isLocal && found.contains { $0.route.permission.scrapes }
        let shared = control.shared
        let now = shared.ledgerTime
        let isForBrowsers = found.contains { $0.route.acceptsBasic }
        let authorization =
            isForBrowsers
            ? BasicCredential.asBearer(request.authorization) : request.authorization
        let credential = control.tokens.credential(
            authorization, among: shared.projected, at: now)
        switch credential {
        case .admin:
            warnOfAge(at: now)
            return .admin
        case .token(let index, let token):
            if isFirstLook, token.suspectedAt != nil {
                shared.suspectedUses.record(.token(index), at: now, lane: request.lane)
            }
            return token.holder
        case .expired(let token):
            if isOpen { return .scraper }
            shared.refusedTokens.record(.expired, from: request.client, name: token.holder.name)
            throw .tokenExpired(
                token.id, at: token.expires.rfc3339, asksBrowsers: isForBrowsers)
        case .unknown:
            if isOpen { return .scraper }
            shared.refusedTokens.record(
                request.authorization == nil ? .missing : .unknown, from: request.client)
            throw isForBrowsers ? .noTokenOfBrowser : .noToken
        }
    }

    /// Says that the admin token is old, once a day while it is used: it never expires, so that it
    /// locks nobody out.
    private func warnOfAge(at now: Timestamp) {
        guard let days = control.tokens.overdueDays(at: now) else { return }
        control.shared.logger.warning(
            "the admin token is old: write a new one to admin.token, and send SIGHUP",
            metadata: ["age_days": .stringConvertible(days)])
    }

    /// Whether a request of this author may be handled.
    /// - Throws: ``Problem`` why not.
    func permit(
        _ request: ControlRequest, _ found: [Match], by author: Author
    ) throws(Problem) -> Finding {
        guard !found.isEmpty else { throw .notFound }
        let method = request.method == "HEAD" ? "GET" : request.method
        guard let match = found.first(where: { $0.route.method == method }) else {
            return .answered(.notAllowed(Self.allowed(found.map(\.route))))
        }
        let call = AdminCall(request, by: author, match.parameters)
        try require(match.route.permission, of: call)
        try requireRoom(for: match.route)
        return .permitted(PermittedCall(route: match.route, call: call))
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
        if call.author.role == .client { try requireOwnership(permission.clients, of: call) }
        guard permission.roles.contains(call.author.role) else {
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
        case .ownClient:
            guard call["client"] == call.author.name else { throw .unknownClient }
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
    static let scraper = Author(.scrape, name: "local")
}
