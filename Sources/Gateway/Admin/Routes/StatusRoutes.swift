internal import Evidence
internal import Ledger
internal import Wire

/// The route of a client's status page.
enum StatusRoutes {
    static let routes: [AdminRoute] = [
        AdminRoute(
            "GET", "/v1/clients/{client}/status", .statusPage, .readersOfClient,
            shedding: .statistics, query: Language.parameters,
            "How the service is for a client, as a page by Accept; a browser may send the token "
                + "as password.",
            answers: [
                AdminRoute.Answer(
                    status: .ok,
                    content: [
                        ("application/json", ServiceStatus.shapeOfClient), ("text/html", nil),
                    ])
            ], refusals: [.notFound], acceptsBasic: true
        ) { (control, call) throws(Problem) in try StatusHandlers(control).show(call) }
    ]
}
