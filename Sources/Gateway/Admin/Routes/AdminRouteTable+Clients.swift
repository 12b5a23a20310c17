internal import Contract
internal import Ledger
internal import Wire

/// A client as a whole, and what was said between the parties.
extension AdminRouteTable {
    static let clients: [AdminRoute] = suspensionOfClients + exchanges

    private static let suspensionOfClients: [AdminRoute] = [
        AdminRoute(
            "GET", "/v1/clients/{client}", .clients, .readersOfClient, shedding: .statistics,
            "One client: its name, and whether it is suspended.",
            answers: [.json(.ok, ClientView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try ClientHandlers(control).show(call) },
        AdminRoute(
            "POST", "/v1/clients/{client}/suspend", .standing, .operators, work: .measure,
            "Suspends a client with all its operations, those to come too (C8).",
            body: SuspensionView.body, answers: [.json(.ok, ClientView.shape)],
            refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await ClientHandlers(control).suspend(call) },
        AdminRoute(
            "POST", "/v1/clients/{client}/resume", .standing, .operators, work: .measure,
            "Ends a client's suspension; its operations' own suspensions stay.",
            body: Shape.resumption, answers: [.json(.ok, ClientView.shape)],
            refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await ClientHandlers(control).resume(call) },
        AdminRoute(
            "GET", "/v1/suspension-notice", .standing, .staff, shedding: .statistics,
            query: NoticeRuleView.parameters,
            "From when on a suspension on a ground is allowed, behind a notice (C8, C14).",
            answers: [.json(.ok, NoticeRuleView.shape)]
        ) { (control, call) throws(Problem) in try ClientHandlers(control).noticeRule(call) },
    ]

    private static let exchanges: [AdminRoute] = [
        AdminRoute(
            "GET", "/v1/operations/{operation}/notes", .notes, .readers, shedding: .statistics,
            query: PageRequest.parameters,
            "What was said between the parties about an operation, page by page (C15).",
            answers: [.json(.ok, ListView<ExchangeView>.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try ClientHandlers(control).operationNotes(call) },
        AdminRoute(
            "POST", "/v1/operations/{operation}/notes", .notes, .operatorsAndClients,
            "Puts what was said about an operation on record (C15).", body: ExchangeView.body,
            answers: [.json(.created, ExchangeView.shape)], refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in
            try await ClientHandlers(control).addOperationNote(call)
        },
        AdminRoute(
            "GET", "/v1/clients/{client}/notes", .notes, .readersOfClient, shedding: .statistics,
            query: PageRequest.parameters,
            "What was said with a client, about its operations too, page by page (C15).",
            answers: [.json(.ok, ListView<ExchangeView>.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try ClientHandlers(control).clientNotes(call) },
        AdminRoute(
            "POST", "/v1/clients/{client}/notes", .notes, .operatorsAndOwnClient,
            "Puts what was said with a client on record (C15).", body: ExchangeView.body,
            answers: [.json(.created, ExchangeView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in
            try await ClientHandlers(control).addClientNote(call)
        },
    ]
}
