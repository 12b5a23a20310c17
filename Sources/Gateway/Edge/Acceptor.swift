internal import Bytes
internal import Glibc
internal import Sockets

/// A loop's listener: connections that wait are taken, until the loop takes none any more.
///
/// Accepting pauses while there are no descriptors left: the listener is level-triggered, and would
/// be reported again at once, and spin.
struct Acceptor: ~Copyable {
    /// Nil once the loop takes no connections any more.
    private var listener: Listener?
    private var isPaused = false
    /// Whether the listener's queue outlives this process.
    private(set) var isInherited = false

    /// Connections accepted in one turn of the loop.
    static var acceptedPerTurn: Int { 64 }

    private static var token: EventToken { EventToken(place: .max, generation: 0) }

    /// - Parameter listener: nil where it comes later, or never.
    init(
        _ listener: consuming Listener?, watchedBy poller: borrowing Poller
    ) throws(SystemError) {
        self.listener = nil
        try listen(listener, watchedBy: poller)
    }

    /// Takes connections from here.
    mutating func listen(
        _ listener: consuming Listener?, watchedBy poller: borrowing Poller
    ) throws(SystemError) {
        for descriptor in listener?.descriptors ?? [] {
            try poller.addLevelTriggered(descriptor, token: Self.token)
        }
        isInherited = listener?.isInherited ?? false
        self.listener = consume listener
    }

    var isListening: Bool { listener != nil }

    /// Takes the next connection that waits.
    mutating func accept(_ poller: borrowing Poller) -> AcceptResult {
        let result = listener?.accept() ?? .nothingWaits
        if case .outOfDescriptors = result {
            unwatch(poller)
            isPaused = true
        }
        return result
    }

    /// Tries to accept again, where it was paused.
    mutating func resume(_ poller: borrowing Poller) {
        guard isPaused, let descriptors = listener?.descriptors else { return }
        do {
            for descriptor in descriptors {
                try poller.addLevelTriggered(descriptor, token: Self.token)
            }
            isPaused = false
        } catch {
            // The kernel has no memory for it yet; the next try is near, and adds all of them.
            unwatch(poller)
        }
    }

    /// Takes no connections any more.
    mutating func stop(_ poller: borrowing Poller) {
        guard isListening else { return }
        // While others hold the same socket, closing would not take it out of the poller.
        unwatch(poller)
        listener = nil
    }

    private mutating func unwatch(_ poller: borrowing Poller) {
        for descriptor in listener?.descriptors ?? [] { poller.remove(descriptor) }
    }

    /// Closes a connection that is not taken, and says why where that is understood.
    static func refuse(
        _ descriptor: Int32, _ refusal: AdmissionRefusal, _ kind: ListenerKind
    ) {
        switch refusal {
        case .answered:
            TooManyConnections.next(kind).withBytes { Connection.refuse(descriptor, with: $0) }
        case .silent: _ = close(descriptor)
        }
    }
}
