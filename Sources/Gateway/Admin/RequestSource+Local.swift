internal import Addresses
internal import Bytes
internal import Wire

extension RequestSource {
    /// Whether this machine itself asks: not a proxy on it for somebody else, nor a page in a
    /// browser on it, whose own name was made to lead here (DNS rebinding).
    func isLocal(
        _ head: borrowing RequestParser, _ request: RawSpan, _ proxies: TrustedProxies
    ) -> Bool {
        let client = ClientAddress.of(request, readBy: head, peer: peer, proxies)
        guard client.address.isLoopback, !client.isHidden else { return false }
        let isForwarded = head[.forwarded] != nil || head[.xForwardedFor] != nil
        // A proxy that nobody has named speaks for a client that it does not say.
        if isForwarded, !proxies.contains(peer) { return false }
        guard let host = head[.host] else { return true }
        return HTTPAuthority.isAddressOrLocalhost(request.extracting(host.range))
    }
}
