package import Contract
package import Time

/// Commands about an operation as a whole.
package enum OperationCommand: Equatable, Sendable {
    /// Creates an operation as a draft, or changes the settings of an existing one and keeps its
    /// state. `dataKeyID` names the key that seals what participants give; the first PUT's stays.
    case put(id: String, settings: OperationSettings, dataKeyID: String)
    case open(id: String, note: String?)
    case close(id: String, note: String?)
    /// A person suspends an operation (C8); replaces an earlier suspension.
    /// The public is told `publicReason`, or else what the settings say; never the ground.
    case suspend(
        id: String, ground: SuspensionGround, until: Timestamp?, isDefinitive: Bool, note: String,
        publicReason: String? = nil)
    /// A person ends a suspension or a smoothing, a person's or the ladder's.
    case resume(id: String, note: String?)
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
            .suspend(let id, _, _, _, _, _), .resume(let id, _), .setPace(let id, _, _),
            .reset(let id, _, _), .delete(let id, _):
            id
        }
    }
}

// MARK: JSON

extension OperationCommand {
    private enum Member: String, CodingKey {
        case operation, ground, until, note, export
        case dataKeyID = "data_key_id"
        case isDefinitive = "definitive"
        case perSecond = "per_second"
        case publicReason = "public_reason"
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
            self = .suspend(
                id: id, ground: try members.decode(SuspensionGround.self, forKey: .ground),
                until: try members.decodeIfPresent(Timestamp.self, forKey: .until),
                isDefinitive: try members.decode(Bool.self, forKey: .isDefinitive),
                note: try members.decode(String.self, forKey: .note),
                publicReason: try members.decodeIfPresent(String.self, forKey: .publicReason))
        case .resume: self = .resume(id: id, note: try note())
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
        case .open(_, let note), .close(_, let note), .resume(_, let note):
            try members.encodeIfPresent(note, forKey: .note)
        case .suspend(_, let ground, let until, let isDefinitive, let note, let publicReason):
            try members.encodeIfPresent(publicReason, forKey: .publicReason)
            try members.encode(ground, forKey: .ground)
            try members.encodeIfPresent(until, forKey: .until)
            try members.encode(isDefinitive, forKey: .isDefinitive)
            try members.encode(note, forKey: .note)
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
        by author: Author, at time: Timestamp, counts: OperationCounts?
    ) throws(CommandRefusal) -> Change {
        switch self {
        case .put(let id, let settings, let dataKeyID):
            guard Identifier.isValid(id) else { throw .invalidIdentifier(of: "operation") }
            guard Identifier.isValid(dataKeyID) else { throw .invalidIdentifier(of: "data key") }
            try settings.validate()
            guard let index = operations.index(id) else {
                guard clients.has(settings.client) else { throw .unknownClient(settings.client) }
                return .operationAdded(
                    try operations.add(id, settings, dataKeyID: dataKeyID, at: time))
            }
            let before = operations[index].settings
            try operations[index].change(
                to: settings, counts: counts ?? OperationCounts(entries: 0, participants: 0))
            guard settings != before else { return .none }
            return settings.policy == before.policy
                ? .operationChanged(index) : .ladderChanged(index)
        case .open(let id, let note):
            guard let index = try Self.move(id, to: .open, note, in: &operations)
            else { return .none }
            return .operationOpened(index)
        case .close(let id, let note):
            guard let index = try Self.move(id, to: .closed, note, in: &operations)
            else { return .none }
            return .operationClosed(index)
        case .suspend(let id, let ground, let until, let isDefinitive, let note, let publicReason):
            try Field.requireText(note, 1...LedgerLimits.noteBytes, at: "/note")
            if let publicReason {
                try Field.requireText(
                    publicReason, 1...LedgerLimits.publicReasonBytes, at: "/public_reason")
            }
            let index = try operations.requireIndex(id)
            let suspension = Suspension(
                ground: ground, since: time, until: until, isDefinitive: isDefinitive,
                publicReason: publicReason)
            guard operations[index].phase != .closed else { throw .operationClosed(id) }
            try suspension.validate(by: author)
            try operations[index].suspend(suspension)
            return .standingChanged(index)
        case .resume(let id, let note):
            let index = try operations.requireIndex(id)
            try Field.requireNote(note)
            return try operations[index].resume() ? .standingChanged(index) : .none
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

    /// - Returns: the operation's index; `nil` if it is in that phase already.
    private static func move(
        _ id: String, to phase: OperationPhase, _ note: String?,
        in operations: inout OperationTable
    ) throws(CommandRefusal) -> UInt32? {
        let index = try operations.requireIndex(id)
        try Field.requireNote(note)
        guard operations[index].phase != phase else { return nil }
        operations[index].move(to: phase)
        return index
    }
}

extension Suspension {
    fileprivate func validate(by author: Author) throws(CommandRefusal) {
        if isDefinitive {
            guard author.isPerson else { throw .definitiveByMachine }
            guard until == nil else {
                throw .invalid(pointer: "/until", detail: "must be absent if `definitive` is true")
            }
        }
        if let until, until <= since {
            throw .invalid(pointer: "/until", detail: "must be in the future")
        }
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
        case .suspend(_, let ground, let until, let isDefinitive, let note, _):
            "A person suspended the operation on the ground \(ground.rawValue) (C8), "
                + (isDefinitive
                    ? "for good." : until.map { "until \($0.rfc3339)." } ?? "until further notice.")
                + Words.note(note)
        case .resume(_, let note): "A person resumed the operation.\(Words.note(note))"
        case .setPace(_, let perSecond, let note):
            (perSecond.map { "A person set a pace of \(Words.grouped($0)) entries a second (C4)." }
                ?? "A person removed the pace.") + Words.note(note)
        case .reset(_, _, let export):
            "The operation was reset to zero \(export.sentence)"
        case .delete(_, let export): "The operation was deleted \(export.sentence)"
        }
    }
}
