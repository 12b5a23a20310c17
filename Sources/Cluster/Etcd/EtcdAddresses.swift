package import Sockets
internal import Synchronization
internal import Threads
internal import Time

/// Which addresses the names of etcd's members have, kept for a process. Names are looked up on
/// threads of their own, all of them from the start on: so a thread that decides never waits for a
/// resolver. The cut that takes a member away may take the names' servers too.
package final class EtcdAddresses: Sendable {
    package typealias LookUp =
        @Sendable (_ host: String, _ port: UInt16) throws(HostLookupError) -> [SocketAddress]

    private struct Name {
        /// Of the last look-up that found some.
        var addresses: [SocketAddress] = []
        /// Why the last look-up found none.
        var failure = ""
        /// When the last one ended: nanoseconds of the monotonic clock.
        var lookedUpAt: UInt64 = 0
        /// Look-ups that have ended, and whether one is under way.
        var lookUps = 0
        var isLookedUp = false
    }

    private let lookUp: LookUp
    private let freshNanoseconds: UInt64
    private let names = Mutex<[String: Name]>([:])

    private static let lookMilliseconds: Int32 = 2

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

    /// Begins to look up the names that nobody has asked for yet, and waits for none.
    func prepare(_ endpoints: [EtcdEndpoint]) {
        for endpoint in endpoints where names.withLock({ $0[endpoint.authority] == nil }) {
            begin(endpoint)
        }
    }

    /// A name that was found once has addresses at once: the last ones that it had.
    /// - Parameter wait: how long one is waited for that was never found.
    func addresses(
        of endpoint: EtcdEndpoint, _ wait: borrowing Waiting
    ) throws(GRPCError) -> [SocketAddress] {
        if let literal = SocketAddress(literal: endpoint.host, port: endpoint.port) {
            return [literal]
        }
        let before = begin(endpoint)
        while true {
            let name = names.withLock { $0[endpoint.authority] } ?? Name()
            if !name.addresses.isEmpty { return name.addresses }
            guard name.lookUps == before else {
                throw .unreachable("\(endpoint.host): \(name.failure)")
            }
            guard wait.rest(milliseconds: Self.lookMilliseconds) else {
                throw .unreachable("\(endpoint.host): the resolver has not answered yet")
            }
        }
    }

    /// Looks a name up where that is due, and not under way.
    /// - Returns: how many look-ups of it had ended.
    @discardableResult
    private func begin(_ endpoint: EtcdEndpoint) -> Int {
        let now = SystemClock.monotonicNanoseconds()
        let (ended, isDue) = names.withLock { names in
            var name = names[endpoint.authority] ?? Name()
            let isDue =
                !name.isLookedUp
                && (name.addresses.isEmpty || now - name.lookedUpAt >= freshNanoseconds)
            if isDue { name.isLookedUp = true }
            names[endpoint.authority] = name
            return (name.lookUps, isDue)
        }
        guard isDue else { return ended }
        do throws(ThreadFailure) {
            _ = try SystemThread(name: "names") { [self] in
                do throws(HostLookupError) {
                    end(endpoint, try lookUp(endpoint.host, endpoint.port), "it has no address")
                } catch {
                    // The resolver is away, or the name: those so far are tried.
                    end(endpoint, [], error.reason)
                }
            }
        } catch {
            end(endpoint, [], "the system has no room for a thread")
        }
        return ended
    }

    private func end(_ endpoint: EtcdEndpoint, _ found: [SocketAddress], _ failure: String) {
        let now = SystemClock.monotonicNanoseconds()
        names.withLock { names in
            var name = names[endpoint.authority] ?? Name()
            if !found.isEmpty { name.addresses = found }
            name.failure = failure
            name.lookedUpAt = now
            name.lookUps += 1
            name.isLookedUp = false
            names[endpoint.authority] = name
        }
    }
}
