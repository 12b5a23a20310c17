import Time
import Wire

/// What a `PUT` of an operation changes: it replaces all settings, and those that it leaves out go
/// back to their defaults.
enum SettingChanges {
    /// One line for each setting that changes.
    /// - Parameters:
    ///   - current: the operation, as the gateway shows it.
    ///   - body: of the `PUT`.
    static func lines(from current: JSONValue, to body: [String: JSONValue]) -> [String] {
        defaults.map(\.name).compactMap { name in
            let old = normal(current[name] ?? .null)
            let new = normal(body[name] ?? defaults.first { $0.name == name }?.value ?? .null)
            guard old != new else { return nil }
            let note = body[name] == nil ? " (left out: back to its default)" : ""
            return printable("  \(name): \(shown(old)) -> \(shown(new))\(note)")
        }
    }

    /// The settings in the order in which they are shown, each as the gateway takes it if it is
    /// left out.
    private static let defaults: [(name: String, value: JSONValue)] = [
        ("client", .null), ("title", .null), ("rule", .string("once")),
        ("time_zone", .string("UTC")), ("opens", .null), ("closes", .null),
        ("minimum_age", .null), ("consents", .array([])), ("consent_texts", .object([:])),
        ("identity", .string("opaque")), ("country", .null), ("second_key", .null), ("cap", .null),
        ("allowed_origins", .array([])), ("public_reason", .null), ("robots", .string("off")),
        ("policy", .string("advise")),
    ]

    /// Two spellings of one time are the same.
    private static func normal(_ value: JSONValue) -> JSONValue {
        guard let text = value.string, let time = Timestamp(rfc3339: text) else { return value }
        return .string(time.rfc3339)
    }

    private static func shown(_ value: JSONValue) -> String {
        let text = value.text
        return text.isEmpty ? "none" : text
    }
}
