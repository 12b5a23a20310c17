/// What a command is about.
extension AdministrativeCommand {
    /// The operation that it is about; `nil` where it is about none, or names only a key of one.
    package var operation: String? {
        switch self {
        case .putOperation(let id, _, _), .addKey(let id, _, _), .openOperation(let id, _),
            .closeOperation(let id, _), .giveNotice(let id, _, _), .withdrawNotice(let id, _),
            .declareCampaign(let id, _, _), .withdrawCampaign(let id, _, _),
            .suspendOperation(let id, _, _, _, _), .resumeOperation(let id, _),
            .setPace(let id, _, _), .resetOperation(let id, _, _), .deleteOperation(let id, _):
            id
        case .unknownSource(let surge): surge.operation
        case .putClient, .revokeKey, .addToken, .revokeToken, .setPolicy, .measured, .started: nil
        }
    }
}
