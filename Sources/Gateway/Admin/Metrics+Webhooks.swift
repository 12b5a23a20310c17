internal import Exposition
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time
internal import Webhooks

/// The families that tell how far receivers of webhooks are behind.
extension Metrics {
    func writeWebhooks(_ writer: inout MetricsWriter) {
        let board = shared.webhooks
        writer.family(
            "portillon_webhook_deliveries", .counter,
            help: "Deliveries to webhooks that ended, by outcome.")
        for outcome in WebhookDelivery.Outcome.allCases {
            writer.sample(board.deliveries(outcome)) { $0.add("outcome", outcome.label) }
        }
        writer.family(
            "portillon_webhook_failed_attempts", .counter,
            help: "Requests to webhooks that failed; each is tried again for days.")
        writer.sample(board.failedAttempts)
        let state = shared.projected
        let pending = state.webhooks.pending
        writer.family(
            "portillon_webhooks", .gauge, help: "Webhooks that events are sent to.")
        writer.sample(state.catalogue.webhooks.count(where: \.isActive))
        writer.family(
            "portillon_webhooks_failing", .gauge,
            help: "Webhooks whose receivers did not take the last request.")
        writer.sample(board.failing)
        writer.family(
            "portillon_webhook_pending", .gauge,
            help: "Events that wait to be delivered, once for each webhook.")
        writer.sample(pending.count)
        writer.family(
            "portillon_webhook_oldest_pending_seconds", .gauge, unit: "seconds",
            help: "Age of the oldest event that waits to be delivered; 0 without any.")
        let age = pending.oldest.map {
            max(shared.clock.wallClock().milliseconds - $0.milliseconds, 0)
        }
        writer.sample(Double(age ?? 0) / 1_000)
    }
}

extension WebhookDelivery.Outcome {
    fileprivate var label: StaticString {
        switch self {
        case .delivered: "delivered"
        case .givenUp: "given_up"
        }
    }
}
