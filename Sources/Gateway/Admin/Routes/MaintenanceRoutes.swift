internal import Availability
internal import Ledger
internal import Wire

/// The routes of maintenance (C13).
enum MaintenanceRoutes {
    static let routes: [AdminRoute] = [
        AdminRoute(
            "GET", "/v1/maintenance", .maintenance, .readersOfAll, shedding: .statistics,
            query: ServiceList.parameters(states: Maintenance.State.self),
            "Maintenance, page by page; a client's token: its own, and that of all clients.",
            answers: [.json(.ok, ListView<MaintenanceView>.shape)]
        ) { (control, call) throws(Problem) in try MaintenanceHandlers(control).list(call) },
        AdminRoute(
            "POST", "/v1/maintenance", .maintenance, .operators, work: .measure,
            "Announces maintenance, or begins it as an emergency; it is taken out of the month.",
            body: MaintenanceView.body, answers: [.json(.created, MaintenanceView.shape)],
            refusals: [.conflict]
        ) { (control, call) throws(Problem) in
            try await MaintenanceHandlers(control).announce(call)
        },
        AdminRoute(
            "POST", "/v1/maintenance/{maintenance}/extend", .maintenance, .operators,
            work: .measure, "Puts the planned end of maintenance off, or names it.",
            body: MaintenanceView.putOff, answers: [.json(.ok, MaintenanceView.shape)],
            refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in
            try await MaintenanceHandlers(control).extend(call)
        },
        AdminRoute(
            "POST", "/v1/maintenance/{maintenance}/end", .maintenance, .operators,
            work: .measure,
            "Ends maintenance before its planned end; before its start, cancels it.",
            body: MaintenanceView.end, answers: [.json(.ok, MaintenanceView.shape)],
            refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await MaintenanceHandlers(control).end(call) },
    ]
}
