import Gateway

extension Configuration {
    /// The proxies whose word on a client's address is believed.
    /// - Throws: ``CommandFailure`` 78 if the settings contradict each other.
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
