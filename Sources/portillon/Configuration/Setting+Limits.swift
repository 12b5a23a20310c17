import Gateway

extension Setting {
    /// The gateway's limits as settings: `limits.head_seconds` and so on.
    static var limits: [Setting] {
        let defaults = Limits()
        return Limits.settings.map { limit in
            Setting(
                key: SettingFamily.limits.key(limit.name), kind: .wholeNumber(limit.range),
                defaultValue: String(defaults[keyPath: limit.path]))
        }
    }
}

extension Configuration {
    /// - Throws: ``CommandFailure`` 78 if limits contradict each other.
    func limits() throws(CommandFailure) -> Limits {
        var limits = Limits()
        for limit in Limits.settings {
            limits[keyPath: limit.path] = number(SettingFamily.limits.key(limit.name))
        }
        let contradictions = limits.contradictions
        guard contradictions.isEmpty else { throw CommandFailure(.configuration, contradictions) }
        return limits
    }
}
