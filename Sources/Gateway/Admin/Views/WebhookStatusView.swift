internal import Ledger
internal import Projections
internal import Synchronization
internal import Time
internal import Webhooks

/// How far receivers of webhooks are behind, in the status.
struct WebhookStatusView: Encodable {
    let active: Int
    let failing: Int
    let pending: Int
    let oldestPendingAt: String?

    init(_ shared: Shared) {
        let state = shared.projected
        let waiting = state.webhooks.pending
        active = state.catalogue.webhooks.count(where: \.isActive)
        failing = shared.webhooks.failing
        pending = waiting.count
        oldestPendingAt = waiting.oldest?.rfc3339
    }

    private enum CodingKeys: String, CodingKey {
        case active, failing, pending
        case oldestPendingAt = "oldest_pending_at"
    }

    static let shape = Shape.object([
        .required("active", .count, "Webhooks that events are sent to."),
        .required("failing", .count, "Those whose receivers did not take the last request."),
        .required("pending", .count, "Events that wait, once for each webhook."),
        .optional("oldest_pending_at", .time),
    ])
}
