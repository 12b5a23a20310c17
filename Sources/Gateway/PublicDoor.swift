internal import Sockets
internal import Synchronization

/// Whether, and where, the gateway listens for front ends.
final class PublicDoor: Sendable {
    private let stored = Mutex<[SocketAddress]>([])

    /// Empty while it does not listen.
    var addresses: [String] { stored.withLock { $0 }.map(\.description) }

    /// Begins to listen; who connects waits until a loop takes it.
    func bind(_ configuration: Gateway.Configuration) throws(StartError) -> Listeners {
        let listeners = try Listeners.bindPublic(configuration)
        stored.withLock { $0 = listeners.addresses }
        return listeners
    }
}
