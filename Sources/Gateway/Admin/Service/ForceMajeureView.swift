internal import Availability
internal import Ledger
internal import Time

/// A period of force majeure (A 14.3).
struct ForceMajeureView: Encodable {
    let forceMajeure: UInt32
    let kind: String
    let note: String?
    let starts: String
    let ends: String?
    let flags: [Flag]

    struct Flag: Encodable {
        let terms: ForceMajeure.Terms
        let since: String

        init(_ flag: ForceMajeure.Flag) {
            terms = flag.terms
            since = flag.since.rfc3339
        }
    }

    /// - Parameter now: the ledger's time.
    init(_ period: ForceMajeure, by calendar: OperatorCalendar, at now: Timestamp) {
        forceMajeure = period.number
        kind = period.kind
        note = period.note.isEmpty ? nil : period.note
        starts = period.starts.rfc3339
        ends = period.ends?.rfc3339
        flags = period.flags(at: now, by: calendar).map(Flag.init)
    }

    private enum CodingKeys: String, CodingKey {
        case kind, note, starts, ends, flags
        case forceMajeure = "force_majeure"
    }
}

// MARK: Shapes

extension ForceMajeureView {
    private static let flag = Shape.object([
        .required(
            "terms", .choice(of: ForceMajeure.Terms.self), "a: beyond a month; b: beyond 30 days."),
        .required("since", .time, "The first moment beyond."),
    ])

    static let shape = Shape.object([
        .required("force_majeure", .count, "Its number."), .required("kind", .identifier),
        .optional("note", .noteText), .required("starts", .time),
        .optional("ends", .time, "Absent while it lasts."),
        .required(
            "flags", .array(flag, maximum: 2), "That it lasted, or lasts, too long (C14)."),
    ])

    static let body = Shape.object([
        .required("kind", .identifier, "What it is, such as flood."),
        .required("starts", .time, "At most 366 days ago, and 31 days ahead."),
        .optional("note", .nullable(.noteText)),
    ])
}

extension ForceMajeureView: ListedView {
    static var listName: String { "force_majeure" }
}
