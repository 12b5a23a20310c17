extension Setting {
    /// What the senders of webhooks go by, beside their limits.
    static var webhooks: [Setting] {
        [Setting(key: "webhooks.ca", kind: .paths, defaultValue: "")]
    }
}

extension Configuration {
    /// The authorities whose certificates receivers of webhooks may have; nil for the system's.
    /// - Throws: ``CommandFailure`` 78 for several files.
    func webhookAuthorities() throws(CommandFailure) -> String? {
        let authorities = Setting.paths(text("webhooks.ca"))
        guard authorities.count <= 1 else {
            throw CommandFailure(
                .configuration, "webhooks.ca must be one file; it may hold several authorities")
        }
        return authorities.first
    }
}
