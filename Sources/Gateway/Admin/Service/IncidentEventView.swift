internal import Availability
internal import Ledger
internal import Time

/// A line of an incident's history.
struct IncidentEventView: Encodable {
    let at: String
    let action: String
    let role: IncidentAuthor.Role
    let name: String?
    let note: String?
    let severity: IncidentSeverity?
    let outcome: IncidentOutcome?
    let respondBy: String

    init(_ event: Incident.Event, to author: Author) {
        at = event.at.rfc3339
        role = event.author.role
        name = author.role == .client && event.author.role == .operator ? nil : event.author.name
        note = event.note.isEmpty ? nil : event.note
        respondBy = event.respondBy.rfc3339
        action = Self.word(event.action)
        severity = if case .reclassify(let new)? = event.action { new } else { nil }
        outcome = if case .resolve(let found)? = event.action { found } else { nil }
    }

    private static func word(_ action: IncidentAction?) -> String {
        switch action {
        case nil: "open"
        case .acknowledge?: "acknowledge"
        case .addNote?: "note"
        case .reclassify?: "reclassify"
        case .resolve?: "resolve"
        case .reopen?: "reopen"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case at, action, role, name, note, severity, outcome
        case respondBy = "respond_by"
    }
}

// MARK: Shape

extension IncidentEventView {
    static let shape = Shape.object([
        .required("at", .time),
        .required(
            "action",
            .choice(["open", "acknowledge", "note", "reclassify", "resolve", "reopen"])),
        .required("role", .choice(of: IncidentAuthor.Role.self)),
        .optional("name", .text(0...200), "Of the operator's people a client sees no names."),
        .optional("note", .noteText), .optional("severity", .choice(of: IncidentSeverity.self)),
        .optional("outcome", .choice(of: IncidentOutcome.self)),
        .required("respond_by", .time, "As it stood from here on."),
    ])
}
