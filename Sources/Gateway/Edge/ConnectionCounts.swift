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
        counts = Mutex(Counts(perAddress: limits.connectionsPerAddress))
    }

    /// Another limit from now on; who is there already stays.
    func change(perAddress: Int) {
        counts.withLock { $0.perAddress = perAddress }
    }

    /// Counts one more connection, or says of what there are as many as there may be.
    /// - Parameter address: nil while nobody has said whose it is.
    func admit(_ address: IPAddress?) -> ConnectionRefusal? {
        counts.withLock { counts in
            guard counts.total < maximum else { return .connections }
            guard address.map({ count($0, in: &counts) }) ?? true else { return .address }
            counts.total += 1
            return nil
        }
    }

    /// Counts a connection that was admitted without an address by the one it has now, or says
    /// that this address has as many as it may have.
    func name(_ address: IPAddress) -> Bool {
        counts.withLock { count(address, in: &$0) }
    }

    /// Counts one connection less.
    /// - Parameter address: nil where it never had one.
    func release(_ address: IPAddress?) {
        counts.withLock { counts in
            counts.total = max(counts.total - 1, 0)
            guard let address, isLimited(address) else { return }
            let count = counts.open[address.subscriber, default: 0]
            counts.open[address.subscriber] = count > 1 ? count - 1 : nil
        }
    }

    private func count(_ address: IPAddress, in counts: inout Counts) -> Bool {
        guard isLimited(address) else { return true }
        let count = counts.open[address.subscriber, default: 0]
        guard count < counts.perAddress else { return false }
        counts.open[address.subscriber] = count + 1
        return true
    }

    private func isLimited(_ address: IPAddress) -> Bool {
        !address.isLoopback && !proxies.contains(address)
    }
}

/// Why a connection is not taken, as the metrics name it.
enum ConnectionRefusal: Int, CaseIterable {
    /// `limits.connections`, `limits.admin_connections`
    case connections
    /// `limits.connections_per_address`
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
