internal import Ledger
internal import Wire

/// The routes of permits for load tests (C7).
enum PermitRoutes {
    static let routes: [AdminRoute] = [
        AdminRoute(
            "GET", "/v1/permits", .permits, .staff, shedding: .statistics,
            query: PageRequest.parameters,
            "The permits for load tests, page by page, with the counts of their runs.",
            answers: [.json(.ok, ListView<PermitView>.shape)]
        ) { (control, call) throws(Problem) in try PermitHandlers(control).list(call) },
        AdminRoute(
            "POST", "/v1/permits", .permits, .admin,
            "Issues a permit: entries that come with it are test entries, and count nowhere.",
            body: PermitView.body, answers: [.json(.created, NewPermitView.shape)],
            refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await PermitHandlers(control).issue(call) },
        AdminRoute(
            "POST", "/v1/permits/verify", .permits, .staff,
            "Says whether the gateway signed a permit, and whether it lets an entry in now.",
            body: VerifiedPermitView.body, answers: [.json(.ok, VerifiedPermitView.shape)],
            refusals: [.serviceUnavailable]
        ) { (control, call) throws(Problem) in try await PermitHandlers(control).verify(call) },
        AdminRoute(
            "POST", "/v1/permits/{permit_id}/revoke", .permits, .operators, work: .measure,
            "Ends a permit: refused from the next entry on.",
            body: Shape.note, answers: [.json(.ok, PermitView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try await PermitHandlers(control).revoke(call) },
        AdminRoute(
            "POST", "/v1/permits/{permit_id}/purge", .permits, .admin, shedding: .reports,
            "Takes a run's entries out of every count, and has what they gave forgotten.",
            body: PermitView.purge, answers: [.json(.ok, PermitView.shape)],
            refusals: [.notFound, .conflict, .internalServerError]
        ) { (control, call) throws(Problem) in try await PermitHandlers(control).purge(call) },
    ]
}
