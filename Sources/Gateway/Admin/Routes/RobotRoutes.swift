internal import Evidence
internal import Ledger
internal import Wire

/// The routes of robots: what was found, and why.
enum RobotRoutes {
    static let routes: [AdminRoute] = [
        AdminRoute(
            "GET", "/v1/operations/{operation}/robots", .robots, .readers, shedding: .statistics,
            query: RobotsView.parameters,
            "Robots among an operation's entries: rules, tools, origins, and other bounds (C6).",
            answers: [.json(.ok, RobotsView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try RobotHandlers(control).robots(call) },
        AdminRoute(
            "GET", "/v1/entries/{entry}/robots", .robots, .readersOfAll, shedding: .statistics,
            work: .report, query: Language.parameters,
            "What the verdict on an entry rests on, in words for the person; English or French.",
            answers: [.json(.ok, RobotExplanationView.shape)],
            refusals: [.notFound, .conflict, .unprocessableContent, .serviceUnavailable]
        ) { (control, call) throws(Problem) in try RobotHandlers(control).explain(call) },
    ]
}
