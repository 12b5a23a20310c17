internal import Sockets
internal import Synchronization

/// Whether, and where, the gateway listens for front ends.
final class PublicDoor: Sendable {
    private let stored = Mutex<[SocketAddress]>([])
    private let isOpen = Mutex(false)

    /// Empty while it does not listen.
    var addresses: [String] { stored.withLock { $0 }.map(\.description) }

    /// Begins to listen; who connects waits until a loop takes it.
    func bind(_ configuration: Gateway.Configuration) throws(StartError) -> Listeners {
        let listeners = try Listeners.bindPublic(configuration)
        stored.withLock { $0 = listeners.addresses }
        return listeners
    }

    /// Has the loops take connections, where they do not yet: with an office, or before it, when
    /// another node takes this one's entries.
    func open(_ configuration: Gateway.Configuration, _ shared: Shared) throws(StartError) {
        try isOpen.withLock { isOpen throws(StartError) in
            guard !isOpen else { return }
            isOpen = true
            try bind(configuration).open(shared)
        }
    }
}
