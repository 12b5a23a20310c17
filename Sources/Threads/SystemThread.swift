internal import CLinux
internal import Glibc
internal import Synchronization

/// A thread of the process, named for the tools that list threads.
///
/// The pool of Swift concurrency is for work that comes and goes; these run from start to end, and
/// block where the design lets them. The system's handle is given back exactly once: by the first
/// ``join()``, or, where nobody joins, by `deinit`. After that it may be another thread's.
package final class SystemThread: Sendable {
    /// Nil once it is given back. The lock is held while somebody joins, so that all who join come
    /// back after the end.
    private let handle: Mutex<pthread_t?>
    private let ending: Ending

    /// Whether the body has returned.
    private final class Ending: Sendable {
        let isReached = Atomic<Bool>(false)
    }

    /// Starts a thread.
    ///
    /// It is born with signals blocked, which are for the threads that wait for them; a fault of
    /// its own ends the process all the same.
    /// - Parameter name: at most 15 bytes; the kernel keeps no more.
    /// - Throws: ``ThreadFailure`` where the system, or what the process may use of it, has no
    ///   room.
    package init(name: String, _ body: @escaping @Sendable () -> Void) throws(ThreadFailure) {
        let ending = Ending()
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body, ending: ending))
        var started = pthread_t()
        let before = Self.blockSignals()
        let code = unsafe pthread_create(
            &started, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                // `unsafe`: the reference that was retained for this thread.
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                _ = unsafe linux_name_thread(start.name)
                start.body()
                start.ending.isReached.store(true, ordering: .releasing)
                return nil
            }, start.toOpaque())
        Self.setSignals(before)
        self.ending = ending
        handle = Mutex(code == 0 ? started : nil)
        guard code == 0 else {
            unsafe start.release()
            throw ThreadFailure(name: name, code: code)
        }
    }

    deinit {
        handle.withLock { handle in
            if let left = handle.take() { _ = pthread_detach(left) }
        }
    }

    /// Whether it has done all its work: ``join()`` then waits for the system alone.
    package var hasEnded: Bool { ending.isReached.load(ordering: .acquiring) }

    /// Waits until the thread has ended. Any thread but itself may call it, as often as it likes.
    package func join() {
        handle.withLock { handle in
            guard let running = handle.take() else { return }
            let code = pthread_join(running, nil)
            precondition(code == 0, "a thread is joined by another one, and once")
        }
    }

    // MARK: Signals

    /// Blocks all signals but those of a fault.
    /// - Returns: those that were blocked before.
    private static func blockSignals() -> sigset_t {
        var blocked = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&blocked)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS] {
            unsafe sigdelset(&blocked, fault)
        }
        unsafe pthread_sigmask(SIG_SETMASK, &blocked, &before)
        return before
    }

    private static func setSignals(_ signals: sigset_t) {
        var signals = signals
        unsafe pthread_sigmask(SIG_SETMASK, &signals, nil)
    }

    private final class Start {
        let name: String
        let body: @Sendable () -> Void
        let ending: Ending

        init(name: String, body: @escaping @Sendable () -> Void, ending: Ending) {
            self.name = name
            self.body = body
            self.ending = ending
        }
    }
}

/// The kernel's reason why a thread could not be started.
package struct ThreadFailure: Error, CustomStringConvertible {
    package let name: String
    /// `errno`: EAGAIN, mostly.
    package let code: Int32

    package var description: String { "\(name): \(unsafe String(cString: strerror(code)))" }
}
