internal import Bytes
import Contract
package import Time

/// Declarations, suspensions, paces: what the contract knows of an operation.
extension Catalogue {
    // MARK: Declarations

    mutating func giveNotice(
        _ expected: UInt32, _ note: String?, to id: String, at time: Timestamp,
        participants: UInt32
    ) throws(CommandRefusal) -> Change {
        let index = try declarable(id, note)
        guard expected > 0 else {
            throw .invalid(pointer: "/expected_participants", detail: "is not at least 1")
        }
        let operation = operations[Int(index)]
        let notice = TrafficNotice(expectedParticipants: expected, declaredAt: time)
        // Too late to be a notice, but what was said is on record.
        if TrafficNotice.isLate(participants: participants, cover: operation.cover) {
            return .factTaken
        }
        guard operation.declarations.notice?.expectedParticipants != expected else { return .none }
        return declare(index) { $0.notice = notice }
    }

    mutating func withdrawNotice(of id: String, _ note: String?) throws(CommandRefusal) -> Change {
        let index = try declarable(id, note)
        guard operations[Int(index)].declarations.notice != nil else { return .none }
        return declare(index) { $0.notice = nil }
    }

    mutating func declare(
        _ campaign: String, _ declaration: CampaignDeclaration, of id: String, at time: Timestamp,
        participants: UInt32
    ) throws(CommandRefusal) -> Change {
        let index = try declarable(id, declaration.note)
        guard Identifier.isValid(campaign) else { throw .invalidIdentifier(of: "campaign") }
        guard declaration.recipients > 0 else {
            throw .invalid(pointer: "/recipients", detail: "is not at least 1")
        }
        if let ends = declaration.ends, ends <= declaration.starts {
            throw .invalid(pointer: "/ends", detail: "is not after `starts`")
        }
        if let source = declaration.source {
            try Field.requireText(source, 1...LedgerLimits.sourceBytes, at: "/source")
        }
        let campaigns = operations[Int(index)].declarations.campaigns
        if let known = campaigns.first(where: { $0.id == campaign }) {
            guard known.declaration == declaration else { throw .campaignExists(campaign) }
            return .none
        }
        guard campaigns.count < LedgerLimits.campaigns else {
            throw .limitReached(name: "campaigns of an operation", limit: LedgerLimits.campaigns)
        }
        let isBelated = !operations[Int(index)].cover.holds(participants)
        return declare(index) {
            $0.campaigns.append(
                Campaign(
                    id: campaign, declaration: declaration, declaredAt: time,
                    isBelated: isBelated))
        }
    }

    mutating func withdraw(
        _ campaign: String, _ note: String?, of id: String, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        let index = try declarable(id, note)
        let campaigns = operations[Int(index)].declarations.campaigns
        guard let place = campaigns.firstIndex(where: { $0.id == campaign }) else {
            throw .unknownCampaign(campaign)
        }
        guard campaigns[place].withdrawnAt == nil else { return .none }
        return declare(index) { $0.campaigns[place].withdrawnAt = time }
    }

    /// An operation of which something may be declared: nothing is, of one that is closed.
    private func declarable(_ id: String, _ note: String?) throws(CommandRefusal) -> UInt32 {
        guard let index = operationIndex(id) else { throw .unknownOperation(id) }
        try Field.requireNote(note)
        guard operations[Int(index)].phase != .closed else { throw .operationClosed(id) }
        return index
    }

    /// Changes what is declared, and the cover with it. How far the participants have come is to
    /// be seen anew where the cover has changed.
    private mutating func declare(
        _ index: UInt32, _ change: (inout Declarations) -> Void
    ) -> Change {
        change(&operations[Int(index)].declarations)
        let cover = Cover(operations[Int(index)].declarations)
        if cover != operations[Int(index)].cover {
            operations[Int(index)].cover = cover
            operations[Int(index)].coverStage = .within
            operations[Int(index)].crossedAt = nil
        }
        return .declarationsChanged(index)
    }

    /// Remembers a tag that nobody declared, the newest first.
    mutating func note(_ surge: UnknownSource) throws(CommandRefusal) -> Change {
        guard surge.isPlausible else {
            throw .invalid(pointer: "", detail: "is no surge that can have been measured")
        }
        guard let index = operationIndex(surge.operation) else {
            throw .unknownOperation(surge.operation)
        }
        var known = operations[Int(index)].unknownSources
        known.removeAll { $0.source == surge.source }
        known.insert(surge, at: 0)
        operations[Int(index)].unknownSources = Array(known.prefix(LedgerLimits.unknownSources))
        return .factTaken
    }

    // MARK: Suspensions and paces

    mutating func suspend(
        _ id: String, _ suspension: Suspension, by author: Author
    ) throws(CommandRefusal) -> Change {
        guard let index = operationIndex(id) else { throw .unknownOperation(id) }
        guard operations[Int(index)].phase != .closed else { throw .operationClosed(id) }
        if suspension.isDefinitive {
            guard author.isPerson else { throw .definitiveByMachine }
            guard suspension.until == nil else {
                throw .invalid(pointer: "/until", detail: "goes with no definitive suspension")
            }
        }
        if let until = suspension.until, until <= suspension.since {
            throw .invalid(pointer: "/until", detail: "is not in the future")
        }
        try requireNotDefinitive(index)
        operations[Int(index)].suspension = suspension
        return .standingChanged(index)
    }

    mutating func resume(_ id: String, _ note: String?) throws(CommandRefusal) -> Change {
        guard let index = operationIndex(id) else { throw .unknownOperation(id) }
        try Field.requireNote(note)
        try requireNotDefinitive(index)
        let operation = operations[Int(index)]
        guard operation.suspension != nil || operation.rung != .open else { return .none }
        operations[Int(index)].suspension = nil
        operations[Int(index)].rung = .open
        return .standingChanged(index)
    }

    private func requireNotDefinitive(_ index: UInt32) throws(CommandRefusal) {
        let operation = operations[Int(index)]
        if operation.suspension?.isDefinitive == true { throw .definitive(operation.id) }
    }

    mutating func setPace(
        _ perSecond: UInt32?, _ note: String?, of id: String
    ) throws(CommandRefusal) -> Change {
        guard let index = operationIndex(id) else { throw .unknownOperation(id) }
        try Field.requireNote(note)
        if let perSecond, !(1...LedgerLimits.pace).contains(perSecond) {
            throw .invalid(
                pointer: "/per_second", detail: "is not within 1 to \(LedgerLimits.pace)")
        }
        guard operations[Int(index)].pace != perSecond else { return .none }
        operations[Int(index)].pace = perSecond
        return .standingChanged(index)
    }

    mutating func setPolicy(_ policy: Policy) throws(CommandRefusal) -> Change {
        if let fault = policy.fault {
            throw .invalid(pointer: "/" + fault.name, detail: "is not within \(fault.range)")
        }
        guard policy != self.policy else { return .none }
        self.policy = policy
        return .policyChanged
    }

    // MARK: Events

    /// Takes over what the fold found out by itself.
    /// - Returns: the operation's index; `nil` if there is none of this name.
    @discardableResult
    package mutating func apply(_ event: LedgerEvent, at time: Timestamp) -> UInt32? {
        guard let index = operationIndex(event.operation) else { return nil }
        switch event {
        case .coverNear: operations[Int(index)].coverStage = .near
        case .coverCrossed:
            operations[Int(index)].coverStage = .crossed
            operations[Int(index)].crossedAt = time
        case .step(let step): operations[Int(index)].rung = step.rung
        case .suspensionEnded: operations[Int(index)].suspension = nil
        }
        return index
    }
}

extension Author {
    /// Whether a person acts, and not a program.
    package var isPerson: Bool { role == .admin || role == .operator }
}

extension LadderStep {
    /// Where it leads.
    var rung: Ladder.Rung {
        switch kind {
        case .smooth: .smoothed(perSecond: perSecond ?? 1)
        case .suspend: .suspended(until: until ?? Timestamp(milliseconds: 0))
        case .resume: .open
        }
    }
}
