internal import Synchronization

/// How a leader hands its office over while it lives: it decides nothing more, then tells all nodes
/// which one is to take over, and that one claims the log at once.
///
///     none ──begin──► begun ──settle──► settled        the successor claims
///       ◄──────────────cancel──────────────┘           where it does not in time
///
/// Safety does not rest on it: whatever a leader appends behind another one's claim is fenced.
package final class Succession: Sendable {
    private enum Phase: UInt8 {
        case none, begun, settled
    }

    private let phase = Atomic<UInt8>(Phase.none.rawValue)
    private let named = Mutex<String?>(nil)
    /// Tells the nodes; called once, when all is stored.
    private let notice = Mutex<(@Sendable () -> Void)?>(nil)

    init() {}

    /// Whether the thread that decides is to decide nothing more. It asks once a turn.
    package var isBegun: Bool { phase.load(ordering: .acquiring) != Phase.none.rawValue }

    /// Whether that thread has not seen it yet.
    package var isPending: Bool { phase.load(ordering: .relaxed) == Phase.begun.rawValue }

    /// Whether all that was decided is stored, and nothing more will be.
    package var isSettled: Bool { phase.load(ordering: .acquiring) == Phase.settled.rawValue }

    /// The node that is to take over now; nil before all is stored.
    package var successor: String? { isSettled ? named.withLock { $0 } : nil }

    /// - Parameter onSettled: called by the thread that decides, at once when all is stored: the
    ///   successor waits for nothing else.
    /// - Returns: false where one is under way.
    package func begin(
        to node: String, onSettled: @escaping @Sendable () -> Void = {}
    ) -> Bool {
        // Under the lock of the name: nobody reads the one before.
        named.withLock { name in
            let isFirst = phase.compareExchange(
                expected: Phase.none.rawValue, desired: Phase.begun.rawValue, ordering: .relaxed
            ).exchanged
            if isFirst {
                name = node
                notice.withLock { $0 = onSettled }
            }
            return isFirst
        }
    }

    /// The call of the thread that decides, behind its last batch.
    package func settle() {
        let isFirst = phase.compareExchange(
            expected: Phase.begun.rawValue, desired: Phase.settled.rawValue,
            ordering: .acquiringAndReleasing
        ).exchanged
        guard isFirst else { return }
        // Whoever begins has the lock until the notice is there.
        let notice = named.withLock { _ in self.notice.withLock { $0.take() } }
        notice?()
    }

    /// Nobody has taken over: this node goes on.
    package func cancel() {
        phase.store(Phase.none.rawValue, ordering: .releasing)
    }
}
