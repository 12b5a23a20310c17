package import Time

/// How the delivery of one event to one webhook ended: the proof of having told (C8, C15).
package struct WebhookDelivery: Equatable, Codable, Sendable {
    package enum Outcome: String, CaseIterable, Codable, Sendable {
        /// The receiver answered 2xx.
        case delivered
        /// It did not within the time for it, or it answered 410 Gone.
        case givenUp = "given_up"
    }

    /// The number of the record that the event is made from.
    package var record: UInt64
    package var type: WebhookEventType
    package var outcome: Outcome
    /// Requests that were sent for it, by the process that ended it.
    package var attempts: UInt32
    /// The HTTP status of the last one; `nil` where no answer came.
    package var status: UInt16?
    /// When the last one ended.
    package var at: Timestamp

    package init(
        record: UInt64, type: WebhookEventType, outcome: Outcome, attempts: UInt32,
        status: UInt16?, at: Timestamp
    ) {
        self.record = record
        self.type = type
        self.outcome = outcome
        self.attempts = attempts
        self.status = status
        self.at = at
    }

    /// The receiver said that it is gone: nothing further is sent there.
    package var isGone: Bool { outcome == .givenUp && status == 410 }
}
