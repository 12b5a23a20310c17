internal import Addresses
internal import Bytes
internal import Wire

extension ClientAddress {
    /// Who sent a request. A peer that is no trusted proxy speaks for itself; for a trusted one,
    /// what counts is the right-most hop that is not one, in `X-Forwarded-For` or `Forwarded`.
    ///
    /// - Both fields are there: they must come to the same. A proxy writes one of them and may let
    ///   the other through as its client sent it, and which one is the proxy's nobody can tell
    ///   here. Where they differ the client is hidden.
    /// - Neither is there: the proxy asks by itself, as for its health check.
    /// - A hop without an address, or that cannot be read: the client is hidden behind the trusted
    ///   proxies that follow it. See ``ForwardedChain``.
    ///
    /// - Parameters:
    ///   - peer: of the connection, or as a PROXY header announced it.
    ///   - request: the bytes that `parser` has read.
    /// - Complexity: linear in the two fields: of entries for those alone that came by a proxy and
    ///   are judged, or bring a permit.
    static func of(
        _ request: RawSpan, readBy parser: borrowing RequestParser, peer: IPAddress,
        _ proxies: TrustedProxies
    ) -> ClientAddress {
        guard proxies.contains(peer) else { return ClientAddress(peer) }
        var told: ClientAddress?
        for field in [KnownField.xForwardedFor, .forwarded] where parser[field] != nil {
            var chain = ForwardedChain()
            for index in 0..<parser.fieldCount {
                let line = parser.field(at: index)
                guard line.known == field else { continue }
                let value = request.extracting(line.value.range)
                if field == .forwarded {
                    chain.append(forwarded: value, trusting: { proxies.contains($0) })
                } else {
                    chain.append(xForwardedFor: value, trusting: { proxies.contains($0) })
                }
            }
            let client = chain.client(behind: peer)
            if let told, told != client { return ClientAddress(peer, isHidden: true) }
            told = client
        }
        return told ?? ClientAddress(peer)
    }
}
