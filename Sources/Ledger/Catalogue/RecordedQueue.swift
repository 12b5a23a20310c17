package import Contract
package import Time

/// What is on record of the queue before an operation: for the next start of the process, and for
/// whoever checks the order. Nothing is decided by it.
package struct RecordedQueue: Equatable, Codable, Sendable {
    /// The turnstile's counters; `nil` if no ticket was given.
    package internal(set) var counters: QueueCounters?
    /// When they were recorded.
    package internal(set) var at: Timestamp?
    /// The places of a shuffled start; `nil` if there was none.
    package internal(set) var draw: StartDraw.Record?

    init() {}
}
