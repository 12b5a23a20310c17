import Gateway

extension Configuration {
    /// Whose word on a client's address is taken.
    /// - Throws: ``CommandFailure`` 78 where the settings do not fit together.
    func proxies() throws(CommandFailure) -> TrustedProxies {
        guard let networks = Setting.networks(text("trusted_proxies")),
            let announcement = TrustedProxies.Announcement(rawValue: text("proxy_protocol"))
        else { preconditionFailure("both are checked") }
        let proxies = TrustedProxies(networks, proxyProtocol: announcement)
        let contradictions = proxies.contradictions
        guard contradictions.isEmpty else { throw CommandFailure(.configuration, contradictions) }
        return proxies
    }
}
