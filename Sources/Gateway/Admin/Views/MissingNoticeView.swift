internal import Contract
internal import Ledger
internal import Time

/// A notice that an operation lacks (C1, C2), with the numbers that show it.
struct MissingNoticeView: Encodable {
    let notice: String
    let since: String
    /// Participants or entries, as they were found last.
    let count: Int?
    let allowed: Int
    let source: String?
    let windowSeconds: Int?

    init(_ missing: MissingNotice) {
        notice = missing.kind.rawValue
        since = missing.since.rfc3339
        count = missing.count
        allowed = missing.allowed
        source = missing.source
        windowSeconds = missing.windowSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case notice, since, count, allowed, source
        case windowSeconds = "window_seconds"
    }
}

extension MissingNoticeView {
    static let shape = Shape.object([
        .required(
            "notice", .choice(of: MissingNotice.Kind.self),
            "`cover`: more participants than the operation announced; `client`: than its client's "
                + "operations together may have unannounced; `campaign`: entries with an "
                + "undeclared tag; `rise`: more entries within the window than were announced."),
        .required("since", .time),
        .optional("count", .count, "As found last: participants of `client`, else entries."),
        .required("allowed", .count, "What needs no such notice."),
        .optional("source", .text(1...LedgerLimits.sourceBytes), "The tag of `campaign`."),
        .optional("window_seconds", .count, "Of `campaign` and `rise`."),
    ])

    /// As many as an operation can lack: two of its participants, and its surges.
    static let maximum = 2 + LedgerLimits.surges
}
