internal import Ledger

/// Whose share of places a request counts against: a token's. All tokens of one client are one
/// holder, so that further tokens give no further share.
struct TokenHolder: Hashable, Sendable {
    let role: Author.Role
    /// The token's name; of a client, the client's identifier.
    let name: String

    init(_ author: Author) {
        role = author.role
        name = author.name
    }

    /// An admin or an operator: those who must act.
    var isPerson: Bool { role == .admin || role == .operator }
    var isClient: Bool { role == .client }
}
