internal import Ledger
internal import Projections
internal import Synchronization
internal import Time
internal import Webhooks

/// A webhook, without its secret.
struct WebhookView: Encodable {
    let webhookID: String
    let client: String?
    let url: String
    let events: [String]
    let state: State
    let createdAt: String
    let disabledAt: String?
    let pending: Int
    let oldestPendingAt: String?
    let deliveries: Int
    let failure: WebhookFailureView?

    enum State: String, CaseIterable, Encodable {
        case active, disabled, removed
    }

    init(_ webhook: Catalogue.Webhook, _ shared: Shared, _ outbox: WebhookOutbox) {
        webhookID = webhook.id
        client = webhook.client
        url = webhook.url
        let chosen = webhook.events.isEmpty ? WebhookEventType.selectable : webhook.events
        events = chosen.filter { webhook.client == nil || !$0.isForOperatorAlone }
            .map(\.rawValue)
        state = webhook.removedAt != nil ? .removed : webhook.isActive ? .active : .disabled
        createdAt = webhook.createdAt.rfc3339
        disabledAt = webhook.disabledAt?.rfc3339
        pending = outbox.pendingCount(of: webhook.id)
        oldestPendingAt = outbox.oldestPending(of: webhook.id)?.at.rfc3339
        deliveries = outbox.deliveryCount(of: webhook.id)
        failure = shared.webhooks.progress(of: webhook.id).map { WebhookFailureView($0) }
    }

    private enum CodingKeys: String, CodingKey {
        case client, url, events, state, pending, deliveries, failure
        case webhookID = "webhook_id"
        case createdAt = "created_at"
        case disabledAt = "disabled_at"
        case oldestPendingAt = "oldest_pending_at"
    }
}

/// The event in hand, where its receiver has not taken it so far.
struct WebhookFailureView: Encodable {
    let record: UInt64
    let attempts: UInt32
    let status: UInt16?
    let reason: String?
    let lastAttemptAt: String
    let nextAttemptAt: String

    init(_ progress: WebhookProgress) {
        record = progress.record
        attempts = progress.attempts
        status = progress.status
        reason = progress.reason.map { String($0.prefix(500)) }
        lastAttemptAt = progress.lastAttemptAt.rfc3339
        nextAttemptAt = progress.nextAttemptAt.rfc3339
    }

    private enum CodingKeys: String, CodingKey {
        case record, attempts, status, reason
        case lastAttemptAt = "last_attempt_at"
        case nextAttemptAt = "next_attempt_at"
    }
}

/// What the creation of a webhook is answered with.
struct NewWebhookView: Encodable {
    let webhookID: String
    /// Shown once.
    let secret: String
    let client: String?
    let url: String

    private enum CodingKeys: String, CodingKey {
        case secret, client, url
        case webhookID = "webhook_id"
    }
}

// MARK: Shapes

extension WebhookView {
    static let shape = Shape.object([
        .required("webhook_id", .identifier), .optional("client", .identifier),
        .required("url", url),
        .required(
            "events", .array(eventType, maximum: WebhookEventType.selectable.count),
            "The types that are sent."),
        .required(
            "state", .choice(of: State.self),
            "disabled: its receiver answered 410 Gone, and nothing is sent any more."),
        .required("created_at", .time), .optional("disabled_at", .time),
        .required("pending", .count, "Events that wait to be delivered."),
        .optional("oldest_pending_at", .time),
        .required("deliveries", .count, "Deliveries that ended."),
        .optional(
            "failure", WebhookFailureView.shape,
            "The event in hand, where its receiver has not taken it so far."),
    ])

    static let body = Shape.object([
        .optional(
            "client", .nullable(.identifier),
            "Whose operations' events it gets; without it all: the operator's."),
        .required(
            "url", url,
            "https; http is for this machine's own addresses alone. It is on record."),
        .optional(
            "events",
            .nullable(.array(eventType, maximum: WebhookEventType.selectable.count)),
            "The types that are sent; without it all."),
    ])

    private static let url = Shape.text(1...LedgerLimits.webhookURLBytes)
    private static let eventType = Shape.choice(WebhookEventType.selectable.map(\.rawValue))
}

extension WebhookFailureView {
    static let shape = Shape.object([
        .required("record", .count), .required("attempts", .count),
        .optional("status", .integer(100...599)), .optional("reason", .text(1...500)),
        .required("last_attempt_at", .time), .required("next_attempt_at", .time),
    ])
}

extension NewWebhookView {
    static let shape = Shape.object([
        .required("webhook_id", .identifier),
        .required(
            "secret", .text(1...200),
            "What its messages are signed with, whsec_…: shown once, kept sealed."),
        .optional("client", .identifier),
        .required("url", .text(1...LedgerLimits.webhookURLBytes)),
    ])
}

extension WebhookView: ListedView {
    static var listName: String { "webhooks" }
}
