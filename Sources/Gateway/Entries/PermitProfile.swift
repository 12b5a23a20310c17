internal import Addresses
internal import Cryptography
internal import Ledger
internal import Time

/// What a worker must know of a permit to let test entries in (C7). All workers have the same one:
/// it counts how fast they come, whichever connection brings them.
final class PermitProfile: Sendable {
    let token: PermitToken
    /// Index of the operation.
    let operation: UInt32
    private let starts: Timestamp
    private let ends: Timestamp
    private let isRevoked: Bool
    /// Nil for any address.
    private let networks: [AddressNetwork]?
    /// Of its entries.
    private let rate: CellRate

    /// - Parameter key: what permits of its operation are signed with.
    init(_ permit: Catalogue.Permit, index: UInt32, key: SipKey) {
        token = PermitToken(permit, index: index, key: key)
        operation = permit.operation
        starts = permit.starts
        ends = permit.ends
        isRevoked = permit.revokedAt != nil
        networks =
            permit.addresses.isEmpty ? nil : permit.addresses.compactMap { AddressNetwork($0) }
        rate = CellRate(perSecond: permit.perSecond)
    }

    /// Whether it names networks: else nobody asks where an entry comes from.
    var isBoundToNetworks: Bool { networks != nil }

    /// Why it does not let an entry of this operation in; nil where it does. The ledger decides the
    /// same again, but for where the entry comes from and how fast.
    /// - Parameter now: the ledger's time.
    func refusal(of operation: UInt32, at now: Timestamp) -> RefusalReason? {
        if isRevoked { return .permitRevoked }
        if operation != self.operation { return .permitWrongOperation }
        if now < starts { return .permitNotStarted }
        return now < ends ? nil : .permitExpired
    }

    /// Whether an entry may come from here.
    func admits(_ address: IPAddress) -> Bool {
        networks?.contains { $0.contains(address) } ?? true
    }

    /// Counts an entry, unless it comes too fast: in any span of T seconds, `per_second` × (T + 1)
    /// entries at most, over all workers.
    /// - Parameter nanoseconds: the monotonic clock.
    func countIfInPace(at nanoseconds: UInt64) -> Bool {
        rate.countIfInPace(at: nanoseconds)
    }
}
