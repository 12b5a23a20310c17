/// When the bytes of a harvest of events arrived, as far as a loop can tell without asking the
/// kernel about each socket.
///
/// ```
///  harvest          turn                next harvest
///     ├──────────────────────────────────────┤ not waited for: its events came in between,
///     ├─────────────────┤- - - sleeps - - - -┤ waited for: they have just come
/// ```
///
/// A harvest as large as one can be says that more is ready than it has brought. What the next one
/// brings may have arrived at any time since the last that brought everything.
struct ArrivalEstimate {
    /// When a harvest last brought everything that was ready.
    private var completeAt: UInt64 = 0
    private var isComplete = true

    /// What passes between the end of a turn and a harvest that was not waited for.
    private static var callNanoseconds: UInt64 { 50_000 }

    /// - Parameters:
    ///   - now: when the harvest was made, in nanoseconds of the monotonic clock.
    ///   - busyUntil: when the turn before it ended; nil where that was too short to matter.
    /// - Returns: when its bytes arrived, at a mean; ``UnreadMeter/unwaited`` where they have
    ///   just come.
    func arrival(at now: UInt64, busyUntil: UInt64?) -> UInt64 {
        guard let busyUntil, now &- min(busyUntil, now) <= Self.callNanoseconds else {
            return UnreadMeter.unwaited
        }
        let before = min(completeAt, now)
        return isComplete ? now - (now - before) / 2 : before
    }

    /// A harvest has been made.
    /// - Parameter isComplete: it has brought everything that was ready.
    mutating func record(at now: UInt64, isComplete: Bool) {
        if isComplete { completeAt = now }
        self.isComplete = isComplete
    }
}
