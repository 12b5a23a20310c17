internal import Bytes
internal import Contract
internal import Ledger
internal import Time

struct SuspensionView: Encodable {
    let ground: String
    let until: String?
    let definitive: Bool
    /// When a person decided it.
    let since: String?
    /// Decided by the ladder, not by a person.
    let automatic: Bool
    /// What the public is told.
    let publicReason: String

    init?(_ operation: Catalogue.Operation) {
        guard operation.state == .suspended, let suspensionStatus = operation.suspensionStatus
        else { return nil }
        ground = suspensionStatus.ground.rawValue
        until = suspensionStatus.end?.rfc3339
        definitive = suspensionStatus.isDefinitive
        since = operation.suspension?.since.rfc3339
        automatic = operation.suspension == nil
        publicReason = operation.publicReason
    }

    private enum CodingKeys: String, CodingKey {
        case ground, until, definitive, since, automatic
        case publicReason = "public_reason"
    }
}

extension SuspensionView {
    static let shape = Shape.object([
        .required("ground", .choice(of: SuspensionGround.self)),
        .optional("until", .time), .required("definitive", .boolean),
        .optional("since", .time, "When a person decided it."),
        .required("automatic", .boolean, "Decided by the ladder, not by a person."),
        .required("public_reason", Shape.publicReason, "What the public is told."),
    ])
    static let body = Shape.object([
        .required("ground", .choice(of: SuspensionGround.self)),
        .optional("until", .nullable(.time)), .optional("definitive", .nullable(.boolean)),
        .required("note", Shape.noteText),
        .optional(
            "public_reason", .nullable(Shape.publicReason),
            "What the public is told instead of the ground."),
    ])
}
