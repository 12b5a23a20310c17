internal import Wire

/// What a route is expected to answer: its series exist before the first such answer, so that a
/// rate is right from the first one on.
extension Route {
    /// The statuses that a listener answers by this route, ascending.
    func statuses(of kind: ListenerKind) -> [HTTPStatus] {
        Self.statuses[kind.rawValue * Self.allCases.count + rawValue]
    }

    private static let statuses: [[HTTPStatus]] = ListenerKind.allCases.flatMap { kind in
        allCases.map { route in
            let found = route.found(of: kind)
            return HTTPStatus.allCases.filter { found.contains($0) }
        }
    }

    private func found(of kind: ListenerKind) -> Set<HTTPStatus> {
        switch self {
        case .none:
            return [.noContent, .unauthorized, .notFound, .methodNotAllowed, .serviceUnavailable]
        case .malformed:
            return Set(HTTPRejection.allCases.map(\.status) + [.serviceUnavailable])
        case .pages:
            return [.ok, .notModified, .methodNotAllowed]
        default: break
        }
        var found: Set<HTTPStatus> = []
        for route in PublicRouteTable.routes
        where route.label == self && (kind == .public || route.isOfBoth) {
            found.formUnion(route.answers.map(\.status) + route.refusals + [.methodNotAllowed])
            // A preflight, and an entry that finds no room.
            found.formUnion([.noContent, .serviceUnavailable])
        }
        guard kind == .admin else { return found }
        for route in AdminRouteTable.routes where route.label == self {
            found.formUnion(route.answers.map(\.status) + route.refusals)
            found.formUnion([
                .unauthorized, .forbidden, .notFound, .methodNotAllowed, .serviceUnavailable,
            ])
            guard route.body != nil else { continue }
            found.formUnion([
                .badRequest, .unsupportedMediaType, .unprocessableContent, .insufficientStorage,
            ])
        }
        return found
    }
}
