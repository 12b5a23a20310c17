internal import LockFree
internal import Synchronization

/// The way from the sequencer to the projector. Batches with entries alone never come by here, so
/// a lock will do; the sequencer holds it for one append, the projector for one exchange.
///
/// Nothing is lost, and nobody is made to wait: while the backlog is at its bound the sequencer
/// leaves administrative commands in their own lane, whose senders are bounded by
/// ``ControlShares``, and goes on with entries. What entries bring about by
/// themselves is bounded by the operations: two marks of a cover and the end of a suspension each.
final class ProjectionQueue: Sendable {
    private let waiting = Mutex<[PublishedBatch]>([])
    /// Records and outcomes that are not projected yet.
    private let backlog = Atomic<Int>(0)
    /// When the oldest batch that is not projected yet was published; 0 where there is none.
    /// Written under the lock.
    private let oldest = Atomic<UInt64>(0)
    private let closed = Atomic<Bool>(false)
    /// Wakes the projector.
    let bell: Doorbell

    /// Records and outcomes that may wait; a few hundred bytes each, 256 KiB at most.
    static var maximumBacklog: Int { 4_096 }

    init() throws(DoorbellError) {
        bell = try Doorbell()
    }

    // MARK: The sequencer's side

    /// Whether the backlog leaves room for a further command.
    var hasRoom: Bool { backlog.load(ordering: .relaxed) < Self.maximumBacklog }

    /// Hands a batch over. It is taken in any case.
    func publish(_ batch: PublishedBatch) {
        backlog.add(batch.size, ordering: .relaxed)
        waiting.withLock { waiting in
            waiting.append(batch)
            if oldest.load(ordering: .relaxed) == 0 {
                oldest.store(batch.publishedAt, ordering: .relaxed)
            }
        }
        bell.ring()
    }

    // MARK: The projector's side

    /// All batches that wait, oldest first.
    func drain() -> [PublishedBatch] {
        waiting.withLock { waiting in
            let drained = waiting
            waiting = []
            return drained
        }
    }

    /// Reports what ``drain()`` gave as projected.
    func finish(_ batches: [PublishedBatch]) {
        let size = batches.reduce(0) { $0 + $1.size }
        // Releasing: whoever finds the queue idle sees what the projection wrote.
        backlog.subtract(size, ordering: .releasing)
        waiting.withLock { waiting in
            oldest.store(waiting.first?.publishedAt ?? 0, ordering: .relaxed)
        }
    }

    var hasWork: Bool { waiting.withLock { !$0.isEmpty } }

    // MARK: Anyone's

    /// Whether everything that was published is projected.
    var isIdle: Bool { backlog.load(ordering: .acquiring) == 0 }

    /// How long the oldest batch has waited that is not projected yet; 0 where there is none.
    /// - Parameter now: the monotonic clock, nanoseconds.
    func lagNanoseconds(at now: UInt64) -> UInt64 {
        let oldest = oldest.load(ordering: .relaxed)
        return oldest == 0 || oldest > now ? 0 : now - oldest
    }

    /// Ends the projector once everything is projected; nothing is published after this.
    func close() {
        closed.store(true, ordering: .releasing)
        bell.ring()
    }

    var isClosed: Bool { closed.load(ordering: .acquiring) }
}
