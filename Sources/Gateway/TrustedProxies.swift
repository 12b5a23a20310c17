package import Addresses
internal import Bytes

/// The proxies in front: whose word on a client's address is taken, and how they announce it.
package struct TrustedProxies: Sendable {
    /// Whether connections of the public listener begin with a PROXY header.
    package enum Announcement: String, CaseIterable, Sendable {
        case off
        /// Each connection comes from a trusted proxy and begins with a header; any other is
        /// closed. There is no "optional": whoever may leave the header out may also make it up.
        case required
    }

    package var networks: [AddressNetwork]
    package var proxyProtocol: Announcement

    package init(_ networks: [AddressNetwork] = [], proxyProtocol: Announcement = .off) {
        self.networks = networks
        self.proxyProtocol = proxyProtocol
    }

    /// Most networks: each is compared for each hop of a request that somebody asks about.
    package static var maximumCount: Int { 64 }

    /// Whether an address is one of theirs.
    package func contains(_ address: IPAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }

    /// What does not fit together, one sentence each; empty where all is well.
    package var contradictions: [String] {
        if proxyProtocol == .required, networks.isEmpty {
            return ["proxy_protocol is required, but trusted_proxies is empty; name the proxies"]
        }
        return []
    }
}
