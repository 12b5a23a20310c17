/// How far a loop's graceful shutdown has come.
///
/// ```
/// SIGTERM     notice over                 last connection gone, or drain_seconds over
///    │  notice     │  finishing                 │
///    ├─────────────┼────────────────────────────┤
///    accepts, and  accepts no more; what is in
///    serves as     flight is answered; a client that
///    always        is silent for long is closed
/// ```
///
/// All the while each answer says `Connection: close`. An active client so learns to come back on a
/// new connection, which the next process accepts: nothing of its is lost. Closing idle connections
/// at once, as many servers do, resets requests that are on their way.
///
/// What is left is the client that is silent for the whole notice and sends while our close is on
/// its way to it: it gets no answer, and what it sent was not read. To send it again is right
/// (RFC 9110, 9.2.2), and with an `Idempotency-Key` it is right without knowing that.
///
/// Times are milliseconds of the monotonic clock.
enum DrainPhase: Equatable {
    case serving
    case notice(until: UInt64, cutAt: UInt64)
    case finishing(cutAt: UInt64)

    /// What a loop does when a phase ends.
    enum Action {
        case stopListening, cutAll
    }

    var isDraining: Bool { self != .serving }

    /// The notice begins.
    mutating func begin(_ limits: Limits, now: UInt64) {
        let cutAt = now + UInt64(limits.drainSeconds) * 1_000
        self = .notice(
            until: min(cutAt, now + UInt64(limits.drainNoticeMilliseconds)), cutAt: cutAt)
    }

    /// - Parameter connections: that are open; without any, there is nobody to notify.
    /// - Returns: what is to be done now; ask until there is nothing.
    mutating func advance(to now: UInt64, connections: Int) -> Action? {
        switch self {
        case .serving: return nil
        case .notice(let until, let cutAt):
            guard now >= until || connections == 0 else { return nil }
            self = .finishing(cutAt: cutAt)
            return .stopListening
        case .finishing(let cutAt):
            return now >= cutAt && connections > 0 ? .cutAll : nil
        }
    }

    /// Milliseconds until something is to be done; nil where nothing is.
    func untilNext(now: UInt64) -> UInt64? {
        switch self {
        case .serving: nil
        case .notice(let end, _), .finishing(let end): end > now ? end - now : 0
        }
    }
}
