internal import Synchronization

/// The last events, and who follows them. The projector publishes, streams subscribe: under one
/// lock, so that between what a stream is given of the past and what comes there is no gap.
final class EventFeed: Sendable {
    /// What one stream is sent.
    struct Selection: Sendable {
        /// This operation's events alone; nil: of all.
        var operation: String?
        /// This client's operations' events alone; nil: everything.
        var client: String?

        func contains(_ event: StreamedEvent) -> Bool {
            (operation == nil || event.operation == operation)
                && (client == nil || event.owner == client)
        }
    }

    private struct State {
        var recent: [StreamedEvent] = []
        /// Every event of a record behind this one is among the recent ones.
        var start: UInt64 = 0
        /// The last record whose event, if it brings one, has been published.
        var end: UInt64 = 0
        var streams: [ObjectIdentifier: (stream: EventStream, selection: Selection)] = [:]
    }

    private let state = Mutex(State())

    /// Events that are kept in memory; what is older is read from the log.
    static var maximumRecent: Int { 1_000 }

    /// Says behind which record this process begins. To be called before any event.
    func begin(after record: UInt64) {
        state.withLock { state in
            state.start = record
            state.end = record
        }
    }

    /// The record up to which every stream has been given what it follows.
    var end: UInt64 { state.withLock { $0.end } }

    /// Sends events to all who follow them. The projector's call, when their records are durable.
    /// - Parameter record: the last one that was looked at.
    func publish(_ events: [StreamedEvent], upTo record: UInt64) {
        state.withLock { state in
            state.end = max(state.end, record)
            state.recent += events
            let surplus = state.recent.count - Self.maximumRecent
            if surplus > 0 {
                state.start = state.recent[surplus - 1].record
                state.recent.removeFirst(surplus)
            }
            for (id, follower) in state.streams {
                for event in events where follower.selection.contains(event) {
                    guard !follower.stream.send(event.bytes) else { continue }
                    state.streams[id] = nil
                    break
                }
            }
        }
    }

    /// Sends what came behind a record, and from now on what comes.
    /// - Parameter record: nil for what comes alone.
    /// - Returns: nil where the stream is subscribed; otherwise the record up to which the events
    ///   must be read from the log first.
    func subscribe(
        _ stream: EventStream, _ selection: Selection, after record: UInt64?
    ) -> UInt64? {
        state.withLock { state in
            if let record {
                guard record >= state.start else { return state.start }
                for event in state.recent
                where event.record > record && selection.contains(event) {
                    guard stream.send(event.bytes) else { return nil }
                }
            }
            state.streams[ObjectIdentifier(stream)] = (stream, selection)
            return nil
        }
    }

    func unsubscribe(_ stream: EventStream) {
        state.withLock { $0.streams[ObjectIdentifier(stream)] = nil }
    }
}
