/// Why a key or a token was revoked (C16).
package enum RevocationReason: String, CaseIterable, Codable, Sendable {
    case lost, stolen, rotated
}
