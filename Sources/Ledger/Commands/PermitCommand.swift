internal import Time

/// Commands about permits: a load test that the operator has agreed to (C7).
///
/// A permit names a run. The signature is not in them: it is made by the operation's secrets.
package enum PermitCommand: Equatable, Sendable {
    /// Issues a permit for test entries.
    case issue(permitID: String, PermitTerms)
    /// Ends a permit before its time: refused from the next entry on.
    case revoke(permitID: String, note: String?)
    /// Takes the run's entries out of every count, and ends the permit. What they gave is forgotten
    /// next: ``forgotten(permitID:leaves:lastRecord:)``.
    case purge(permitID: String, note: String?)
    /// What the run's entries gave can be read no more (C19). By the process, once for each purge.
    /// - `leaves`: how many were forgotten: one for each entry.
    /// - `lastRecord`: the run has no entry behind it.
    case forgotten(permitID: String, leaves: UInt64, lastRecord: UInt64)

    package enum Name: String, CaseIterable, Sendable {
        case issue = "permit.issue"
        case revoke = "permit.revoke"
        case purge = "permit.purge"
        case forgotten = "permit.forgotten"
    }

    package var name: Name {
        switch self {
        case .issue: .issue
        case .revoke: .revoke
        case .purge: .purge
        case .forgotten: .forgotten
        }
    }

    package var permitID: String {
        switch self {
        case .issue(let id, _), .revoke(let id, _), .purge(let id, _), .forgotten(let id, _, _): id
        }
    }

    package var operation: String? {
        if case .issue(_, let terms) = self { terms.operation } else { nil }
    }
}

// MARK: JSON

extension PermitCommand {
    private enum Member: String, CodingKey {
        case note, leaves
        case permitID = "permit_id"
        case lastRecord = "last_record"
    }

    init(_ name: Name, from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        let id = try members.decode(String.self, forKey: .permitID)
        func note() throws -> String? { try members.decodeIfPresent(String.self, forKey: .note) }
        switch name {
        case .issue: self = .issue(permitID: id, try PermitTerms(from: decoder))
        case .revoke: self = .revoke(permitID: id, note: try note())
        case .purge: self = .purge(permitID: id, note: try note())
        case .forgotten:
            self = .forgotten(
                permitID: id, leaves: try members.decode(UInt64.self, forKey: .leaves),
                lastRecord: try members.decode(UInt64.self, forKey: .lastRecord))
        }
    }

    func encodeMembers(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(permitID, forKey: .permitID)
        switch self {
        case .issue(_, let terms): try terms.encode(to: encoder)
        case .revoke(_, let note), .purge(_, let note):
            try members.encodeIfPresent(note, forKey: .note)
        case .forgotten(_, let leaves, let lastRecord):
            try members.encode(leaves, forKey: .leaves)
            try members.encode(lastRecord, forKey: .lastRecord)
        }
    }
}

// MARK: Application

extension PermitCommand {
    /// Carries the command out, see ``Catalogue/apply(_:by:at:counts:)``.
    /// - Parameter counts: of the run, for its purge.
    func apply(
        to permits: inout PermitTable, _ operations: OperationTable, at time: Timestamp,
        counts: OperationCounts?
    ) throws(CommandRefusal) -> Change {
        switch self {
        case .issue(let id, let terms):
            guard Identifier.isValid(id) else { throw .invalidIdentifier(of: "permit") }
            let operation = try operations.requireIndex(terms.operation)
            try terms.validate(at: time)
            return .permitIssued(try permits.add(id, terms, of: operation, at: time))
        case .revoke(let id, let note):
            try Field.requireNote(note)
            return try permits.revoke(id, at: time)
        case .purge(let id, let note):
            try Field.requireNote(note)
            return try permits.purge(id, entries: counts?.entries ?? 0, at: time)
        case .forgotten(let id, let leaves, _):
            return try permits.forget(id, leaves: leaves, at: time)
        }
    }
}

// MARK: Words

extension PermitCommand {
    package var sentence: String {
        switch self {
        case .issue(let id, let terms):
            "The permit \(id) allows \(Words.grouped(terms.perSecond)) test entries a "
                + "second from \(terms.starts.rfc3339) until \(terms.ends.rfc3339)"
                + (terms.addresses.isEmpty
                    ? "" : ", from \(terms.addresses.joined(separator: ", "))")
                + " (C7)." + Words.note(terms.note)
        case .revoke(let id, let note):
            "The permit \(id) was revoked (C7)." + Words.note(note)
        case .purge(let id, let note):
            "The test entries of the permit \(id) were taken out of every count (C7)."
                + Words.note(note)
        case .forgotten(let id, let leaves, _):
            "What the test entries of the permit \(id) gave was forgotten: "
                + "\(Words.grouped(leaves)) (C7, C19)."
        }
    }
}
