package import Contract
package import Time

/// Commands about an operation as a whole.
package enum OperationCommand: Equatable, Sendable {
    /// Creates an operation as a draft, or changes the settings of an existing one and keeps its
    /// state. `dataKeyID` names the key that seals what participants give; the first PUT's stays.
    case put(id: String, settings: OperationSettings, dataKeyID: String)
    case open(id: String, note: String?)
    case close(id: String, note: String?)
    /// A person suspends an operation (C8); replaces an earlier suspension: ``SuspensionOrder``.
    case suspend(
        id: String, ground: SuspensionGround, until: Timestamp?, isDefinitive: Bool, note: String,
        publicReason: String? = nil, basis: SuspensionBasis = SuspensionBasis())
    /// A person ends a suspension or a smoothing, a person's or the ladder's; a definitive one only
    /// with the operation's name as `confirm`, and a note (C4).
    case resume(id: String, note: String?, confirm: String? = nil)
    /// Admits at most this many entries a second; `nil`: no pace.
    case setPace(operation: String, perSecond: UInt32?, note: String?)
    /// Sets an operation back to zero (C18): its participants are forgotten, its settings and
    /// declarations stay. `dataKeyID` names the key that seals from now on.
    case reset(id: String, dataKeyID: String, export: ExportReceipt)
    /// Deletes an operation (C18); its name may be given to another.
    case delete(id: String, export: ExportReceipt)

    package enum Name: String, CaseIterable, Sendable {
        case put = "operation.put"
        case open = "operation.open"
        case close = "operation.close"
        case suspend = "operation.suspend"
        case resume = "operation.resume"
        case setPace = "operation.set_pace"
        case reset = "operation.reset"
        case delete = "operation.delete"
    }

    package var name: Name {
        switch self {
        case .put: .put
        case .open: .open
        case .close: .close
        case .suspend: .suspend
        case .resume: .resume
        case .setPace: .setPace
        case .reset: .reset
        case .delete: .delete
        }
    }

    package var operation: String {
        switch self {
        case .put(let id, _, _), .open(let id, _), .close(let id, _),
            .suspend(let id, _, _, _, _, _, _), .resume(let id, _, _), .setPace(let id, _, _),
            .reset(let id, _, _), .delete(let id, _):
            id
        }
    }
}

// MARK: JSON

extension OperationCommand {
    private enum Member: String, CodingKey {
        case operation, note, confirm, export
        case dataKeyID = "data_key_id"
        case perSecond = "per_second"
    }

    init(_ name: Name, from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        let id = try members.decode(String.self, forKey: .operation)
        func note() throws -> String? { try members.decodeIfPresent(String.self, forKey: .note) }
        func export() throws -> ExportReceipt {
            try members.decode(ExportReceipt.self, forKey: .export)
        }
        switch name {
        case .put:
            self = .put(
                id: id, settings: try OperationSettings(from: decoder),
                dataKeyID: try members.decode(String.self, forKey: .dataKeyID))
        case .open: self = .open(id: id, note: try note())
        case .close: self = .close(id: id, note: try note())
        case .suspend:
            let order = try SuspensionOrder(from: decoder)
            self = .suspend(
                id: id, ground: order.ground, until: order.until, isDefinitive: order.isDefinitive,
                note: order.note, publicReason: order.publicReason, basis: order.basis)
        case .resume:
            self = .resume(
                id: id, note: try note(),
                confirm: try members.decodeIfPresent(String.self, forKey: .confirm))
        case .setPace:
            self = .setPace(
                operation: id,
                perSecond: try members.decodeIfPresent(UInt32.self, forKey: .perSecond),
                note: try note())
        case .reset:
            self = .reset(
                id: id, dataKeyID: try members.decode(String.self, forKey: .dataKeyID),
                export: try export())
        case .delete: self = .delete(id: id, export: try export())
        }
    }

    func encodeMembers(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(operation, forKey: .operation)
        switch self {
        case .put(_, let settings, let dataKeyID):
            try settings.encode(to: encoder)
            try members.encode(dataKeyID, forKey: .dataKeyID)
        case .open(_, let note), .close(_, let note):
            try members.encodeIfPresent(note, forKey: .note)
        case .resume(_, let note, let confirm):
            try members.encodeIfPresent(note, forKey: .note)
            try members.encodeIfPresent(confirm, forKey: .confirm)
        case .suspend: try order?.encode(to: encoder)
        case .setPace(_, let perSecond, let note):
            try members.encodeIfPresent(perSecond, forKey: .perSecond)
            try members.encodeIfPresent(note, forKey: .note)
        case .reset(_, let dataKeyID, let export):
            try members.encode(dataKeyID, forKey: .dataKeyID)
            try members.encode(export, forKey: .export)
        case .delete(_, let export):
            try members.encode(export, forKey: .export)
        }
    }
}

// MARK: Application

extension OperationCommand {
    /// Carries the command out, see ``Catalogue/apply(_:by:at:counts:)``.
    /// - Parameter counts: of the operation so far, where they are known.
    func apply(
        to operations: inout OperationTable, _ keys: inout FrontEndKeyTable, clients: ClientTable,
        by author: Author, at time: Timestamp, _ calendar: OperatorCalendar,
        counts: OperationCounts?
    ) throws(CommandRefusal) -> Change {
        switch self {
        case .put(let id, let settings, let dataKeyID):
            guard Identifier.isValid(id) else { throw .invalidIdentifier(of: "operation") }
            guard Identifier.isValid(dataKeyID) else { throw .invalidIdentifier(of: "data key") }
            try settings.validate()
            guard let index = operations.index(id) else {
                guard clients.has(settings.client) else { throw .unknownClient(settings.client) }
                let added = try operations.add(id, settings, dataKeyID: dataKeyID, at: time)
                // A suspended client is suspended with its operations to come (A 4).
                operations[added].setClientSuspension(
                    clients.suspension(of: settings.client, at: time))
                return .operationAdded(added)
            }
            let before = operations[index].settings
            try operations[index].change(
                to: settings, counts: counts ?? OperationCounts(entries: 0, participants: 0))
            guard settings != before else { return .none }
            return settings.policy == before.policy
                ? .operationChanged(index) : .ladderChanged(index)
        case .open(let id, let note):
            guard let index = try Self.move(id, to: .open, note, by: author, &operations)
            else { return .none }
            return .operationOpened(index)
        case .close(let id, let note):
            guard let index = try Self.move(id, to: .closed, note, by: author, &operations)
            else { return .none }
            return .operationClosed(index)
        case .suspend(let id, _, _, _, _, _, _):
            guard let order else { return .none }
            try order.validateTexts()
            let index = try operations.requireIndex(id)
            guard operations[index].phase != .closed else { throw .operationClosed(id) }
            guard operations[index].suspension?.isDefinitive != true else { throw .definitive(id) }
            operations[index].suspend(try order.suspension(by: author, at: time, calendar))
            return .standingChanged(index)
        case .resume(let id, let note, let confirm):
            let index = try operations.requireIndex(id)
            try Field.requireNote(note)
            // A client ends what it ordered itself, and nothing of what others decided.
            let hasEnded: Bool
            if author.role == .client {
                hasEnded = operations[index].endClientSuspension()
            } else {
                let isConfirmed = author.confirmsResumption(of: id, by: confirm, note)
                hasEnded = try operations[index].resume(liftingDefinitive: isConfirmed)
            }
            return hasEnded ? .standingChanged(index) : .none
        case .setPace(let id, let perSecond, let note):
            let index = try operations.requireIndex(id)
            try Field.requireNote(note)
            if let perSecond, !(1...LedgerLimits.pace).contains(perSecond) {
                throw .invalid(
                    pointer: "/per_second", detail: "must be from 1 to \(LedgerLimits.pace)")
            }
            return operations[index].setPace(perSecond) ? .standingChanged(index) : .none
        case .reset(let id, let dataKeyID, let export):
            let old = try operations.requireIndex(id)
            guard Identifier.isValid(dataKeyID) else { throw .invalidIdentifier(of: "data key") }
            try export.validate()
            try export.require(old, counts, of: id)
            let new = try operations.reset(old, dataKeyID: dataKeyID)
            keys.move(operations[new].keys, to: new)
            return .operationReset(old, successor: new)
        case .delete(let id, let export):
            let index = try operations.requireIndex(id)
            try export.validate()
            try export.require(index, counts, of: id)
            keys.revoke(operations[index].keys, at: time)
            operations.delete(index)
            return .operationDeleted(index)
        }
    }

    /// - Returns: the operation's index; `nil` if it is in that phase already. Closing what its
    ///   client has closed is a change: the client does not open it any more.
    private static func move(
        _ id: String, to phase: OperationPhase, _ note: String?, by author: Author,
        _ operations: inout OperationTable
    ) throws(CommandRefusal) -> UInt32? {
        let index = try operations.requireIndex(id)
        try Field.requireNote(note)
        let isTakenOver = operations[index].isClosedByClient && author.role != .client
        guard operations[index].phase != phase || isTakenOver else { return nil }
        operations[index].move(to: phase, by: author)
        return index
    }
}

extension OperationCommand {
    /// The order of a suspension; `nil` for any other command.
    package var order: SuspensionOrder? {
        guard
            case .suspend(
                _, let ground, let until, let isDefinitive, let note, let publicReason, let basis) =
                self
        else { return nil }
        return SuspensionOrder(
            ground: ground, until: until, isDefinitive: isDefinitive, note: note,
            publicReason: publicReason, basis: basis)
    }
}

extension Author {
    /// Whether a resumption lifts a definitive suspension too: an administrator's, who repeats the
    /// name and says why (C4).
    func confirmsResumption(of name: String, by confirm: String?, _ note: String?) -> Bool {
        role == .admin && confirm == name && !(note ?? "").isEmpty
    }
}

// MARK: Words

extension OperationCommand {
    package var sentence: String {
        switch self {
        case .put(_, let settings, _):
            "The operation was created or changed: rule \(settings.rule.rawValue), policy "
                + "\(settings.policy.rawValue)."
        case .open(_, let note): "The operation was opened.\(Words.note(note))"
        case .close(_, let note): "The operation was closed.\(Words.note(note))"
        case .suspend: "A person suspended the operation \(order?.sentence ?? "")"
        case .resume(_, let note, let confirm):
            (confirm == nil
                ? "A person resumed the operation."
                : "An administrator confirmed that the operation resumes.") + Words.note(note)
        case .setPace(_, let perSecond, let note):
            (perSecond.map { "A person set a pace of \(Words.grouped($0)) entries a second (C4)." }
                ?? "A person removed the pace.") + Words.note(note)
        case .reset(_, _, let export):
            "The operation was reset to zero \(export.sentence)"
        case .delete(_, let export): "The operation was deleted \(export.sentence)"
        }
    }
}
