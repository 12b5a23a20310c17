import ArgumentParser
import Wire

/// How a key or a token is revoked (C16).
struct RevocationOptions: ParsableArguments {
    enum Reason: String, ExpressibleByArgument, CaseIterable {
        case lost, stolen, rotated
    }

    @Option(parsing: .unconditional, help: "The reason, for the record.") var reason: Reason
    @Option(
        parsing: .unconditional,
        help: .init(
            "When it was declared so (RFC 3339), not in the future. Default: now.",
            valueName: "time"))
    var declaredAt: String?

    /// The request's body.
    var body: [String: JSONValue] {
        var body: [String: JSONValue] = ["reason": .string(reason.rawValue)]
        body["declared_at"] = declaredAt.map(JSONValue.string)
        return body
    }

    /// What an answer says of the revocation.
    static func text(_ answer: JSONValue) -> [(String, String)] {
        [
            ("declared", answer["declared_at"]?.text ?? ""),
            ("refused from", answer["refused_from"]?.text ?? ""),
            ("reason", answer["reason"]?.text ?? ""),
        ]
    }
}

extension String? {
    /// A body with this note, or with nothing.
    var asBody: [String: JSONValue] { map { ["note": .string($0)] } ?? [:] }
}
