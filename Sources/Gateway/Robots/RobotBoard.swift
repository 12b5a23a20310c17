internal import Ledger
internal import Synchronization
internal import Time

/// The last hour of robots by operation and minute, as this process has counted it: the pulse
/// writes, readers copy.
///
/// Bounded: so many minutes of an operation, and so many of all together; the oldest go first.
final class RobotBoard: Sendable {
    private struct State {
        /// By operation, the oldest first; minutes without a robot too.
        var minutes: [UInt32: [RobotMinute]] = [:]
        /// The minutes that have not ended, and how far they have come.
        var open: [UInt32: RobotMinute] = [:]
        var shownAt = Timestamp(milliseconds: 0)
        /// Whose minutes they are, in the order in which they came.
        var order: ContiguousArray<UInt32> = []
        /// Of the order, those that are gone.
        var gone = 0
    }

    private let state = Mutex(State())

    /// Minutes of one operation.
    static var minutesOfOperation: Int { 60 }
    /// Minutes of all operations together.
    static var maximumMinutes: Int { 20_000 }

    // MARK: The pulse

    /// Adds a minute that has ended.
    func add(_ minute: RobotMinute, of operation: UInt32) {
        state.withLock { state in
            state.minutes[operation, default: []].append(minute)
            state.order.append(operation)
            state.open[operation] = nil
            if state.minutes[operation, default: []].count > Self.minutesOfOperation {
                Self.removeFirst(of: operation, &state)
            }
            while state.order.count - state.gone > Self.maximumMinutes {
                let oldest = state.order[state.gone]
                state.gone += 1
                Self.removeFirst(of: oldest, &state)
            }
            if state.gone > Self.maximumMinutes {
                state.order.removeFirst(state.gone)
                state.gone = 0
            }
        }
    }

    /// An operation may have fewer minutes than the order says: what is gone is not looked for.
    private static func removeFirst(of operation: UInt32, _ state: inout State) {
        guard state.minutes[operation]?.isEmpty == false else { return }
        state.minutes[operation]?.removeFirst()
        if state.minutes[operation]?.isEmpty == true { state.minutes[operation] = nil }
    }

    /// Shows minutes that go on, in which something has come: all others go on as they were.
    func show(_ open: [UInt32: RobotMinute], at now: Timestamp) {
        state.withLock { state in
            state.open.merge(open) { $1 }
            state.shownAt = now
        }
    }

    /// Forgets the minute of an operation that goes on.
    func drop(_ operation: UInt32) {
        state.withLock { $0.open[operation] = nil }
    }

    // MARK: Anyone

    /// The minutes of an operation, the oldest first, the last of which may go on.
    func minutes(of operation: UInt32) -> [RobotMinute] {
        state.withLock { state in
            let minutes = state.minutes[operation] ?? []
            guard var open = state.open[operation] else { return minutes }
            open.until = max(open.until, state.shownAt)
            return minutes + [open]
        }
    }
}
