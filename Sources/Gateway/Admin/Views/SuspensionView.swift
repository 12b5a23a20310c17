internal import Bytes
internal import Contract
internal import Ledger
internal import Time

struct SuspensionView: Encodable {
    /// What was suspended, or by what.
    let of: String
    let ground: String
    let until: String?
    let definitive: Bool
    /// When a person decided it.
    let since: String?
    /// Decided by the ladder, not by a person.
    let automatic: Bool
    /// What the public is told; nil where each operation's settings say it.
    let publicReason: String?
    /// When the notice was delivered that its ground needs.
    let noticeDeliveredAt: String?
    /// An admin said that it was urgent.
    let urgent: Bool
    /// Whose fault alone the cause is, where that was said.
    let fault: String?

    /// What suspends the operation now; nil where nothing does.
    init?(_ operation: Catalogue.Operation) {
        guard operation.state == .suspended, let suspension = operation.suspensionInForce
        else { return nil }
        self.init(suspension, publicReason: operation.publicReason)
    }

    init(_ suspension: SuspensionInForce, of operation: Catalogue.Operation) {
        self.init(suspension, publicReason: operation.publicReason(under: suspension))
    }

    /// A client's.
    init(_ suspension: Suspension) {
        self.init(SuspensionInForce(.client, suspension), publicReason: suspension.publicReason)
    }

    private init(_ suspension: SuspensionInForce, publicReason: String?) {
        of = suspension.source.rawValue
        ground = suspension.ground.rawValue
        until = suspension.until?.rfc3339
        definitive = suspension.isDefinitive
        since = suspension.order?.since.rfc3339
        automatic = suspension.order == nil
        self.publicReason = publicReason
        let basis = suspension.order?.basis
        noticeDeliveredAt = basis?.notice?.deliveredAt.rfc3339
        urgent = basis?.isUrgent ?? false
        fault = basis?.fault?.rawValue
    }

    private enum CodingKeys: String, CodingKey {
        case of, ground, until, definitive, since, automatic, urgent, fault
        case publicReason = "public_reason"
        case noticeDeliveredAt = "notice_delivered_at"
    }
}

extension SuspensionView {
    static let shape = Shape.object(
        members + [.required("public_reason", Shape.publicReason, "What the public is told.")])
    /// A client's: what the public is told may be each operation's.
    static let shapeOfClient = Shape.object(
        members + [.optional("public_reason", Shape.publicReason, "What the public is told.")])

    private static let members: [Shape.Member] = [
        .required(
            "of", .choice(of: SuspensionInForce.Source.self),
            "A person suspended the operation or its client, or the ladder did."),
        .required("ground", .choice(of: SuspensionGround.self)),
        .optional("until", .time), .required("definitive", .boolean),
        .optional("since", .time, "When a person decided it."),
        .required("automatic", .boolean, "Decided by the ladder, not by a person."),
        .optional("notice_delivered_at", .time, "Of a ground that needs notice."),
        .required("urgent", .boolean, "It waited for no notice, as an admin said."),
        .optional("fault", fault, "Whose fault alone the cause is, where that was said."),
    ]

    static let body = Shape.object([
        .required("ground", .choice(of: SuspensionGround.self)),
        .optional("until", .nullable(.time)), .optional("definitive", .nullable(.boolean)),
        .required("note", Shape.noteText),
        .optional(
            "public_reason", .nullable(Shape.publicReason),
            "What the public is told instead of the ground."),
        .optional(
            "notice",
            .nullable(
                .object([
                    .required("delivered_at", .time),
                    .optional(
                        "terms", .nullable(.choice(of: SuspensionNotice.Terms.self)),
                        "Of a breach; without them, the platform's: `a`."),
                ])), "The client's notice, which `unpaid` and `breach` need."),
        .optional(
            "urgent", .nullable(.boolean), "An admin says so: it waits for no notice."),
        .optional("fault", .nullable(fault), "Whose fault alone the cause is."),
    ])

    private static let fault = Shape.choice(of: SuspensionBasis.Party.self)
}

extension BodyReader {
    /// The members of a suspension's body.
    mutating func suspensionOrder() -> SuspensionOrder {
        let ground: SuspensionGround = requiredChoice("ground", default: .stability)
        let until = optionalTime("until")
        let isDefinitive = flag("definitive")
        let note = text("note", .note)
        let publicReason = optionalText("public_reason", .publicReason)
        let notice = optionalObject("notice") { notice in
            SuspensionNotice(
                deliveredAt: notice.time("delivered_at"), terms: notice.optionalChoice("terms"))
        }
        let basis = SuspensionBasis(
            notice: notice, isUrgent: flag("urgent"), fault: optionalChoice("fault"))
        return SuspensionOrder(
            ground: ground, until: until, isDefinitive: isDefinitive, note: note,
            publicReason: publicReason, basis: basis)
    }
}

extension SuspensionOrder {
    /// - Throws: ``Problem`` 403 where somebody else than an admin says that it is urgent.
    func requirePermission(of author: Author) throws(Problem) {
        if basis.isUrgent, author.role != .admin { throw .forbidden }
    }
}
