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
        var minutes: [UInt32: [Kept]] = [:]
        /// The minutes that have not ended, and how far they have come.
        var open: [UInt32: RobotMinute] = [:]
        var shownAt = Timestamp(milliseconds: 0)
        /// Every minute that is kept, in the order in which they came; and some that are gone.
        var order: ContiguousArray<Place> = []
        /// Places of the order that have been looked at: their minutes are gone.
        var passed = 0
        /// Minutes that are kept.
        var count = 0
        /// Minutes that came so far.
        var added: UInt64 = 0
    }

    private struct Kept {
        /// Which one of all that came.
        let number: UInt64
        let minute: RobotMinute
    }

    private struct Place {
        let operation: UInt32
        let number: UInt64
    }

    private let state = Mutex(State())
    /// Minutes of all operations together.
    private let maximumMinutes: Int

    /// Minutes of one operation.
    static var minutesOfOperation: Int { 60 }

    init(maximumMinutes: Int = 20_000) {
        self.maximumMinutes = maximumMinutes
    }

    // MARK: The pulse

    /// Adds a minute that has ended.
    func add(_ minute: RobotMinute, of operation: UInt32) {
        state.withLock { state in
            state.added += 1
            state.minutes[operation, default: []].append(
                Kept(number: state.added, minute: minute))
            state.order.append(Place(operation: operation, number: state.added))
            state.count += 1
            state.open[operation] = nil
            if state.minutes[operation, default: []].count > Self.minutesOfOperation {
                Self.removeFirst(of: operation, &state)
            }
            while state.count > maximumMinutes {
                let oldest = state.order[state.passed]
                state.passed += 1
                if Self.isKept(oldest, state) { Self.removeFirst(of: oldest.operation, &state) }
            }
            if state.order.count > 2 * maximumMinutes {
                state.order = ContiguousArray(
                    state.order[state.passed...].filter { Self.isKept($0, state) })
                state.passed = 0
            }
        }
    }

    /// Whether a minute is still there: of an operation, the oldest goes first.
    private static func isKept(_ place: Place, _ state: State) -> Bool {
        guard let first = state.minutes[place.operation]?.first else { return false }
        return first.number <= place.number
    }

    private static func removeFirst(of operation: UInt32, _ state: inout State) {
        state.minutes[operation]?.removeFirst()
        state.count -= 1
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
            let minutes = (state.minutes[operation] ?? []).map(\.minute)
            guard var open = state.open[operation] else { return minutes }
            open.until = max(open.until, state.shownAt)
            return minutes + [open]
        }
    }
}
