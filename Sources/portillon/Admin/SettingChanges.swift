import Time
import Wire

/// What a `PUT` of an operation changes: it replaces all settings, and those that it leaves out go
/// back to their defaults.
enum SettingChanges {
    /// One line for each setting that changes.
    /// - Parameters:
    ///   - current: the operation, as the gateway shows it.
    ///   - body: of the `PUT`.
    ///   - timeZone: the operator's, the default of operations.
    static func lines(
        from current: JSONValue, to body: [String: JSONValue], timeZone: String
    ) -> [String] {
        let defaults =
            Self.defaults + [(name: "time_zone", value: JSONValue.string(timeZone))]
        return order.compactMap { name in
            let old = normal(current[name] ?? .null)
            let new = normal(body[name] ?? defaults.first { $0.name == name }?.value ?? .null)
            guard old != new else { return nil }
            let note = body[name] == nil ? " (left out: back to its default)" : ""
            return printable("  \(name): \(shown(old)) -> \(shown(new))\(note)")
        }
    }

    /// The settings in the order in which they are shown.
    private static let order = [
        "client", "title", "rule", "time_zone", "opens", "closes", "start", "minimum_age",
        "consents", "consent_texts", "identity", "country", "second_key", "cap", "allowed_origins",
        "public_reason", "robots", "networks", "allowed_robots", "policy",
    ]

    /// Settings as the gateway takes them if they are left out, where that is not nothing; but for
    /// the time zone.
    private static let defaults: [(name: String, value: JSONValue)] = [
        ("rule", .string("once")), ("start", .string("first_come")), ("consents", .array([])),
        ("consent_texts", .object([:])), ("identity", .string("opaque")),
        ("allowed_origins", .array([])), ("networks", .array([])),
        ("allowed_robots", .array([])),
        ("robots", .string("observe")), ("policy", .string("advise")),
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
