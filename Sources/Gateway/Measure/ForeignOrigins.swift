internal import Bytes
internal import Logging
internal import Synchronization

/// Origins whose pages sent entries that their operation does not allow: loops record them, the
/// pulse logs them, once a minute at most. What a page may send is bounded here: so many origins,
/// so many bytes of each, printable ASCII.
final class ForeignOrigins: Sendable {
    /// Entries from one origin for one operation, since the last line in the log.
    struct Refusals: Equatable, Sendable {
        let operation: UInt32
        let origin: String
        var count: UInt64 = 1
    }

    private struct State {
        var refusals: [Refusals] = []
        /// From further origins.
        var others: UInt64 = 0
        /// When the last line was written, in nanoseconds of the monotonic clock; nil before it.
        var loggedAt: UInt64?
    }

    private let state = Mutex(State())

    static var origins: Int { 8 }
    static var originBytes: Int { 255 }
    private static var pauseNanoseconds: UInt64 { 60_000_000_000 }

    /// Records that an entry was refused. Does not wait: where another thread records at the same
    /// moment, only the metrics count this one.
    func record(_ origin: RawSpan, of operation: UInt32) {
        _ = state.withLockIfAvailable { state in
            let origin = origin.extracting(0..<min(origin.byteCount, Self.originBytes))
            let known = state.refusals.firstIndex { refusals in
                refusals.operation == operation
                    && refusals.origin.withBytes { origin.equals($0) }
            }
            if let known {
                state.refusals[known].count += 1
            } else if state.refusals.count < Self.origins {
                state.refusals.append(
                    Refusals(operation: operation, origin: Self.printable(origin)))
            } else {
                state.others += 1
            }
        }
    }

    /// What was recorded, if there is anything and a line is due; forgets it.
    /// - Parameter now: nanoseconds of the monotonic clock.
    func due(at now: UInt64) -> (refusals: [Refusals], others: UInt64)? {
        state.withLock { state in
            guard !state.refusals.isEmpty else { return nil }
            if let last = state.loggedAt, now &- last < Self.pauseNanoseconds { return nil }
            defer { state = State(loggedAt: now) }
            return (state.refusals, state.others)
        }
    }

    /// A browser sends nothing else; somebody may.
    private static func printable(_ origin: RawSpan) -> String {
        var text = ByteBuffer(capacity: originBytes)
        for offset in 0..<origin.byteCount {
            let byte = origin[offset]
            text.append(byte > ASCII.space && byte < ASCII.delete ? byte : UInt8(ascii: "?"))
        }
        return text.text
    }
}
