import Contract
import Gateway

extension Setting {
    /// The ladder's policy as settings: `policy.calm_seconds` and so on.
    static var policy: [Setting] {
        let defaults = Policy()
        return Policy.settings.map { setting in
            Setting(
                key: SettingFamily.policy.key(setting.name), kind: .wholeNumber(setting.range),
                defaultValue: String(defaults[keyPath: setting.path]))
        }
    }
}

extension Configuration {
    /// - Throws: ``CommandFailure`` 78 if settings of the policy contradict each other.
    func policy() throws(CommandFailure) -> Policy {
        var policy = Policy()
        for setting in Policy.settings {
            policy[keyPath: setting.path] = number(SettingFamily.policy.key(setting.name))
        }
        let contradictions = policy.contradictions
        guard contradictions.isEmpty else { throw CommandFailure(.configuration, contradictions) }
        return policy
    }
}
