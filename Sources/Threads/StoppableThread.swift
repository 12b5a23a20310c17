internal import Synchronization

/// A thread that its owner starts and stops.
///
/// Its body asks ``isStopping`` whenever it wakes, and returns. Stopping may be asked for often,
/// and by several threads: all of them come back after the end.
package final class StoppableThread: Sendable {
    private let stopping = Atomic<Bool>(false)
    private let thread = Mutex<SystemThread?>(nil)

    package init() {}

    /// Whether the body is to return.
    package var isStopping: Bool { stopping.load(ordering: .acquiring) }

    /// Whether it was started, and the body has returned.
    package var hasEnded: Bool { thread.withLock { $0 }?.hasEnded ?? false }

    /// Starts it, once.
    /// - Parameter name: at most 15 bytes; the kernel keeps no more.
    /// - Throws: ``ThreadFailure`` where the system has no room.
    package func start(
        name: String, _ body: @escaping @Sendable () -> Void
    ) throws(ThreadFailure) {
        let started = try SystemThread(name: name, body)
        thread.withLock { thread in
            precondition(thread == nil, "a thread is started once")
            thread = started
        }
    }

    /// Has the body return, and waits for it. Without a start there is nothing to wait for.
    /// - Parameter wake: wakes the thread where it sleeps.
    package func stop(waking wake: () -> Void) {
        stopping.store(true, ordering: .releasing)
        wake()
        join()
    }

    /// Waits for the end, whatever brings it about.
    package func join() { thread.withLock { $0 }?.join() }
}
