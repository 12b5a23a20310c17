internal import Availability
internal import Ledger
internal import Wire

/// The routes of announced changes (C13, B 3.8).
enum ServiceChangeRoutes {
    static let routes: [AdminRoute] = [
        AdminRoute(
            "GET", "/v1/changes", .changes, .readersOfAll, shedding: .statistics,
            query: ServiceList.parameters(states: ServiceChange.State.self),
            "Announced changes, page by page; a client's token: its own, and those of all clients.",
            answers: [.json(.ok, ListView<ServiceChangeView>.shape)]
        ) { (control, call) throws(Problem) in try ServiceChangeHandlers(control).list(call) },
        AdminRoute(
            "POST", "/v1/changes", .changes, .admin,
            "Announces a change of the service; one that degrades it, 30 days before (B 3.8).",
            body: ServiceChangeView.body, answers: [.json(.created, ServiceChangeView.shape)],
            refusals: [.conflict]
        ) { (control, call) throws(Problem) in
            try await ServiceChangeHandlers(control).announce(call)
        },
        AdminRoute(
            "POST", "/v1/changes/{change}/withdraw", .changes, .admin,
            "Takes an announced change back, before its effect.", body: Shape.note,
            answers: [.json(.ok, ServiceChangeView.shape)], refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in
            try await ServiceChangeHandlers(control).withdraw(call)
        },
    ]
}
