internal import Synchronization

/// Refusals with what tells them apart, for a line in the log once a minute at most: whoever
/// refuses records, the pulse logs. What strangers may bring is bounded here: so many rows; what
/// comes beyond them is counted together.
final class RefusalTally<Key: Equatable & Sendable>: Sendable {
    /// Refusals since the last line in the log.
    struct Row: Equatable, Sendable {
        let key: Key
        var count: UInt64 = 1
    }

    private struct State {
        var rows: [Row] = []
        var others: UInt64 = 0
        /// When the last line was written, in nanoseconds of the monotonic clock; nil before it.
        var loggedAt: UInt64?
    }

    private let state = Mutex(State())

    /// One more is counted among the others.
    static var maximumRows: Int { 8 }
    private static var pauseNanoseconds: UInt64 { 60_000_000_000 }

    /// Records a refusal. Does not wait: where another thread records at the same moment, only the
    /// metrics count this one.
    /// - Parameters:
    ///   - isSame: whether a row is this refusal's.
    ///   - key: the key of a row of its own; made where there is room for one.
    func record(where isSame: (Key) -> Bool, or key: () -> Key) {
        _ = state.withLockIfAvailable { state in
            if let known = state.rows.firstIndex(where: { isSame($0.key) }) {
                state.rows[known].count += 1
            } else if state.rows.count < Self.maximumRows {
                state.rows.append(Row(key: key()))
            } else {
                state.others += 1
            }
        }
    }

    /// What was recorded, if there is anything and a line is due; forgets it.
    /// - Parameter now: nanoseconds of the monotonic clock.
    func due(at now: UInt64) -> (rows: [Row], others: UInt64)? {
        state.withLock { state in
            guard !state.rows.isEmpty else { return nil }
            if let last = state.loggedAt, now &- last < Self.pauseNanoseconds { return nil }
            defer { state = State(loggedAt: now) }
            return (state.rows, state.others)
        }
    }
}
