internal import Bytes
internal import Ledger
internal import Time

/// How a key or a token was revoked (C16): when it was declared, and from when on it is refused.
struct RevocationView: Encodable {
    let declaredAt: String?
    let refusedFrom: String
    let reason: String?

    /// Nil where it was not.
    init?(revokedAt: Timestamp?, declaredAt: Timestamp?, reason: RevocationReason?) {
        guard let revokedAt else { return nil }
        self.declaredAt = declaredAt?.rfc3339
        refusedFrom = revokedAt.rfc3339
        self.reason = reason?.rawValue
    }

    private enum CodingKeys: String, CodingKey {
        case reason
        case declaredAt = "declared_at"
        case refusedFrom = "refused_from"
        case revokedAt = "revoked_at"
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encodeIfPresent(declaredAt, forKey: .declaredAt)
        try members.encode(refusedFrom, forKey: .refusedFrom)
        // The name that the interface had first.
        try members.encode(refusedFrom, forKey: .revokedAt)
        try members.encodeIfPresent(reason, forKey: .reason)
    }
}

extension RevocationView {
    static let members: [Shape.Member] = [
        .optional("revoked_at", .time, "The same as `refused_from`."),
        .optional("declared_at", .time, "When it was declared lost, stolen or replaced."),
        .optional("refused_from", .time, "When the gateway began to refuse it."),
        .optional("reason", .choice(of: RevocationReason.self)),
    ]
    static let body = Shape.object([
        .optional("reason", .nullable(.choice(of: RevocationReason.self)), "Default: rotated."),
        .optional(
            "declared_at", .nullable(.time),
            "When it was declared so; not in the future. Default: now."),
    ])
}
