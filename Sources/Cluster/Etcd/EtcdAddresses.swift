package import Sockets
internal import Synchronization
internal import Threads
internal import Time

/// Which addresses the names of etcd's members have, kept for a process: a name is waited for once.
/// Later it is looked up beside, so that a thread that decides never waits for a resolver: the cut
/// that takes a member away may take the names' servers too.
package final class EtcdAddresses: Sendable {
    package typealias LookUp =
        @Sendable (_ host: String, _ port: UInt16) throws(HostLookupError) -> [SocketAddress]

    private struct Known {
        var addresses: [SocketAddress]
        /// Nanoseconds of the monotonic clock.
        var lookedUpAt: UInt64
        var isLookedUp = false
    }

    private let lookUp: LookUp
    private let freshNanoseconds: UInt64
    private let known = Mutex<[String: Known]>([:])

    /// - Parameters:
    ///   - freshSeconds: after these a name that is asked for is looked up again.
    ///   - lookUp: waits for the system's resolver.
    package init(
        freshSeconds: Double = 10,
        lookUp: @escaping LookUp = { host, port throws(HostLookupError) in
            try HostLookup.addresses(of: host, port: port)
        }
    ) {
        freshNanoseconds = UInt64(freshSeconds * 1e9)
        self.lookUp = lookUp
    }

    func addresses(of endpoint: EtcdEndpoint) throws(HostLookupError) -> [SocketAddress] {
        let (name, now) = (endpoint.authority, SystemClock.monotonicNanoseconds())
        let (kept, isDue) = known.withLock { known -> ([SocketAddress]?, Bool) in
            guard let entry = known[name] else { return (nil, false) }
            let isDue = !entry.isLookedUp && now - entry.lookedUpAt >= freshNanoseconds
            if isDue { known[name]?.isLookedUp = true }
            return (entry.addresses, isDue)
        }
        guard let kept else {
            let found = try lookUp(endpoint.host, endpoint.port)
            keep(found, of: name)
            return found
        }
        if isDue { refresh(endpoint, kept) }
        return kept
    }

    /// Looks a name up on a thread of its own; one that is not found keeps its addresses.
    private func refresh(_ endpoint: EtcdEndpoint, _ kept: [SocketAddress]) {
        do throws(ThreadFailure) {
            _ = try SystemThread(name: "names") { [self] in
                var found = kept
                do throws(HostLookupError) {
                    found = try lookUp(endpoint.host, endpoint.port)
                } catch {
                    // The resolver is away, or the name: those so far are tried.
                    found = kept
                }
                keep(found, of: endpoint.authority)
            }
        } catch {
            // The system has no room for a thread now.
            keep(kept, of: endpoint.authority)
        }
    }

    private func keep(_ addresses: [SocketAddress], of name: String) {
        let now = SystemClock.monotonicNanoseconds()
        known.withLock { $0[name] = Known(addresses: addresses, lookedUpAt: now) }
    }
}
