internal import Ledger
internal import Wire

/// The routes of webhooks: an admin's alone.
enum WebhookRoutes {
    static let routes: [AdminRoute] = [
        AdminRoute(
            "GET", "/v1/webhooks", .webhooks, .auditors, shedding: .statistics,
            query: PageRequest.parameters,
            "The webhooks, page by page, with what waits for each; without their secrets.",
            answers: [.json(.ok, ListView<WebhookView>.shape)]
        ) { (control, call) throws(Problem) in try WebhookHandlers(control).list(call) },
        AdminRoute(
            "GET", "/v1/webhooks/{webhook_id}/deliveries", .webhooks, .auditors,
            shedding: .statistics, query: PageRequest.parameters,
            "How deliveries to a webhook ended, page by page: the proof of having told (C15).",
            answers: [.json(.ok, WebhookDeliveriesView.shape)], refusals: [.notFound]
        ) { (control, call) throws(Problem) in try WebhookHandlers(control).deliveries(call) },
        AdminRoute(
            "POST", "/v1/webhooks", .webhooks, .admin,
            "Adds a receiver of events; the secret that signs is shown once.",
            body: WebhookView.body, answers: [.json(.created, NewWebhookView.shape)]
        ) { (control, call) throws(Problem) in try await WebhookHandlers(control).add(call) },
        AdminRoute(
            "DELETE", "/v1/webhooks/{webhook_id}", .webhooks, .admin,
            "Removes a webhook; what waits for it is not sent.",
            answers: [.json(.ok, WebhookView.shape)], refusals: [.notFound, .insufficientStorage]
        ) { (control, call) throws(Problem) in try await WebhookHandlers(control).remove(call) },
        AdminRoute(
            "POST", "/v1/webhooks/{webhook_id}/test", .webhooks, .admin,
            "Sends a test event, and says what came of it within some seconds.",
            body: .object([]), answers: [.json(.ok, WebhookTestView.shape)],
            refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try await WebhookHandlers(control).test(call) },
    ]
}
