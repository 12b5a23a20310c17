internal import Addresses
internal import Sockets

/// What a loop's connections are counted against, and by whom they are counted. All of it is
/// constant or shared by all loops.
struct Edge {
    let kind: ListenerKind
    /// The number of the loop's lane, and of its shard of every counter.
    let lane: Int
    let instruments: Instruments
    /// Open connections of all loops, by address.
    let addresses: ConnectionCounts
    let handshakes: HandshakeBudget
    let proxies: TrustedProxies
    /// Connections of all loops that are not read because their operation is held.
    let withheld: WithheldConnections

    /// Whether requests of such a connection come by a trusted proxy.
    func isProxy(_ peer: IPAddress) -> Bool {
        if proxies.networks.isEmpty { return false }
        // A PROXY header has put the client's address in the place of the proxy's.
        return kind == .public && proxies.proxyProtocol == .required || proxies.contains(peer)
    }

    func count(_ limit: ConnectionLimit) { instruments.count(limit, kind, lane: lane) }
    func count(_ refusal: ConnectionRefusal) { instruments.count(refusal, kind, lane: lane) }
    func count(_ result: HandshakeResult) { instruments.count(result, kind, lane: lane) }
    func count(_ refusal: ProxyRefusal) { instruments.countRefusedProxy(refusal, lane: lane) }
}
