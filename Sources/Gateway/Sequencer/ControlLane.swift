internal import Synchronization

/// Where the control side leaves what it asks of the sequencer, in order. It asks rarely, so a lock
/// will do.
final class ControlLane<Request: Sendable>: Sendable {
    private let waiting = Mutex<[Request]>([])
    /// How many wait, to look before locking.
    private let count = Atomic<Int>(0)

    var hasWork: Bool { count.load(ordering: .acquiring) > 0 }

    /// Leaves a request; the caller rings the sequencer's bell.
    func enqueue(_ request: Request) {
        waiting.withLock { $0.append(request) }
        count.add(1, ordering: .releasing)
    }

    /// Takes the oldest request, if there is room for it. The sequencer's call.
    func next(where fits: (Request) -> Bool = { _ in true }) -> Request? {
        guard hasWork else { return nil }
        return waiting.withLock { waiting in
            guard let oldest = waiting.first, fits(oldest) else { return nil }
            count.subtract(1, ordering: .relaxed)
            return waiting.removeFirst()
        }
    }
}

/// Commands, to be decided.
typealias AdministrationLane = ControlLane<AdministrativeRequest>
/// Questions on what operations used, to be answered behind a batch.
typealias ConsumptionLane = ControlLane<ConsumptionQuestion>

extension AdministrationLane {
    /// Takes the oldest request, if its command is not longer than this.
    func next(ofAtMost bytes: Int) -> AdministrativeRequest? {
        next { $0.encoded.count <= bytes }
    }
}
