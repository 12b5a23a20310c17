internal import Ledger
internal import Time

/// How the delivery of one event ended.
struct WebhookDeliveryView: Encodable {
    let record: UInt64
    let type: String
    let outcome: String
    let attempts: UInt32
    let status: UInt16?
    let at: String

    init(_ delivery: WebhookDelivery) {
        record = delivery.record
        type = delivery.type.rawValue
        outcome = delivery.outcome.rawValue
        attempts = delivery.attempts
        status = delivery.status
        at = delivery.at.rfc3339
    }
}

struct WebhookDeliveriesView: Encodable {
    let deliveries: [WebhookDeliveryView]
    let pending: Int
    let failure: WebhookFailureView?
    let next: String?
}

/// What a test of a webhook came to within a few seconds.
struct WebhookTestView: Encodable {
    let webhookID: String
    let record: UInt64?
    let outcome: Outcome
    let attempts: UInt32
    let status: UInt16?
    let reason: String?

    enum Outcome: String, CaseIterable, Encodable {
        case delivered
        case givenUp = "given_up"
        /// It failed so far, or has not had its turn: it is tried again.
        case pending
    }

    private enum CodingKeys: String, CodingKey {
        case record, outcome, attempts, status, reason
        case webhookID = "webhook_id"
    }
}

// MARK: Shapes

extension WebhookDeliveryView {
    static let shape = Shape.object([
        .required("record", .count, "The record that the event is made from."),
        .required("type", .choice(of: WebhookEventType.self)),
        .required("outcome", .choice(of: WebhookDelivery.Outcome.self)),
        .required("attempts", .count, "Requests, by the process that ended it."),
        .optional("status", .integer(100...599), "Of the last answer; absent where none came."),
        .required("at", .time, "When the last request ended."),
    ])
}

extension WebhookDeliveriesView {
    static let shape = Shape.object([
        .required(
            "deliveries", .array(WebhookDeliveryView.shape, maximum: ListLimits.pageElements)),
        .required("pending", .count, "Events that wait to be delivered."),
        .optional("failure", WebhookFailureView.shape),
        .optional("next", .text(1...10), "Goes into `after`; absent on the last page."),
    ])
}

extension WebhookTestView {
    static let shape = Shape.object([
        .required("webhook_id", .identifier), .optional("record", .count),
        .required(
            "outcome", .choice(of: Outcome.self),
            "pending: it failed so far, or others go before it; it is tried again."),
        .required("attempts", .count), .optional("status", .integer(100...599)),
        .optional("reason", .text(1...500)),
    ])
}
