package import Ledger
package import Time

/// One event as it is sent: what is signed, byte for byte the same at each attempt.
package struct WebhookMessage: Equatable, Sendable {
    /// The number of the record that it is made from.
    package let record: UInt64
    /// The time of that record.
    package let at: Timestamp
    package let type: WebhookEventType
    /// JSON: `{"data":{…},"timestamp":"…","type":"…"}`.
    package let body: [UInt8]

    init(record: UInt64, at: Timestamp, type: WebhookEventType, body: [UInt8]) {
        self.record = record
        self.at = at
        self.type = type
        self.body = body
    }

    /// The value of `webhook-id`: the same at each attempt, after a restart too, so that a receiver
    /// can pass over what it has seen. It has no full stop, which separates what is signed.
    package func identifier(for webhook: String) -> String { "\(webhook)-\(record)" }
}
