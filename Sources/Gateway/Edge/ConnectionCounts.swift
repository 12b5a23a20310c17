internal import Addresses
internal import Bytes
internal import Synchronization

/// How many connections are open, in all and from each address, over all loops. Touched once when
/// a connection opens and once when it closes, never for a request: a lock will do.
///
/// An address is a subscriber's (``IPAddress/subscriber``). This machine's own and those of trusted
/// proxies have no limit of their own: a proxy in front speaks for everyone.
final class ConnectionCounts: Sendable {
    private let maximum: Int
    private let proxies: TrustedProxies
    private let counts: Mutex<Counts>

    private struct Counts {
        var perAddress: Int
        var total = 0
        var open: [IPAddress: Int] = [:]
    }

    init(_ limits: Limits, _ kind: ListenerKind, _ proxies: TrustedProxies = TrustedProxies()) {
        maximum = limits.connections(kind)
        self.proxies = proxies
        counts = Mutex(Counts(perAddress: limits.connectionsPerAddress(kind)))
    }

    /// Another limit from now on; who is there already stays.
    func change(perAddress: Int) {
        counts.withLock { $0.perAddress = perAddress }
    }

    /// Counts one more connection, or says of what there are as many as there may be.
    /// - Parameter address: nil while nobody has said whose it is.
    func admit(_ address: IPAddress?) -> ConnectionRefusal? {
        counts.withLock { counts in
            // First: who is over a share of its own makes nobody else's place short.
            if let address, !hasRoom(address, in: counts) { return .address }
            guard counts.total < maximum else { return .connections }
            if let address { add(address, to: &counts) }
            counts.total += 1
            return nil
        }
    }

    /// Counts a connection beyond the maximum, by its address alone: ``admit(_:)`` has found that
    /// there is no other place for it.
    func admitReserved(_ address: IPAddress?) {
        guard let address else { return }
        counts.withLock { add(address, to: &$0) }
    }

    /// Counts a connection that was admitted without an address by the one it has now, or says
    /// that this address has as many as it may have.
    func name(_ address: IPAddress) -> Bool {
        counts.withLock { counts in
            guard hasRoom(address, in: counts) else { return false }
            add(address, to: &counts)
            return true
        }
    }

    /// Counts one connection less.
    /// - Parameters:
    ///   - address: nil where it never had one.
    ///   - isReserved: it was beyond the maximum.
    func release(_ address: IPAddress?, isReserved: Bool = false) {
        counts.withLock { counts in
            if !isReserved { counts.total = max(counts.total - 1, 0) }
            guard let address, isLimited(address) else { return }
            let count = counts.open[address.subscriber, default: 0]
            counts.open[address.subscriber] = count > 1 ? count - 1 : nil
        }
    }

    private func hasRoom(_ address: IPAddress, in counts: Counts) -> Bool {
        !isLimited(address) || counts.open[address.subscriber, default: 0] < counts.perAddress
    }

    private func add(_ address: IPAddress, to counts: inout Counts) {
        if isLimited(address) { counts.open[address.subscriber, default: 0] += 1 }
    }

    private func isLimited(_ address: IPAddress) -> Bool {
        !address.isLoopback && !proxies.contains(address)
    }
}

/// Why a connection is not taken, as the metrics name it.
enum ConnectionRefusal: Int, CaseIterable {
    /// `limits.connections`, `limits.admin_connections`
    case connections
    /// `limits.connections_per_address`, `limits.admin_connections_per_address`
    case address
    /// The process, or the machine, has no descriptor for it: it waits in the listener's queue.
    case descriptors

    var label: StaticString {
        switch self {
        case .connections: "connections"
        case .address: "address"
        case .descriptors: "descriptors"
        }
    }
}
