package import Availability
internal import Time

/// Commands about incidents (C11, C12): a client opens them by its token at any hour, follows them,
/// and says where one is not over; the operator does the rest.
package enum IncidentCommand: Equatable, Sendable {
    /// Opens one.
    /// - `number`: the next one.
    /// - `rule`: which rule of the process found it; `nil` where a person opens it. While an
    ///   incident of the rule is not resolved, no further one is opened.
    case open(number: UInt32, IncidentOrder, rule: String? = nil)
    case act(number: UInt32, IncidentAction, note: String?)

    package enum Name: String, CaseIterable, Sendable {
        case open = "incident.open"
        case acknowledge = "incident.acknowledge"
        case addNote = "incident.add_note"
        case reclassify = "incident.reclassify"
        case resolve = "incident.resolve"
        case reopen = "incident.reopen"
    }

    package var name: Name {
        switch self {
        case .open: .open
        case .act(_, .acknowledge, _): .acknowledge
        case .act(_, .addNote, _): .addNote
        case .act(_, .reclassify, _): .reclassify
        case .act(_, .resolve, _): .resolve
        case .act(_, .reopen, _): .reopen
        }
    }

    package var number: UInt32 {
        switch self {
        case .open(let number, _, _), .act(let number, _, _): number
        }
    }
}

// MARK: JSON

extension IncidentCommand {
    private enum Member: String, CodingKey {
        case incident, client, severity, title, note, rule, outcome
    }

    init(_ name: Name, from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        let number = try members.decode(UInt32.self, forKey: .incident)
        let note = try members.decodeIfPresent(String.self, forKey: .note)
        func severity() throws -> IncidentSeverity {
            try members.decode(IncidentSeverity.self, forKey: .severity)
        }
        let action: IncidentAction
        switch name {
        case .open:
            let order = IncidentOrder(
                try severity(), title: try members.decode(String.self, forKey: .title),
                note: note ?? "",
                client: try members.decodeIfPresent(String.self, forKey: .client))
            self = .open(
                number: number, order,
                rule: try members.decodeIfPresent(String.self, forKey: .rule))
            return
        case .acknowledge: action = .acknowledge
        case .addNote: action = .addNote
        case .reclassify: action = .reclassify(try severity())
        case .resolve:
            action = .resolve(try members.decode(IncidentOutcome.self, forKey: .outcome))
        case .reopen: action = .reopen
        }
        self = .act(number: number, action, note: note)
    }

    func encodeMembers(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(number, forKey: .incident)
        switch self {
        case .open(_, let order, let rule):
            try members.encode(order.severity, forKey: .severity)
            try members.encode(order.title, forKey: .title)
            try members.encodeIfPresent(order.client, forKey: .client)
            if !order.note.isEmpty { try members.encode(order.note, forKey: .note) }
            try members.encodeIfPresent(rule, forKey: .rule)
        case .act(_, let action, let note):
            try members.encodeIfPresent(note, forKey: .note)
            switch action {
            case .reclassify(let severity): try members.encode(severity, forKey: .severity)
            case .resolve(let outcome): try members.encode(outcome, forKey: .outcome)
            case .acknowledge, .addNote, .reopen: break
            }
        }
    }
}

// MARK: Application

extension IncidentCommand {
    /// Carries the command out, see ``Catalogue/apply(_:by:at:counts:)``.
    /// - Parameter calendar: the operator's: by its hours work must start.
    func apply(
        to service: inout ServiceTable, clients: ClientTable, by author: Author,
        at time: Timestamp, _ calendar: OperatorCalendar
    ) throws(CommandRefusal) -> Change {
        let business = service.businessTime(calendar)
        // Hours of a time that cannot be written are not reckoned.
        guard time.isWritable else {
            throw .invalid(pointer: "", detail: "must be at a time from the year 0 to 9999")
        }
        switch self {
        case .open(let number, let order, let rule):
            let opener = try Self.author(author, rule: rule)
            try Self.validate(order, clients: clients, by: author)
            if let rule, service.records.incidents.pending(ofRule: rule, order.client) != nil {
                return .none
            }
            // Nothing changes where it is refused.
            var incidents = service.records.incidents
            try CommandRefusal.requireNext(number, after: incidents.lastNumber, of: .incident)
            incidents.removeResolved(before: ServiceTable.keptSince(time))
            do throws(IncidentRefusal) {
                _ = try incidents.open(order, at: time, by: opener, in: business)
            } catch {
                throw CommandRefusal(error, number)
            }
            service.records.incidents = incidents
        case .act(let number, let action, let note):
            try Field.requireNote(note)
            if action == .addNote {
                try Field.requireLines(note ?? "", 1...LedgerLimits.noteBytes, at: "/note")
            }
            let actor = try Self.author(author, rule: nil)
            do throws(IncidentRefusal) {
                try service.records.incidents.apply(
                    action, to: number, note: note ?? "", at: time, by: actor, in: business)
            } catch {
                throw CommandRefusal(error, number)
            }
        }
        service.updateDue()
        return .recorded
    }

    private static func validate(
        _ order: IncidentOrder, clients: ClientTable, by author: Author
    ) throws(CommandRefusal) {
        if author.role == .client, order.client != author.name {
            throw .forbidden(detail: "A client opens incidents of its own.")
        }
        if let client = order.client, !clients.has(client) { throw .unknownClient(client) }
        try Field.requireText(order.title, 1...Incident.maximumTitleBytes, at: "/title")
        try Field.requireNote(order.note)
    }

    /// The author as incidents have them.
    private static func author(
        _ author: Author, rule: String?
    ) throws(CommandRefusal) -> IncidentAuthor {
        if let rule {
            guard author.role == .gateway, Identifier.isValid(rule) else {
                throw .invalid(pointer: "/rule", detail: "must be a rule of the process")
            }
            return IncidentAuthor(.rule, name: rule)
        }
        switch author.role {
        case .admin, .operator: return IncidentAuthor(.operator, name: author.name)
        case .client: return IncidentAuthor(.client, name: author.name)
        case .gateway: return IncidentAuthor(.rule, name: author.name)
        case .auditor, .scrape:
            throw .forbidden(detail: "This token reads, and changes nothing.")
        }
    }
}

// MARK: Words

extension IncidentCommand {
    package var sentence: String {
        switch self {
        case .open(let number, let order, let rule): Self.sentence(order, number, rule)
        case .act(let number, let action, let note):
            "\(Self.sentence(action, number)) (C12).\(Words.note(note))"
        }
    }

    private static func sentence(
        _ order: IncidentOrder, _ number: UInt32, _ rule: String?
    ) -> String {
        var text = "Incident \(number) was opened"
        if let rule { text += " by the rule \(rule)" }
        text += ", \(order.severity.rawValue)"
        if let client = order.client { text += ", of the client \(client)" }
        text += ": \(order.title) (C11, C12)."
        return text + Words.note(order.note.isEmpty ? nil : order.note)
    }

    private static func sentence(_ action: IncidentAction, _ number: UInt32) -> String {
        switch action {
        case .acknowledge: "Work on incident \(number) started"
        case .addNote: "A note was added to incident \(number)"
        case .reclassify(let severity):
            "Incident \(number) was found to be \(severity.rawValue)"
        case .resolve(let outcome):
            "Incident \(number) was resolved: \(outcome.rawValue.replacing("_", with: " "))"
        case .reopen: "Incident \(number) was opened again"
        }
    }
}
