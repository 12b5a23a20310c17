internal import Bytes
internal import LockFree
internal import Synchronization

/// Where the control side leaves its requests. They are rare, so a lock will do.
final class AdministrationLane: Sendable {
    private let waiting = Mutex<[AdministrativeRequest]>([])
    /// How many wait, to look before locking.
    private let count = Atomic<Int>(0)

    var hasWork: Bool { count.load(ordering: .acquiring) > 0 }

    /// Leaves a request; the caller rings the sequencer's bell.
    func enqueue(_ request: AdministrativeRequest) {
        waiting.withLock { $0.append(request) }
        count.add(1, ordering: .releasing)
    }

    /// Takes the oldest request, if its command is not longer than this. The sequencer's call.
    func next(ofAtMost bytes: Int = .max) -> AdministrativeRequest? {
        guard hasWork else { return nil }
        return waiting.withLock { waiting in
            guard let oldest = waiting.first, oldest.encoded.count <= bytes else { return nil }
            count.subtract(1, ordering: .relaxed)
            return waiting.removeFirst()
        }
    }
}
