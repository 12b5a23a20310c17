internal import Addresses
internal import Bytes
internal import Wire

extension RequestSource {
    /// What proxies add, beside the two fields that name a chain of clients. None of it is
    /// believed: it only shows that the request is somebody else's.
    private static let signsOfProxy: [StaticString] = [
        "via", "x-real-ip", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port",
        "x-forwarded-server", "x-client-ip", "cf-connecting-ip", "true-client-ip",
    ]

    /// Whether this machine itself asks: not a proxy on it for somebody else, nor a page in a
    /// browser on it, whose own name was made to lead here (DNS rebinding).
    func isLocal(
        _ head: borrowing RequestParser, _ request: RawSpan, _ proxies: TrustedProxies
    ) -> Bool {
        let client = ClientAddress.of(request, readBy: head, peer: peer, proxies)
        guard client.address.isLoopback, !client.isHidden else { return false }
        let namesClient = head[.forwarded] != nil || head[.xForwardedFor] != nil
        // A proxy that nobody has named speaks for a client that it does not say.
        if namesClient, !proxies.contains(peer) { return false }
        // So does a named one that has written neither field; where it has, the client is known.
        if !namesClient, Self.hasSignOfProxy(head, request) { return false }
        guard let host = head[.host] else { return true }
        return HTTPAuthority.isAddressOrLocalhost(request.extracting(host.range))
    }

    /// Read here, and not by the parser: entries need none of it. O(fields).
    private static func hasSignOfProxy(
        _ head: borrowing RequestParser, _ request: RawSpan
    ) -> Bool {
        for name in signsOfProxy where head.value(ofFieldNamed: name, in: request) != nil {
            return true
        }
        return false
    }
}
