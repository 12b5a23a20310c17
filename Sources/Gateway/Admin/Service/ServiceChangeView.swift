internal import Availability
internal import Ledger
internal import Time

/// An announced change of the service (C13, B 3.8).
struct ServiceChangeView: Encodable {
    let change: UInt32
    let client: String?
    let note: String
    let degrades: Bool
    let state: ServiceChange.State
    let announcedAt: String
    let takesEffectAt: String
    let withdrawnAt: String?

    /// - Parameter now: the ledger's time.
    init(_ change: ServiceChange, at now: Timestamp) {
        self.change = change.number
        client = change.client
        note = change.note
        degrades = change.degrades
        state = change.state(at: now)
        announcedAt = change.announcedAt.rfc3339
        takesEffectAt = change.takesEffectAt.rfc3339
        withdrawnAt = change.withdrawnAt?.rfc3339
    }

    private enum CodingKeys: String, CodingKey {
        case change, client, note, degrades, state
        case announcedAt = "announced_at"
        case takesEffectAt = "takes_effect_at"
        case withdrawnAt = "withdrawn_at"
    }
}

// MARK: Shapes

extension ServiceChangeView {
    static let shape = Shape.object([
        .required("change", .count, "Its number."),
        .optional("client", .identifier, "The client that it concerns; absent: all clients."),
        .required("note", TextLimit.reason.shape, "What changes."),
        .required("degrades", .boolean, "Takes something away, or makes it worse."),
        .required("state", .choice(of: ServiceChange.State.self)),
        .required("announced_at", .time), .required("takes_effect_at", .time),
        .optional("withdrawn_at", .time),
    ])

    static let body = Shape.object([
        .required("note", TextLimit.reason.shape, "What changes, for those whom it concerns."),
        .required("takes_effect_at", .time, "Within two years."),
        .optional(
            "degrades", .nullable(.boolean),
            "Takes something away, or makes it worse: announced 30 calendar days before (B 3.8)."),
        .optional("client", .nullable(.identifier), "Without it for all clients."),
    ])
}

extension ServiceChangeView: ListedView {
    static var listName: String { "changes" }
}
