internal import Ledger
internal import Wire

/// The route of events as they are recorded.
enum EventRoutes {
    static let routes: [AdminRoute] = [
        AdminRoute(
            "GET", "/v1/events", .events, .readersOfAll, shedding: .statistics, work: .stream,
            query: [
                QueryParameter(
                    name: "operation", shape: .identifier, summary: "Of this operation alone."),
                QueryParameter(
                    name: "follow", shape: .boolean,
                    summary: "false: those that are recorded by now, from the oldest on; then the "
                        + "stream ends. Default: true."),
                QueryParameter(
                    name: "recent", shape: .boolean,
                    summary: "true: begins with the last events, a thousand at most; "
                        + "Last-Event-ID goes before it. Default: false."),
            ],
            fields: [
                FieldParameter(
                    name: "Last-Event-ID", pattern: "^[0-9]{0,20}$",
                    summary: "The record to go on behind; 0 is the beginning. Without it, or "
                        + "empty: events from now on.")
            ],
            "Events as they are recorded, as server-sent events; Last-Event-ID resumes.",
            answers: [AdminRoute.Answer(status: .ok, content: [("text/event-stream", nil)])],
            refusals: [.notFound, .gone]
        ) { (control, call) throws(Problem) in try EventHandlers(control).follow(call) }
    ]
}
