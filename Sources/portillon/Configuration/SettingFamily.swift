/// A group of many, rarely changed settings that share one flag, which takes `name=value`.
enum SettingFamily: String, CaseIterable, Sendable {
    case limits, policy

    /// The family of a key; nil for a setting with a flag of its own.
    init?(of key: String) {
        let family = Self.allCases.first { key.hasPrefix($0.prefix) }
        guard let family else { return nil }
        self = family
    }

    /// The prefix of its settings' keys.
    var prefix: String { rawValue + "." }

    var flag: String {
        switch self {
        case .limits: "--limit"
        case .policy: "--policy"
        }
    }

    /// The noun for one of them, for messages.
    var noun: String {
        switch self {
        case .limits: "limit"
        case .policy: "policy setting"
        }
    }

    func key(_ name: String) -> String { prefix + name }

    /// The part of a key that the flag takes.
    func name(in key: String) -> Substring { key.dropFirst(prefix.count) }
}
