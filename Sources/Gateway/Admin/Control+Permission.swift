internal import Ledger
internal import Projections

/// What goes on for long asks again whether it may.
extension Control {
    /// Whether a call's token permits the same later, too. The token itself is not kept.
    func permission(of call: AdminCall) -> @Sendable () -> Bool {
        let (shared, tokens, author) = (shared, tokens, call.author)
        let digest = AdminTokens.digest(in: call.request.authorization)
        return {
            let credential = tokens.credential(
                of: digest, among: shared.projected, at: shared.ledgerTime)
            return switch credential {
            case .admin: author.role == .admin
            case .token(_, let token): token.holder == author
            case .expired, .unknown: false
            }
        }
    }

    /// The same, as long as the operation at this index stands: one that is deleted or reset takes
    /// its people's data along.
    func permission(
        of call: AdminCall, whileStanding operation: UInt32
    ) -> @Sendable () -> Bool {
        let (shared, isPermitted) = (shared, permission(of: call))
        return {
            shared.projected.catalogue.operations[Int(operation)].retirement == nil
                && isPermitted()
        }
    }
}
