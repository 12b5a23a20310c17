internal import Ledger
internal import Wire

/// The route of events as they are recorded.
enum EventRoutes {
    static let routes: [AdminRoute] = [
        AdminRoute(
            "GET", "/v1/events", .events, .readersOfAll, shedding: .statistics, work: .stream,
            query: [
                QueryParameter(
                    name: "operation", shape: .identifier, summary: "Of this operation alone.")
            ],
            "Events as they are recorded, as server-sent events; Last-Event-ID resumes.",
            answers: [AdminRoute.Answer(status: .ok, content: [("text/event-stream", nil)])],
            refusals: [.notFound, .gone]
        ) { (control, call) throws(Problem) in try EventHandlers(control).follow(call) }
    ]
}
