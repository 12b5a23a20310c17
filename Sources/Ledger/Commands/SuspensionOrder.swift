package import Contract
package import Time

/// What a person orders who suspends an operation or a client (C8).
package struct SuspensionOrder: Equatable, Sendable {
    package var ground: SuspensionGround
    package var until: Timestamp?
    package var isDefinitive: Bool
    package var note: String
    /// What the public is told; `nil`: what an operation's settings say. Never the ground.
    package var publicReason: String?
    package var basis: SuspensionBasis

    package init(
        ground: SuspensionGround, until: Timestamp?, isDefinitive: Bool, note: String,
        publicReason: String? = nil, basis: SuspensionBasis = SuspensionBasis()
    ) {
        self.ground = ground
        self.until = until
        self.isDefinitive = isDefinitive
        self.note = note
        self.publicReason = publicReason
        self.basis = basis
    }

    // MARK: Checks

    /// Checks what can be checked without knowing what is suspended.
    func validateTexts() throws(CommandRefusal) {
        try Field.requireText(note, 1...LedgerLimits.noteBytes, at: "/note")
        if let publicReason {
            try Field.requireText(
                publicReason, 1...LedgerLimits.publicReasonBytes, at: "/public_reason")
        }
    }

    /// The suspension that follows.
    /// - Throws: ``CommandRefusal`` where this author may not order it, or not yet.
    func suspension(
        by author: Author, at time: Timestamp, _ calendar: OperatorCalendar
    ) throws(CommandRefusal) -> Suspension {
        if isDefinitive {
            guard author.isPerson else { throw .definitiveByMachine }
            guard until == nil else {
                throw .invalid(pointer: "/until", detail: "must be absent if `definitive` is true")
            }
        }
        if let until, until <= time {
            throw .invalid(pointer: "/until", detail: "must be in the future")
        }
        try requireNotice(by: author, at: time, calendar)
        return Suspension(
            ground: ground, since: time, until: until, isDefinitive: isDefinitive,
            publicReason: publicReason, basis: basis, isByClient: author.role == .client)
    }

    /// Not before its time, unless an administrator says that it is urgent (C8).
    private func requireNotice(
        by author: Author, at time: Timestamp, _ calendar: OperatorCalendar
    ) throws(CommandRefusal) {
        let notice = basis.notice
        if let notice {
            if notice.terms != nil, !ground.hasTerms {
                throw .invalid(
                    pointer: "/notice/terms", detail: "must be absent: only a breach has terms")
            }
            guard notice.deliveredAt <= time else {
                throw .invalid(pointer: "/notice/delivered_at", detail: "must not be in the future")
            }
        }
        if basis.isUrgent {
            guard author.role == .admin else {
                throw .invalid(
                    pointer: "/urgent", detail: "must be absent: only an admin may say so")
            }
            return
        }
        guard let rule = ground.noticeRule(notice?.terms) else { return }
        guard let notice else {
            throw .invalid(
                pointer: "/notice",
                detail: "must say when the client's notice was delivered: a suspension on the "
                    + "ground `\(ground.rawValue)` is allowed \(rule.sentence)")
        }
        let notBefore = calendar.end(of: rule.period, from: notice.deliveredAt)
        if time < notBefore {
            throw .beforeItsTime(rule: rule.sentence, notBefore: notBefore)
        }
    }
}

// MARK: JSON

/// The members of a suspension's command.
extension SuspensionOrder: Codable {
    private enum Member: String, CodingKey {
        case ground, until, note, notice, urgent, fault
        case isDefinitive = "definitive"
        case publicReason = "public_reason"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        ground = try members.decode(SuspensionGround.self, forKey: .ground)
        until = try members.decodeIfPresent(Timestamp.self, forKey: .until)
        isDefinitive = try members.decode(Bool.self, forKey: .isDefinitive)
        note = try members.decode(String.self, forKey: .note)
        publicReason = try members.decodeIfPresent(String.self, forKey: .publicReason)
        basis = SuspensionBasis(
            notice: try members.decodeIfPresent(SuspensionNotice.self, forKey: .notice),
            isUrgent: try members.decodeIfPresent(Bool.self, forKey: .urgent) ?? false,
            fault: try members.decodeIfPresent(SuspensionBasis.Party.self, forKey: .fault))
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(ground, forKey: .ground)
        try members.encodeIfPresent(until, forKey: .until)
        try members.encode(isDefinitive, forKey: .isDefinitive)
        try members.encode(note, forKey: .note)
        try members.encodeIfPresent(publicReason, forKey: .publicReason)
        try members.encodeIfPresent(basis.notice, forKey: .notice)
        if basis.isUrgent { try members.encode(true, forKey: .urgent) }
        try members.encodeIfPresent(basis.fault, forKey: .fault)
    }
}

// MARK: Words

extension SuspensionOrder {
    /// `on the ground unpaid (C8), until further notice.`, and what it rests on.
    var sentence: String {
        let end =
            isDefinitive
            ? "for good" : until.map { "until \($0.rfc3339)" } ?? "until further notice"
        var text = "on the ground \(ground.rawValue) (C8), \(end)."
        if let notice = basis.notice {
            text += " The client's notice was delivered at \(notice.deliveredAt.rfc3339)"
            text += notice.terms.map { ", under terms \($0.rawValue.uppercased())." } ?? "."
        }
        if basis.isUrgent { text += " It was urgent." }
        if basis.fault == .operator { text += " The cause is the operator's own fault (C9)." }
        return text + Words.note(note)
    }
}
