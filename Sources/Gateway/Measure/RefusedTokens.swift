internal import Addresses
internal import Synchronization

/// Why a request of the admin listener was refused for its token.
enum TokenRefusal: Int, CaseIterable, Sendable {
    /// There was none.
    case missing
    /// It is no token's, or of one that was revoked.
    case unknown
    /// Its time is over.
    case expired
    /// Its role does not permit the request.
    case role

    var label: StaticString {
        switch self {
        case .missing: "missing"
        case .unknown: "unknown"
        case .expired: "expired"
        case .role: "role"
        }
    }
}

/// Requests of the admin listener that were refused for their token: whoever refuses records them,
/// the pulse logs them, once a minute at most. What strangers may bring is bounded here: so many
/// networks. Addresses are shortened (C21).
final class RefusedTokens: Sendable {
    /// Refusals for one reason from one network, since the last line in the log.
    struct Refusals: Equatable, Sendable {
        let reason: TokenRefusal
        let network: IPAddress
        /// The token's name where it is known.
        let name: String?
        var count: UInt64 = 1
    }

    private struct State {
        var refusals: [Refusals] = []
        /// From further networks.
        var others: UInt64 = 0
        /// When the last line was written, in nanoseconds of the monotonic clock; nil before it.
        var loggedAt: UInt64?
    }

    private let state = Mutex(State())
    private let missing = Atomic<UInt64>(0)
    private let unknown = Atomic<UInt64>(0)
    private let expired = Atomic<UInt64>(0)
    private let role = Atomic<UInt64>(0)

    static var networks: Int { 8 }
    private static var pauseNanoseconds: UInt64 { 60_000_000_000 }

    /// Records a refusal. Does not wait: where another thread records at the same moment, only the
    /// metrics count this one.
    func record(_ reason: TokenRefusal, from address: IPAddress, name: String? = nil) {
        switch reason {
        case .missing: missing.add(1, ordering: .relaxed)
        case .unknown: unknown.add(1, ordering: .relaxed)
        case .expired: expired.add(1, ordering: .relaxed)
        case .role: role.add(1, ordering: .relaxed)
        }
        let network = address.network
        _ = state.withLockIfAvailable { state in
            let known = state.refusals.firstIndex {
                $0.reason == reason && $0.network == network && $0.name == name
            }
            if let known {
                state.refusals[known].count += 1
            } else if state.refusals.count < Self.networks {
                state.refusals.append(Refusals(reason: reason, network: network, name: name))
            } else {
                state.others += 1
            }
        }
    }

    /// Refusals since the process started.
    func count(of reason: TokenRefusal) -> UInt64 {
        switch reason {
        case .missing: missing.load(ordering: .relaxed)
        case .unknown: unknown.load(ordering: .relaxed)
        case .expired: expired.load(ordering: .relaxed)
        case .role: role.load(ordering: .relaxed)
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
}
