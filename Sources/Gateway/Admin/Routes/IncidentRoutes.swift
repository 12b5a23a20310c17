internal import Ledger
internal import Wire

/// The routes of incidents (C11, C12).
enum IncidentRoutes {
    static let routes: [AdminRoute] = [
        AdminRoute(
            "GET", "/v1/incidents", .incidents, .readersOfAll, shedding: .statistics,
            query: IncidentHandlers.parameters,
            "Incidents, page by page; a client's token: its own, and those of all clients.",
            answers: [.json(.ok, ListView<IncidentView>.shape)]
        ) { (control, call) throws(Problem) in try IncidentHandlers(control).list(call) },
        AdminRoute(
            "GET", "/v1/incidents/{incident}", .incidents, .readersOfAll, shedding: .statistics,
            "One incident with its history.",
            answers: [.json(.ok, IncidentView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try IncidentHandlers(control).show(call) },
        AdminRoute(
            "POST", "/v1/incidents", .incidents, .operatorsAndAllClients,
            "Opens an incident; the answer has its number, and by when work starts (C11, C12).",
            body: IncidentView.body, answers: [.json(.created, IncidentView.shape)],
            refusals: [.conflict]
        ) { (control, call) throws(Problem) in try await IncidentHandlers(control).open(call) },
        AdminRoute(
            "POST", "/v1/incidents/{incident}/acknowledge", .incidents, .operators,
            "Work on an incident starts.", body: Shape.note,
            answers: [.json(.ok, IncidentView.shape)], refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in
            try await IncidentHandlers(control).acknowledge(call)
        },
        AdminRoute(
            "POST", "/v1/incidents/{incident}/notes", .incidents, .operatorsAndAllClients,
            "Adds a note to an incident.", body: IncidentView.note,
            answers: [.json(.ok, IncidentView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try await IncidentHandlers(control).addNote(call) },
        AdminRoute(
            "POST", "/v1/incidents/{incident}/reclassify", .incidents, .operators,
            "Changes an incident's severity; work never starts later by it.",
            body: IncidentView.reclassification,
            answers: [.json(.ok, IncidentView.shape)], refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in
            try await IncidentHandlers(control).reclassify(call)
        },
        AdminRoute(
            "POST", "/v1/incidents/{incident}/resolve", .incidents, .operators,
            "Resolves an incident: confirmed, not confirmed, or not ours.",
            body: IncidentView.resolution,
            answers: [.json(.ok, IncidentView.shape)], refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await IncidentHandlers(control).resolve(call) },
        AdminRoute(
            "POST", "/v1/incidents/{incident}/reopen", .incidents, .operatorsAndAllClients,
            "Opens a resolved incident again, because it is not over.", body: Shape.note,
            answers: [.json(.ok, IncidentView.shape)], refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await IncidentHandlers(control).reopen(call) },
    ]
}
