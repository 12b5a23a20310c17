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

    init(_ period: ForceMajeure) {
        forceMajeure = period.number
        kind = period.kind
        note = period.note.isEmpty ? nil : period.note
        starts = period.starts.rfc3339
        ends = period.ends?.rfc3339
    }

    private enum CodingKeys: String, CodingKey {
        case kind, note, starts, ends
        case forceMajeure = "force_majeure"
    }
}

// MARK: Shapes

extension ForceMajeureView {
    static let shape = Shape.object([
        .required("force_majeure", .count, "Its number."), .required("kind", .identifier),
        .optional("note", .noteText), .required("starts", .time),
        .optional("ends", .time, "Absent while it lasts."),
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
