internal import Addresses
internal import Cryptography
internal import Ledger
internal import Synchronization
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
    /// From one entry to the next, in nanoseconds.
    private let interval: UInt64
    /// When the next entry would come if all came evenly, in nanoseconds of the monotonic clock.
    private let nextDue = Atomic<UInt64>(0)

    /// How far entries may be ahead of an even pace: a second, so that they may come in bursts.
    private static var tolerance: UInt64 { 1_000_000_000 }

    /// - Parameter key: what permits of its operation are signed with.
    init(_ permit: Catalogue.Permit, index: UInt32, key: SipKey) {
        token = PermitToken(permit, index: index, key: key)
        operation = permit.operation
        starts = permit.starts
        ends = permit.ends
        isRevoked = permit.revokedAt != nil
        networks =
            permit.addresses.isEmpty ? nil : permit.addresses.compactMap { AddressNetwork($0) }
        interval = 1_000_000_000 / UInt64(max(permit.perSecond, 1))
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

    /// Counts an entry, unless it comes too fast. By the generic cell rate algorithm (ITU-T I.371):
    /// in any span of T seconds, `per_second` × (T + 1) entries at most, over all workers.
    /// - Parameter nanoseconds: the monotonic clock.
    func countIfInPace(at nanoseconds: UInt64) -> Bool {
        let latest = nanoseconds &+ max(Self.tolerance, interval)
        var seen = nextDue.load(ordering: .relaxed)
        while true {
            let due = max(seen, nanoseconds) &+ interval
            guard due <= latest else { return false }
            // Relaxed: nothing else is read by this number. Another worker may have been first:
            // then what it left is looked at.
            let (isExchanged, original) = nextDue.compareExchange(
                expected: seen, desired: due, ordering: .relaxed)
            if isExchanged { return true }
            seen = original
        }
    }
}
