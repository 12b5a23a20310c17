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

/// Requests of the admin listener that were refused for their token. Addresses are shortened (C21).
final class RefusedTokens: Sendable {
    /// What one network brings for one reason.
    struct Knock: Equatable, Sendable {
        let reason: TokenRefusal
        let network: IPAddress
        /// The token's name where it is known.
        let name: String?
    }

    private let tally = RefusalTally<Knock>()
    private let missing = Atomic<UInt64>(0)
    private let unknown = Atomic<UInt64>(0)
    private let expired = Atomic<UInt64>(0)
    private let role = Atomic<UInt64>(0)

    /// Records a refusal, as ``RefusalTally`` does; counts it in any case.
    func record(_ reason: TokenRefusal, from address: IPAddress, name: String? = nil) {
        switch reason {
        case .missing: missing.add(1, ordering: .relaxed)
        case .unknown: unknown.add(1, ordering: .relaxed)
        case .expired: expired.add(1, ordering: .relaxed)
        case .role: role.add(1, ordering: .relaxed)
        }
        let knock = Knock(reason: reason, network: address.network, name: name)
        tally.record(where: { $0 == knock }, or: { knock })
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

    /// What the log is to be told now.
    func due(at now: UInt64) -> (rows: [RefusalTally<Knock>.Row], others: UInt64)? {
        tally.due(at: now)
    }
}
