import Gateway

extension Configuration {
    /// Whose word on a client's address is taken.
    /// - Throws: ``Failure`` 78 where the settings do not fit together.
    func proxies() throws(Failure) -> TrustedProxies {
        guard let networks = Setting.networks(text("trusted_proxies")),
            let announcement = TrustedProxies.Announcement(rawValue: text("proxy_protocol"))
        else { preconditionFailure("both are checked") }
        let proxies = TrustedProxies(networks, proxyProtocol: announcement)
        let contradictions = proxies.contradictions
        guard contradictions.isEmpty else { throw Failure(.configuration, contradictions) }
        return proxies
    }
}
