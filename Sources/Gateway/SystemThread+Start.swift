internal import Threads

extension SystemThread {
    /// Starts a thread that the gateway cannot do without.
    /// - Parameter name: at most 15 bytes.
    /// - Throws: ``StartError`` where the system, or what the process may use of it, has no room.
    static func start(
        as name: String, _ body: @escaping @Sendable () -> Void
    ) throws(StartError) -> SystemThread {
        do throws(ThreadFailure) {
            return try SystemThread(name: name, body)
        } catch {
            throw .thread("\(error)")
        }
    }
}

extension StoppableThread {
    /// The same for one that is stopped.
    func start(as name: String, _ body: @escaping @Sendable () -> Void) throws(StartError) {
        do throws(ThreadFailure) {
            try start(name: name, body)
        } catch {
            throw .thread("\(error)")
        }
    }
}
