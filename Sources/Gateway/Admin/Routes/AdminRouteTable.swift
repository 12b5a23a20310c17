internal import Evidence
internal import Ledger
internal import Wire

/// Every route of the admin listener, one entry each. Matching, 405 with `Allow`, permissions,
/// shedding, metrics labels, the OpenAPI document and ARCHITECTURE's table follow from it.
///
/// `/healthz`, `/readyz` and `OPTIONS *` are of both listeners, and answered by the loop itself:
/// ``LoopRoute``.
enum AdminRouteTable {
    static let routes: [AdminRoute] =
        reading + operations + declarations + planning + standing + clients + access
        + RobotRoutes.routes + WebhookRoutes.routes + EventRoutes.routes + PermitRoutes.routes
        + IncidentRoutes.routes + MaintenanceRoutes.routes + ServiceRoutes.routes
        + ServiceChangeRoutes.routes + AvailabilityRoutes.routes + StatusRoutes.routes
        + ClusterRoutes.routes

    private static let operation = Shape.named("Operation")

    private static let reading: [AdminRoute] = [
        AdminRoute(
            "GET", "/metrics", .metrics, .metrics, work: .scrape,
            "Metrics for Prometheus, as text or OpenMetrics by Accept.",
            answers: [
                AdminRoute.Answer(
                    status: .ok,
                    content: [("text/plain", nil), ("application/openmetrics-text", nil)])
            ]
        ) { (control, call) throws(Problem) in try ReadingHandlers(control).metrics(call) },
        AdminRoute(
            "GET", "/openapi.json", .openAPI, .readersOfAll, "This document, of both listeners.",
            answers: [.json(.ok, .map(.any))]
        ) { control, _ in ReadingHandlers(control).openAPI() },
        AdminRoute(
            "GET", "/v1/status", .status, .staff, shedding: .statistics,
            "Pressure and rates as they are now, and the operations that matter most.",
            answers: [.json(.ok, StatusView.shape)]
        ) { control, _ in ReadingHandlers(control).status() },
        AdminRoute(
            "GET", "/v1/operations", .operations, .readersOfAll, shedding: .statistics,
            query: OperationFilter.parameters + PageRequest.parameters,
            "All operations, page by page; with a client's token, its own.",
            answers: [.json(.ok, ListView<OperationView>.shape)]
        ) { (control, call) throws(Problem) in try ReadingHandlers(control).operations(call) },
        AdminRoute(
            "GET", "/v1/operations/{operation}", .operation, .readers, shedding: .statistics,
            "One operation: settings, state, counts, declarations, keys.",
            answers: [.json(.ok, operation)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try ReadingHandlers(control).operation(call) },
        AdminRoute(
            "GET", "/v1/operations/{operation}/campaigns", .campaigns, .readers,
            shedding: .statistics, query: PageRequest.parameters,
            "The campaigns that were declared for an operation (C1), page by page.",
            answers: [.json(.ok, ListView<CampaignView>.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try ReadingHandlers(control).campaigns(call) },
        AdminRoute(
            "GET", "/v1/operations/{operation}/keys", .keys, .readers,
            shedding: .statistics, query: PageRequest.parameters,
            "The front-end keys of an operation, page by page, without their secrets.",
            answers: [.json(.ok, ListView<KeyView>.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try ReadingHandlers(control).keys(call) },
        AdminRoute(
            "GET", "/v1/operations/{operation}/evidence", .evidence, .readers, shedding: .reports,
            query: Language.parameters,
            "The dossier: what is on record of an operation, with hashes; in English or French.",
            answers: [
                AdminRoute.Answer(
                    status: .ok,
                    content: [
                        ("application/json", .map(.any)), ("text/html", nil), ("text/plain", nil),
                    ])
            ], refusals: [.notFound, .unprocessableContent, .internalServerError]
        ) { (control, call) throws(Problem) in try EvidenceHandlers(control).dossier(call) },
        AdminRoute(
            "GET", "/v1/operations/{operation}/export", .export, .people, shedding: .reports,
            query: ExportFormat.parameters,
            "The entries so far, with what people gave, as a stream; on record (C17, C18).",
            answers: [
                AdminRoute.Answer(
                    status: .ok, content: [("application/x-ndjson", nil), ("text/csv", nil)])
            ], refusals: [.notFound, .conflict, .internalServerError, .insufficientStorage]
        ) { (control, call) throws(Problem) in try await ExportHandlers(control).export(call) },
        AdminRoute(
            "GET", "/v1/token", .tokens, .readersOfAll,
            "Whose token this is, until when it works, and which requests it permits.",
            answers: [.json(.ok, OwnTokenView.shape)]
        ) { control, call in TokenHandlers(control).own(call) },
        AdminRoute(
            "GET", "/v1/tokens", .tokens, .auditors, shedding: .statistics,
            query: PageRequest.parameters,
            "The tokens of the admin listener, page by page, without their secrets.",
            answers: [.json(.ok, ListView<TokenView>.shape)]
        ) { (control, call) throws(Problem) in try TokenHandlers(control).list(call) },
    ]

    private static let operations: [AdminRoute] = [
        AdminRoute(
            "PUT", "/v1/clients/{client}", .clients, .admin,
            "Makes a client known, or changes its name.", body: ClientView.body,
            answers: [.json(.ok, ClientView.shape), .json(.created, ClientView.shape)]
        ) { (control, call) throws(Problem) in try await OperationHandlers(control).putClient(call)
        },
        AdminRoute(
            "PUT", "/v1/operations/{operation}", .operation, .admin,
            "Makes an operation as a draft, or changes its settings and keeps its state.",
            body: OperationView.body,
            answers: [.json(.ok, operation), .json(.created, operation)], refusals: [.conflict]
        ) { (control, call) throws(Problem) in try await OperationHandlers(control).put(call) },
        AdminRoute(
            "PATCH", "/v1/operations/{operation}", .operation, .clients,
            "Changes the settings that are named and keeps the others (JSON Merge Patch).",
            body: OperationView.patch,
            bodyTypes: ["application/merge-patch+json", "application/json"],
            answers: [.json(.ok, operation)], refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await OperationHandlers(control).patch(call) },
        AdminRoute(
            "DELETE", "/v1/operations/{operation}", .operation, .clients, shedding: .reports,
            "Exports an operation, then takes it away for good (C18).",
            body: RetirementView.body, answers: [.json(.ok, RetirementView.shape)],
            refusals: [.notFound, .conflict, .internalServerError]
        ) { (control, call) throws(Problem) in try await RetirementHandlers(control).delete(call) },
        AdminRoute(
            "POST", "/v1/operations/{operation}/reset", .reset, .clients, shedding: .reports,
            "Exports an operation, then sets it back to zero (C18).",
            body: RetirementView.body, answers: [.json(.ok, RetirementView.shape)],
            refusals: [.notFound, .conflict, .internalServerError]
        ) { (control, call) throws(Problem) in try await RetirementHandlers(control).reset(call) },
    ]

    private static let declarations: [AdminRoute] = [
        AdminRoute(
            "POST", "/v1/operations/{operation}/traffic-notice", .trafficNotice, .clients,
            "Gives notice of more participants than any operation may have (C2).",
            body: TrafficNoticeView.body,
            answers: [
                .json(.ok, TrafficNoticeView.shape), .json(.created, TrafficNoticeView.shape),
            ], refusals: [.notFound]
        ) { (control, call) throws(Problem) in
            try await DeclarationHandlers(control).giveNotice(call)
        },
        AdminRoute(
            "DELETE", "/v1/operations/{operation}/traffic-notice", .trafficNotice, .clients,
            "Withdraws the notice.", body: Shape.note, answers: [.json(.ok, operation)],
            refusals: [.notFound]
        ) { (control, call) throws(Problem) in
            try await DeclarationHandlers(control).withdrawNotice(call)
        },
        AdminRoute(
            "POST", "/v1/operations/{operation}/campaigns", .campaigns, .clients,
            "Declares a campaign (C1).", body: CampaignView.body,
            answers: [.json(.created, CampaignView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in
            try await DeclarationHandlers(control).declareCampaign(call)
        },
        AdminRoute(
            "DELETE", "/v1/operations/{operation}/campaigns/{campaign}", .campaigns, .clients,
            "Withdraws a campaign.", body: Shape.note,
            answers: [.json(.ok, CampaignView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in
            try await DeclarationHandlers(control).withdrawCampaign(call)
        },
    ]

    private static let planning: [AdminRoute] = [
        AdminRoute(
            "GET", "/v1/calendar", .calendar, .readersOfAll, shedding: .statistics,
            query: CalendarRange.parameters,
            "Declared campaigns as they are expected, of others without names for a client (C17); "
                + "maintenance (C13), announced changes (B 3.8), the operator's business hours.",
            answers: [.json(.ok, CalendarView.shape)]
        ) { (control, call) throws(Problem) in try CalendarHandlers(control).calendar(call) },
        AdminRoute(
            "GET", "/v1/calendar.ics", .calendar, .readersOfAll, shedding: .statistics,
            query: CalendarRange.parameters + Language.parameters,
            "The same as iCalendar (RFC 5545), in English or French; a calendar program may send "
                + "the token as password.",
            answers: [AdminRoute.Answer(status: .ok, content: [("text/calendar", nil)])],
            acceptsBasic: true
        ) { (control, call) throws(Problem) in try CalendarHandlers(control).file(call) },
        AdminRoute(
            "POST", "/v1/operations/{operation}/campaign-check", .campaigns, .readers,
            "Whether a campaign fits beside all that is declared, and in which waves it would; "
                + "changes nothing.",
            body: CampaignCheckView.body, answers: [.json(.ok, CampaignCheckView.shape)],
            refusals: [.notFound]
        ) { (control, call) throws(Problem) in try CalendarHandlers(control).check(call) },
    ]

    private static let standing: [AdminRoute] = [
        AdminRoute(
            "POST", "/v1/operations/{operation}/open", .standing, .clients, work: .measure,
            "Opens an operation for entries.", body: Shape.note,
            answers: [.json(.ok, operation)], refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await StandingHandlers(control).open(call) },
        AdminRoute(
            "POST", "/v1/operations/{operation}/close", .standing, .clients, work: .measure,
            "Closes an operation.", body: Shape.note, answers: [.json(.ok, operation)],
            refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await StandingHandlers(control).close(call) },
        AdminRoute(
            "POST", "/v1/operations/{operation}/resume", .standing, .operatorsAndClients,
            work: .measure,
            "Lets an operation in again that was suspended or smoothed.",
            body: Shape.resumption,
            answers: [.json(.ok, operation)], refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await StandingHandlers(control).resume(call) },
        AdminRoute(
            "POST", "/v1/operations/{operation}/suspend", .standing, .operatorsAndClients,
            work: .measure,
            "Suspends an operation, for a time or for good (C8).", body: SuspensionView.body,
            answers: [.json(.ok, operation)], refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await StandingHandlers(control).suspend(call) },
        AdminRoute(
            "POST", "/v1/operations/{operation}/pace", .standing, .operators, work: .measure,
            "Lets in so many entries a second at most; null: as many as come.",
            body: StandingHandlers.paceBody, answers: [.json(.ok, operation)],
            refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await StandingHandlers(control).setPace(call) },
    ]

    private static let access: [AdminRoute] = [
        AdminRoute(
            "POST", "/v1/clock/confirm", .clock, .operators, work: .measure,
            "Confirms the clock, by its date, where it is far from the journal's last record.",
            body: ClockView.body, answers: [.json(.ok, ClockView.shape)], refusals: [.conflict]
        ) { (control, call) throws(Problem) in try await ClockHandlers(control).confirm(call) },
        AdminRoute(
            "POST", "/v1/operations/{operation}/keys", .keys, .clients,
            "Makes a front-end key; its secret is shown once.", body: NewKeyView.body,
            answers: [.json(.created, NewKeyView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try await KeyHandlers(control).add(call) },
        AdminRoute(
            "POST", "/v1/keys/{key_id}/revoke", .keys, .ownKeys, work: .measure,
            "Declares a front-end key lost, stolen or replaced (C16).", body: RevocationView.body,
            answers: [.json(.ok, KeyView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try await KeyHandlers(control).revoke(call) },
        AdminRoute(
            "POST", "/v1/keys/{key_id}/suspect", .keys, .ownKeys,
            "Watches a front-end key without refusing it (C16).", body: Shape.note,
            answers: [.json(.ok, KeyView.shape)], refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await KeyHandlers(control).suspect(call) },
        AdminRoute(
            "POST", "/v1/tokens", .tokens, .admin,
            "Makes a token of the admin listener; its secret is shown once.",
            body: NewTokenView.body, answers: [.json(.created, NewTokenView.shape)]
        ) { (control, call) throws(Problem) in try await TokenHandlers(control).add(call) },
        AdminRoute(
            "POST", "/v1/tokens/{token_id}/renew", .tokens, .admin,
            "Makes a token in the place of another one; for a time both work (C16).",
            body: RenewedTokenView.body, answers: [.json(.created, RenewedTokenView.shape)],
            refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await TokenHandlers(control).renew(call) },
        AdminRoute(
            "POST", "/v1/tokens/{token_id}/revoke", .tokens, .admin, work: .measure,
            "Declares such a token lost, stolen or replaced (C16).", body: RevocationView.body,
            answers: [.json(.ok, TokenView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try await TokenHandlers(control).revoke(call) },
        AdminRoute(
            "POST", "/v1/tokens/{token_id}/suspect", .tokens, .admin,
            "Watches such a token without refusing it (C16).", body: Shape.note,
            answers: [.json(.ok, TokenView.shape)], refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await TokenHandlers(control).suspect(call) },
    ]
}
