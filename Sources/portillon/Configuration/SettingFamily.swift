/// Settings that are many, and rarely set: they share a flag, which takes `name=value`.
enum SettingFamily: String, CaseIterable, Sendable {
    case limits, policy

    /// The family of a key; nil for a setting with a flag of its own.
    init?(of key: String) {
        let family = Self.allCases.first { key.hasPrefix($0.prefix) }
        guard let family else { return nil }
        self = family
    }

    /// What the keys of its settings begin with.
    var prefix: String { rawValue + "." }

    var flag: String {
        switch self {
        case .limits: "--limit"
        case .policy: "--policy"
        }
    }

    /// What one of them is called.
    var noun: String {
        switch self {
        case .limits: "limit"
        case .policy: "setting of the policy"
        }
    }

    func key(_ name: String) -> String { prefix + name }

    /// What of a key the flag takes.
    func name(in key: String) -> Substring { key.dropFirst(prefix.count) }
}
