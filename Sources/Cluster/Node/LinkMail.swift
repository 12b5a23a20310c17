internal import LockFree
internal import Synchronization

/// What other threads have the thread of the links send: what came of changes. It comes rarely, so
/// a lock will do.
final class LinkMail: Sendable {
    struct Letter: Sendable {
        /// The peer that it is for, which may be gone.
        let peer: UInt64
        let outcome: [UInt8]
    }

    private let waiting = Mutex<[Letter]>([])
    /// How many wait, to look before locking.
    private let count = Atomic<Int>(0)
    private let bell: Doorbell

    /// - Parameter bell: wakes the thread of the links.
    init(_ bell: Doorbell) { self.bell = bell }

    var isEmpty: Bool { count.load(ordering: .acquiring) == 0 }

    func post(_ letter: Letter) {
        waiting.withLock { $0.append(letter) }
        count.add(1, ordering: .releasing)
        bell.ring()
    }

    func drain() -> [Letter] {
        guard !isEmpty else { return [] }
        return waiting.withLock { waiting in
            count.subtract(waiting.count, ordering: .relaxed)
            defer { waiting = [] }
            return waiting
        }
    }
}
