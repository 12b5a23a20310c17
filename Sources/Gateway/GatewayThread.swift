internal import CLinux
internal import Glibc

/// A thread of the gateway, named for the tools that list threads.
///
/// The pool of Swift concurrency is for work that comes and goes; these run from start to end,
/// block where the design lets them, and are joined.
final class GatewayThread: @unchecked Sendable {
    // `@unchecked Sendable`: the handle is written once, before the thread is known to anyone.
    private var handle = pthread_t()

    /// Starts a thread.
    /// - Parameter name: at most 15 bytes; the kernel keeps no more.
    /// - Throws: ``StartError`` where the system, or what the process may use of it, has no room.
    init(name: String, _ body: @escaping @Sendable () -> Void) throws(StartError) {
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
        let result = unsafe pthread_create(
            &handle, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                _ = unsafe linux_name_thread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        guard result == 0 else {
            unsafe start.release()
            throw .thread("\(name): \(unsafe String(cString: strerror(result)))")
        }
    }

    /// Waits until the thread has ended.
    func join() {
        _ = pthread_join(handle, nil)
    }

    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
