internal import Time

/// Why a key or a token was revoked (C16).
package enum RevocationReason: String, CaseIterable, Codable, Sendable {
    case lost, stolen, rotated

    /// - Throws: `invalid` for a declaration that lies in the future: nobody can have made it.
    static func requirePast(
        _ declared: Timestamp?, at time: Timestamp
    ) throws(CommandRefusal) {
        if let declared, declared > time {
            throw .invalid(pointer: "/declared_at", detail: "must not be in the future")
        }
    }
}
