internal import LockFree
internal import Synchronization

/// What other threads hand to the one that sends events (``EventDispatcher``): the projector its
/// events, the control side those who follow, the threads that read the log what they found.
///
/// The lock is held to append or to exchange, never to send: so nobody waits here for a reader.
final class EventFeed: Sendable {
    /// Wakes the dispatcher.
    let bell: Doorbell
    private let state = Mutex(State())

    private struct State {
        var work = Work()
        var hasWork = false
        /// See ``remembered``.
        var remembered: UInt64 = 0
    }

    /// What has come since it was drained last.
    struct Work: Sendable {
        /// In the order of the log.
        var events: [StreamedEvent] = []
        /// The last record that was looked at for them.
        var end: UInt64 = 0
        var subscribers: [EventSubscriber] = []
        var pieces: [PieceRead] = []
        var recent: RecentEvents?
        /// The status as `/v1/status` has it.
        var status: [UInt8]?
    }

    /// A piece of the past, for one follower.
    struct PieceRead: Sendable {
        let follower: UInt64
        /// Nil where the log's files do not tell it.
        let piece: PastEvents.Piece?
    }

    /// The last events before this process began, for the memory of events.
    struct RecentEvents: Sendable {
        var events: [StreamedEvent] = []
        /// These are all events of the records behind this one, up to ``end``.
        var start: UInt64
        var end: UInt64
    }

    init() throws(DoorbellError) {
        bell = try Doorbell()
    }

    // MARK: Other threads

    /// Hands on events whose records are durable. The projector's call.
    /// - Parameter record: the last one that was looked at.
    func publish(_ events: [StreamedEvent], upTo record: UInt64) {
        // Records without an event are news for the next mark, which comes by itself.
        change(isNews: !events.isEmpty) { work in
            work.events += events
            work.end = max(work.end, record)
        }
    }

    func subscribe(_ subscriber: EventSubscriber) {
        change { $0.subscribers.append(subscriber) }
    }

    func add(_ piece: PieceRead) {
        change { $0.pieces.append(piece) }
    }

    func add(_ recent: RecentEvents) {
        change { $0.recent = recent }
    }

    func setStatus(_ status: [UInt8]) {
        change { $0.status = status }
    }

    /// Has the dispatcher look again: the kernel has taken what a stream was sent.
    func wake() {
        change { _ in }
    }

    /// Events of the records behind this one need no file of the log.
    var remembered: UInt64 { state.withLock { $0.remembered } }

    private func change(isNews: Bool = true, _ body: (inout Work) -> Void) {
        state.withLock { state in
            body(&state.work)
            if isNews { state.hasWork = true }
        }
        if isNews { bell.ring() }
    }

    // MARK: The dispatcher

    var hasWork: Bool { state.withLock { $0.hasWork } }

    /// Everything that has come.
    /// - Parameter remembered: see ``remembered``.
    func drain(remembering remembered: UInt64) -> Work {
        state.withLock { state in
            let work = state.work
            state.work = Work()
            state.hasWork = false
            state.remembered = remembered
            return work
        }
    }
}
