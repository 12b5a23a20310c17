internal import Availability
internal import Ledger
internal import Wire

/// The routes of what probes report, and of what follows from it (C10).
enum AvailabilityRoutes {
    static let routes: [AdminRoute] = [
        AdminRoute(
            "POST", "/v1/probes/{probe}/minutes", .probes, .operators,
            "Records what a probe found in a minute that is over, once; the answer has the rule.",
            body: ProbeMinuteView.body, answers: [.json(.ok, ProbeMinuteView.shape)],
            refusals: [.conflict]
        ) { (control, call) throws(Problem) in try await AvailabilityHandlers(control).report(call)
        },
        AdminRoute(
            "DELETE", "/v1/probes/{probe}", .probes, .admin,
            "Removes a probe that measures no more, until it reports again; what it reported "
                + "stays.",
            answers: [.json(.ok, RemovedProbeView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try await AvailabilityHandlers(control).remove(call)
        },
        AdminRoute(
            "GET", "/v1/availability", .availability, .readersOfAll, shedding: .statistics,
            query: query,
            "The availability of a month by both readings of the terms, beside what was measured "
                + "(C9, C10).",
            answers: [.json(.ok, AvailabilityView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try AvailabilityHandlers(control).month(call) },
        AdminRoute(
            "GET", "/v1/statement", .statement, .readersOfAll, shedding: .statistics,
            query: query,
            "What operations used in a month: entries, participants, robots, and what was "
                + "answered otherwise than accepted (C15).",
            answers: [.json(.ok, StatementView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in
            try await StatementHandlers(control).statement(call)
        },
    ]

    private static let query = [
        QueryParameter(
            name: "month", shape: .text(7...7),
            summary: "Such as 2026-11, in the operator's time zone; without it, the current one."),
        QueryParameter(
            name: "client", shape: .identifier,
            summary: "Without it, the platform; with a client's token, its own."),
    ]
}
