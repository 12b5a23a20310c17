internal import Synchronization

/// Leaves of the key trees that are reserved for this process and not used yet: every worker takes
/// from here, 256 at a time, for whichever operation it needs them.
///
/// One lock for each 256 entries. It holds numbers, no keys; the control side fills it from the
/// vault, half a block ahead of need, because that takes the disk.
final class LeafPool: Sendable {
    private struct State {
        var current: Range<UInt64> = 0..<0
        var ahead: Range<UInt64> = 0..<0
        /// Somebody has been asked to fill it.
        var isRefilling = false
    }

    private let state = Mutex(State())
    private let refill = Mutex<(@Sendable () -> Void)?>(nil)

    /// Leaves that the vault is asked for at a time: at 100,000 entries a second one durable write
    /// in ten seconds, begun five before they are needed. A process that ends leaves the rest
    /// unused.
    static var blockLeaves: UInt64 { 1 << 20 }

    /// What has the pool filled, soon and elsewhere; called once for each time it is low.
    func setRefill(_ handler: @escaping @Sendable () -> Void) {
        refill.withLock { $0 = handler }
    }

    /// Whether a worker that asks now gets none.
    var isEmpty: Bool { state.withLock { $0.current.isEmpty && $0.ahead.isEmpty } }

    /// Takes as many leaves; fewer, or none, where there are no more.
    func pop(_ count: UInt64) -> Range<UInt64> {
        let (leaves, isLow) = take(count)
        if isLow { refill.withLock { $0 }?() }
        return leaves
    }

    private func take(_ count: UInt64) -> (leaves: Range<UInt64>, needsRefill: Bool) {
        state.withLock { state in
            if state.current.isEmpty { swap(&state.current, &state.ahead) }
            let start = state.current.lowerBound
            let end = min(start + count, state.current.upperBound)
            state.current = end..<state.current.upperBound
            let isLow =
                state.ahead.isEmpty && UInt64(state.current.count) < Self.blockLeaves / 2
            let needsRefill = isLow && !state.isRefilling
            if needsRefill { state.isRefilling = true }
            return (start..<end, needsRefill)
        }
    }

    /// Adds a block that the vault has reserved.
    func add(_ block: Range<UInt64>) {
        state.withLock { state in
            if state.current.isEmpty { state.current = block } else { state.ahead = block }
            state.isRefilling = false
        }
    }

    /// The one who was to fill it could not: the next worker asks again.
    func refillFailed() {
        state.withLock { $0.isRefilling = false }
    }
}
