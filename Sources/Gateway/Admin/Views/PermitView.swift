internal import Ledger
internal import Time

/// A permit for test entries, and what has come of its run.
struct PermitView: Encodable {
    let permitID: String
    let operation: String
    let state: Catalogue.Permit.State
    let perSecond: UInt32
    let starts: String
    let ends: String
    let addresses: [String]
    let note: String?
    let createdAt: String
    let revokedAt: String?
    let entries: UInt64
    let participants: UInt32
    let purgedAt: String?
    let purged: UInt64?
    let forgottenAt: String?

    /// - Parameters:
    ///   - counts: of its run.
    ///   - now: the ledger's time.
    init(
        _ permit: Catalogue.Permit, operation: String, counts: OperationCounts, at now: Timestamp
    ) {
        permitID = permit.id
        self.operation = operation
        state = permit.state(at: now)
        perSecond = permit.perSecond
        starts = permit.starts.rfc3339
        ends = permit.ends.rfc3339
        addresses = permit.addresses
        note = permit.note
        createdAt = permit.createdAt.rfc3339
        revokedAt = permit.revokedAt?.rfc3339
        entries = counts.entries
        participants = counts.participants
        purgedAt = permit.purgedAt?.rfc3339
        purged = permit.purgedEntries
        forgottenAt = permit.forgottenAt?.rfc3339
    }

    private enum CodingKeys: String, CodingKey {
        case operation, state, starts, ends, addresses, note, entries, participants, purged
        case permitID = "permit_id"
        case perSecond = "per_second"
        case createdAt = "created_at"
        case revokedAt = "revoked_at"
        case purgedAt = "purged_at"
        case forgottenAt = "forgotten_at"
    }
}

/// What the issue of a permit is answered with.
struct NewPermitView: Encodable {
    let permit: PermitView
    /// The permit's text: what a load run sends.
    let token: String

    private enum CodingKeys: String, CodingKey {
        case permit
    }

    func encode(to encoder: any Encoder) throws {
        try permit.encode(to: encoder)
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(token, forKey: .permit)
    }
}

/// What a permit's text is worth.
struct VerifiedPermitView: Encodable {
    /// Nil where the gateway did not sign it.
    let permit: PermitView?
    /// Why an entry with it is refused; nil where it is let in.
    let code: String?

    init(permit: PermitView?, refusal: RefusalReason?) {
        self.permit = permit
        code = refusal.map { "\($0.code)" }
    }

    private enum CodingKeys: String, CodingKey {
        case valid, code, permit
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(code == nil, forKey: .valid)
        try members.encodeIfPresent(code, forKey: .code)
        try members.encodeIfPresent(permit, forKey: .permit)
    }
}

// MARK: Shapes

extension PermitView {
    private static let networks = Shape.array(
        .text(1...LedgerLimits.networkBytes), maximum: LedgerLimits.permitNetworks)

    fileprivate static let members: [Shape.Member] = [
        .required("permit_id", .identifier, "The run: all entries that come with the permit."),
        .required("operation", .identifier),
        .required("state", .choice(of: Catalogue.Permit.State.self)),
        .required("per_second", .integer(1...Int(LedgerLimits.pace))),
        .required("starts", .time), .required("ends", .time),
        .required("addresses", networks, "Where entries may come from; empty for anywhere."),
        .optional("note", .noteText), .required("created_at", .time),
        .optional("revoked_at", .time),
        .required("entries", .count, "Test entries accepted; in no other count."),
        .required("participants", .count, "Different participants among them."),
        .optional("purged_at", .time),
        .optional("purged", .count, "Entries that the purge took out of the counts."),
        .optional("forgotten_at", .time, "When what the entries gave was forgotten."),
    ]

    static let shape = Shape.object(members + [.changed])

    static let body = Shape.object([
        .required("operation", .identifier),
        .required(
            "per_second", .integer(1...Int(LedgerLimits.pace)),
            "Test entries a second, of all connections together."),
        .required("starts", .time), .required("ends", .time, "At most 31 days behind `starts`."),
        .optional("addresses", .nullable(networks), "Networks; without it anywhere."),
        .optional("note", .nullable(.noteText)),
    ])

    static let purge = Shape.object([
        .required("confirm", .identifier, "The permit's id once more."),
        .optional("note", .nullable(.noteText)),
    ])
}

extension NewPermitView {
    static let shape = Shape.object(
        PermitView.members + [
            .required("permit", .text(1...100), "Goes into the header Portillon-Permit.")
        ])
}

extension PermitView: ListedView {
    static var listName: String { "permits" }
}

extension VerifiedPermitView {
    static let shape = Shape.object([
        .required("valid", .boolean, "Whether an entry with it is let in now."),
        .optional("code", .text(1...64), "Why not, as an entry is answered."),
        .optional("permit", PermitView.shape, "Absent where the gateway did not sign it."),
    ])

    static let body = Shape.object([
        .required("permit", .text(1...1_000)),
        .optional("operation", .nullable(.identifier), "Where it is to be used."),
        .optional("address", .nullable(.text(1...64)), "Where the entry would come from."),
    ])
}
