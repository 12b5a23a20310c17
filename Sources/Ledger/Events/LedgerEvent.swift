package import Availability
package import Contract
package import Time

/// What the fold found out by itself while it decided: an event, recorded behind the record that
/// brought it about (kind 3). A replay comes to the same events, and compares.
///
/// Names and members are a stored format (`FORMAT.md`): events and members may be added, none
/// renamed or given another meaning.
package enum LedgerEvent: Equatable, Sendable {
    /// The participants reached 80 % of the operation's cover.
    case coverNear(operation: String, participants: UInt32, cover: UInt32)
    /// The first participant beyond the cover (C2).
    case coverCrossed(operation: String, participants: UInt32, cover: UInt32)
    /// The operations of the client that announced nothing above what is free have more
    /// participants together than is free (C2), with the operation that brought it about.
    case clientCrossed(ClientCrossing)
    /// They are within it again: some are closed, or announced by now.
    case clientWithin(ClientCrossing)
    /// The ladder took a step (C3, C4), or advised it.
    case step(LadderStep)
    /// A suspension that a person limited in time ended.
    case suspensionEnded(operation: String, ground: SuspensionGround, until: Timestamp)
    /// The same of the operation's client: one event for each of its operations.
    case clientSuspensionEnded(operation: String, ground: SuspensionGround, until: Timestamp)
    /// Work on an incident did not start in time (C11).
    case incidentOverdue(number: UInt32, client: String?, respondBy: Timestamp)
    /// A period of force majeure lasts beyond what terms name (A 14.3).
    case forceMajeureLasting(number: UInt32, terms: ForceMajeure.Terms, since: Timestamp)

    package enum Name: String, CaseIterable, Sendable {
        case coverNear = "cover.near"
        case coverCrossed = "cover.crossed"
        case clientCrossed = "client.crossed"
        case clientWithin = "client.within"
        case step = "ladder.step"
        case suspensionEnded = "suspension.ended"
        case clientSuspensionEnded = "client_suspension.ended"
        case incidentOverdue = "incident.overdue"
        case forceMajeureLasting = "force_majeure.lasting"
    }

    package var name: Name {
        switch self {
        case .coverNear: .coverNear
        case .coverCrossed: .coverCrossed
        case .clientCrossed: .clientCrossed
        case .clientWithin: .clientWithin
        case .step: .step
        case .suspensionEnded: .suspensionEnded
        case .clientSuspensionEnded: .clientSuspensionEnded
        case .incidentOverdue: .incidentOverdue
        case .forceMajeureLasting: .forceMajeureLasting
        }
    }

    /// Whether a record says the same; see ``LadderStep/agrees(with:)``.
    func agrees(with recorded: LedgerEvent) -> Bool {
        guard case .step(let step) = self, case .step(let other) = recorded else {
            return self == recorded
        }
        return step.agrees(with: other)
    }

    /// The operation that the event is about; `nil` for one that is about the service.
    package var operation: String? {
        switch self {
        case .coverNear(let operation, _, _), .coverCrossed(let operation, _, _),
            .suspensionEnded(let operation, _, _), .clientSuspensionEnded(let operation, _, _):
            operation
        case .clientCrossed(let crossing), .clientWithin(let crossing): crossing.operation
        case .step(let step): step.operation
        case .incidentOverdue, .forceMajeureLasting: nil
        }
    }
}

// MARK: JSON

/// In JSON, a flat object: `event` holds the name, the other members depend on it.
extension LedgerEvent: Codable {
    private enum Member: String, CodingKey {
        case event, operation, participants, cover, ground, until, incident, client, terms, since
        case respondBy = "respond_by"
        case forceMajeure = "force_majeure"
    }

    /// - Throws: ``RecordFormatError/unknownEvent(_:)``, and what the decoder throws.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        let text = try members.decode(String.self, forKey: .event)
        guard let name = Name(rawValue: text) else { throw RecordFormatError.unknownEvent(text) }
        func operation() throws -> String { try members.decode(String.self, forKey: .operation) }
        func number(_ member: Member) throws -> UInt32 {
            try members.decode(UInt32.self, forKey: member)
        }
        func end() throws -> (ground: SuspensionGround, until: Timestamp) {
            (
                try members.decode(SuspensionGround.self, forKey: .ground),
                try members.decode(Timestamp.self, forKey: .until)
            )
        }
        switch name {
        case .coverNear:
            self = .coverNear(
                operation: try operation(), participants: try number(.participants),
                cover: try number(.cover))
        case .coverCrossed:
            self = .coverCrossed(
                operation: try operation(), participants: try number(.participants),
                cover: try number(.cover))
        case .clientCrossed: self = .clientCrossed(try ClientCrossing(from: decoder))
        case .clientWithin: self = .clientWithin(try ClientCrossing(from: decoder))
        case .step: self = .step(try LadderStep(from: decoder))
        case .suspensionEnded:
            let (ground, until) = try end()
            self = .suspensionEnded(operation: try operation(), ground: ground, until: until)
        case .clientSuspensionEnded:
            let (ground, until) = try end()
            self = .clientSuspensionEnded(operation: try operation(), ground: ground, until: until)
        case .incidentOverdue:
            self = .incidentOverdue(
                number: try number(.incident),
                client: try members.decodeIfPresent(String.self, forKey: .client),
                respondBy: try members.decode(Timestamp.self, forKey: .respondBy))
        case .forceMajeureLasting:
            self = .forceMajeureLasting(
                number: try number(.forceMajeure),
                terms: try members.decode(ForceMajeure.Terms.self, forKey: .terms),
                since: try members.decode(Timestamp.self, forKey: .since))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(name.rawValue, forKey: .event)
        switch self {
        case .coverNear(let operation, let participants, let cover),
            .coverCrossed(let operation, let participants, let cover):
            try members.encode(operation, forKey: .operation)
            try members.encode(participants, forKey: .participants)
            try members.encode(cover, forKey: .cover)
        case .clientCrossed(let crossing), .clientWithin(let crossing):
            try crossing.encode(to: encoder)
        case .step(let step): try step.encode(to: encoder)
        case .suspensionEnded(let operation, let ground, let until),
            .clientSuspensionEnded(let operation, let ground, let until):
            try members.encode(operation, forKey: .operation)
            try members.encode(ground, forKey: .ground)
            try members.encode(until, forKey: .until)
        case .incidentOverdue(let number, let client, let respondBy):
            try members.encode(number, forKey: .incident)
            try members.encodeIfPresent(client, forKey: .client)
            try members.encode(respondBy, forKey: .respondBy)
        case .forceMajeureLasting(let number, let terms, let since):
            try members.encode(number, forKey: .forceMajeure)
            try members.encode(terms, forKey: .terms)
            try members.encode(since, forKey: .since)
        }
    }
}

// MARK: Words

extension LedgerEvent {
    package var sentence: String {
        switch self {
        case .coverNear(_, let participants, let cover):
            "\(Words.grouped(participants)) participants have entered: 80 % of the cover of "
                + "\(Words.grouped(cover))."
        case .coverCrossed(_, let participants, let cover):
            "\(Words.grouped(participants)) participants have entered: beyond the cover of "
                + "\(Words.grouped(cover)) (C2)."
        case .suspensionEnded(_, let ground, let until):
            "The suspension on the ground \(ground.rawValue) ended as planned at "
                + "\(until.rfc3339)."
        case .clientSuspensionEnded(_, let ground, let until):
            "The suspension of the client on the ground \(ground.rawValue) ended as planned at "
                + "\(until.rfc3339)."
        case .clientCrossed(let crossing):
            "\(crossing.sentence): beyond the \(crossing.cover) that need no notice (C2)."
        case .clientWithin(let crossing):
            "\(crossing.sentence): within the \(crossing.cover) that need no notice."
        case .step(let step): step.sentence
        case .incidentOverdue(let number, let client, let respondBy):
            "Work on incident \(number)" + (client.map { " of the client \($0)" } ?? "")
                + " has not started by \(respondBy.rfc3339) (C11)."
        case .forceMajeureLasting(let number, let terms, let since):
            "The period of force majeure \(number) lasts beyond "
                + (terms == .a ? "a month" : "30 days") + " since \(since.rfc3339) (C14)."
        }
    }
}
