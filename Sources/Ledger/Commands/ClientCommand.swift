internal import Contract
internal import Time

/// Commands about a client as a whole, and what was said between the parties (C4, C8, C15).
package enum ClientCommand: Equatable, Sendable {
    /// A person suspends a client with all its operations, those to come too (A 4); replaces an
    /// earlier suspension of the client, and no operation's own.
    case suspend(client: String, order: SuspensionOrder)
    /// A person ends the client's suspension; a definitive one only with the client's name as
    /// `confirm`, and a note (C4).
    case resume(client: String, note: String?, confirm: String? = nil)
    /// An exchange with the client, about one of its operations or about none.
    case addNote(client: String, operation: String?, text: String)

    package enum Name: String, CaseIterable, Sendable {
        case suspend = "client.suspend"
        case resume = "client.resume"
        case addNote = "client.add_note"
    }

    package var name: Name {
        switch self {
        case .suspend: .suspend
        case .resume: .resume
        case .addNote: .addNote
        }
    }

    package var client: String {
        switch self {
        case .suspend(let client, _), .resume(let client, _, _), .addNote(let client, _, _): client
        }
    }

    package var operation: String? {
        if case .addNote(_, let operation, _) = self { operation } else { nil }
    }
}

// MARK: JSON

extension ClientCommand {
    private enum Member: String, CodingKey {
        case client, operation, text, note, confirm
    }

    init(_ name: Name, from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        let client = try members.decode(String.self, forKey: .client)
        switch name {
        case .suspend:
            self = .suspend(client: client, order: try SuspensionOrder(from: decoder))
        case .resume:
            self = .resume(
                client: client, note: try members.decodeIfPresent(String.self, forKey: .note),
                confirm: try members.decodeIfPresent(String.self, forKey: .confirm))
        case .addNote:
            self = .addNote(
                client: client,
                operation: try members.decodeIfPresent(String.self, forKey: .operation),
                text: try members.decode(String.self, forKey: .text))
        }
    }

    func encodeMembers(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(client, forKey: .client)
        switch self {
        case .suspend(_, let order): try order.encode(to: encoder)
        case .resume(_, let note, let confirm):
            try members.encodeIfPresent(note, forKey: .note)
            try members.encodeIfPresent(confirm, forKey: .confirm)
        case .addNote(_, let operation, let text):
            try members.encodeIfPresent(operation, forKey: .operation)
            try members.encode(text, forKey: .text)
        }
    }
}

// MARK: Application

extension ClientCommand {
    /// Carries the command out, see ``Catalogue/apply(_:by:at:counts:)``.
    func apply(
        to clients: inout ClientTable, _ operations: inout OperationTable, by author: Author,
        at time: Timestamp, _ calendar: OperatorCalendar
    ) throws(CommandRefusal) -> Change {
        // A client does not learn of others (C17).
        guard author.role != .client || author.name == client, let index = clients.index(client)
        else { throw .noClient(client) }
        if author.role == .client {
            guard case .addNote = self else {
                throw .forbidden(
                    detail: "A client as a whole is the operator's to suspend and to resume.")
            }
        }
        switch self {
        case .suspend(_, let order):
            try order.validateTexts()
            guard clients.suspension(of: client, at: time)?.isDefinitive != true else {
                throw .definitive(client)
            }
            let suspension = try order.suspension(by: author, at: time, calendar)
            clients.setSuspension(suspension, of: index)
            for operation in operations.indices(of: client) {
                operations[operation].setClientSuspension(suspension)
            }
            return .clientStandingChanged(index)
        case .resume(_, let note, let confirm):
            try Field.requireNote(note)
            // One whose time is over ends by itself.
            guard let suspension = clients.suspension(of: client, at: time) else { return .none }
            guard
                !suspension.isDefinitive
                    || author.confirmsResumption(of: client, by: confirm, note)
            else { throw .definitive(client) }
            clients.setSuspension(nil, of: index)
            for operation in operations.indices(of: client) {
                operations[operation].setClientSuspension(nil)
            }
            return .clientStandingChanged(index)
        case .addNote(_, let operation, let text):
            if let operation {
                let subject = try operations.requireIndex(operation)
                guard operations[subject].client == client else {
                    throw .unknownOperation(operation)
                }
            }
            try Field.requireLines(text, 1...LedgerLimits.exchangeBytes, at: "/text")
            try clients.countExchange(of: index)
            return .recorded
        }
    }
}

// MARK: Words

extension ClientCommand {
    package var sentence: String {
        switch self {
        case .suspend(let client, let order):
            "A person suspended the client \(client) with all its operations \(order.sentence)"
        case .resume(let client, let note, let confirm):
            (confirm == nil
                ? "A person ended the suspension of the client \(client)."
                : "An administrator confirmed that the suspension of the client \(client) ends.")
                + Words.note(note)
        case .addNote(let client, _, let text): "Exchange with the client \(client): \(text)"
        }
    }
}
