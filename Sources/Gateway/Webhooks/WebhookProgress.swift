internal import Time

/// Where the delivery of one event stands that has failed so far.
struct WebhookProgress: Equatable, Sendable {
    /// The number of the record that the event is made from.
    var record: UInt64
    /// Requests that were sent for it, by this process.
    var attempts: UInt32
    /// The HTTP status of the last one; nil where no answer came.
    var status: UInt16?
    /// Why no answer came.
    var reason: String?
    var lastAttemptAt: Timestamp
    var nextAttemptAt: Timestamp
}
