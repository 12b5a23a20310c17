package import Contract
internal import Time

/// Commands about a client, its declarations (C1, C2), and the policy of the ladder (C3).
package enum ContractCommand: Equatable, Sendable {
    /// Creates a client, or renames one.
    case putClient(id: String, name: String)
    /// Announces more participants than any operation may have (C2); replaces an earlier notice.
    case giveNotice(operation: String, expectedParticipants: UInt32, note: String?)
    case withdrawNotice(operation: String, note: String?)
    /// Declares a campaign (C1).
    case declareCampaign(operation: String, campaign: String, declaration: CampaignDeclaration)
    case withdrawCampaign(operation: String, campaign: String, note: String?)
    /// Replaces the policy that the ladder acts by.
    case setPolicy(Policy)

    package enum Name: String, CaseIterable, Sendable {
        case putClient = "contract.put_client"
        case giveNotice = "contract.give_notice"
        case withdrawNotice = "contract.withdraw_notice"
        case declareCampaign = "contract.declare_campaign"
        case withdrawCampaign = "contract.withdraw_campaign"
        case setPolicy = "contract.set_policy"
    }

    package var name: Name {
        switch self {
        case .putClient: .putClient
        case .giveNotice: .giveNotice
        case .withdrawNotice: .withdrawNotice
        case .declareCampaign: .declareCampaign
        case .withdrawCampaign: .withdrawCampaign
        case .setPolicy: .setPolicy
        }
    }

    package var operation: String? {
        switch self {
        case .giveNotice(let id, _, _), .withdrawNotice(let id, _),
            .declareCampaign(let id, _, _), .withdrawCampaign(let id, _, _):
            id
        case .putClient, .setPolicy: nil
        }
    }
}

// MARK: JSON

extension ContractCommand {
    private enum Member: String, CodingKey {
        case client, name, operation, note, campaign, policy
        case expectedParticipants = "expected_participants"
    }

    init(_ name: Name, from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        func operation() throws -> String { try members.decode(String.self, forKey: .operation) }
        func campaign() throws -> String { try members.decode(String.self, forKey: .campaign) }
        func note() throws -> String? { try members.decodeIfPresent(String.self, forKey: .note) }
        switch name {
        case .putClient:
            self = .putClient(
                id: try members.decode(String.self, forKey: .client),
                name: try members.decode(String.self, forKey: .name))
        case .giveNotice:
            self = .giveNotice(
                operation: try operation(),
                expectedParticipants: try members.decode(
                    UInt32.self, forKey: .expectedParticipants),
                note: try note())
        case .withdrawNotice:
            self = .withdrawNotice(operation: try operation(), note: try note())
        case .declareCampaign:
            self = .declareCampaign(
                operation: try operation(), campaign: try campaign(),
                declaration: try CampaignDeclaration(from: decoder))
        case .withdrawCampaign:
            self = .withdrawCampaign(
                operation: try operation(), campaign: try campaign(), note: try note())
        case .setPolicy: self = .setPolicy(try members.decode(Policy.self, forKey: .policy))
        }
    }

    func encodeMembers(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encodeIfPresent(operation, forKey: .operation)
        switch self {
        case .putClient(let id, let name):
            try members.encode(id, forKey: .client)
            try members.encode(name, forKey: .name)
        case .giveNotice(_, let expectedParticipants, let note):
            try members.encode(expectedParticipants, forKey: .expectedParticipants)
            try members.encodeIfPresent(note, forKey: .note)
        case .withdrawNotice(_, let note):
            try members.encodeIfPresent(note, forKey: .note)
        case .declareCampaign(_, let campaign, let declaration):
            try members.encode(campaign, forKey: .campaign)
            try declaration.encode(to: encoder)
        case .withdrawCampaign(_, let campaign, let note):
            try members.encode(campaign, forKey: .campaign)
            try members.encodeIfPresent(note, forKey: .note)
        case .setPolicy(let policy): try members.encode(policy, forKey: .policy)
        }
    }
}

// MARK: Application

extension Catalogue {
    mutating func apply(
        _ command: ContractCommand, at time: Timestamp, counts: OperationCounts?
    ) throws(CommandRefusal) -> Change {
        let participants = counts?.participants ?? 0
        switch command {
        case .putClient(let id, let name): return try putClient(id, name: name, at: time)
        case .giveNotice(let id, let expected, let note):
            return try giveNotice(expected, note, to: id, at: time, participants: participants)
        case .withdrawNotice(let id, let note): return try withdrawNotice(of: id, note)
        case .declareCampaign(let id, let campaign, let declaration):
            return try declare(
                campaign, declaration, of: id, at: time, participants: participants)
        case .withdrawCampaign(let id, let campaign, let note):
            return try withdraw(campaign, note, of: id, at: time)
        case .setPolicy(let policy):
            try policy.validate()
            guard policy != self.policy else { return .none }
            self.policy = policy
            return .policyChanged
        }
    }

    private mutating func putClient(
        _ id: String, name: String, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard Identifier.isValid(id) else { throw .invalidIdentifier(of: "client") }
        try Field.requireText(name, 1...LedgerLimits.titleBytes, at: "/name")
        if let index = clientIndex(id) {
            guard clients[Int(index)].name != name else { return .none }
            clients[Int(index)].name = name
            return .clientChanged(index)
        }
        let index = try nextIndex(clients.count, limit: LedgerLimits.clients, name: "clients")
        clients.append(Client(id: id, name: name, createdAt: time))
        clientIndices[id] = index
        return .clientAdded(index)
    }

    private mutating func giveNotice(
        _ expected: UInt32, _ note: String?, to id: String, at time: Timestamp,
        participants: UInt32
    ) throws(CommandRefusal) -> Change {
        let index = try declarable(id, note)
        guard expected > 0 else {
            throw .invalid(pointer: "/expected_participants", detail: "must be at least 1")
        }
        let operation = operations[Int(index)]
        let notice = TrafficNotice(expectedParticipants: expected, declaredAt: time)
        // Too late to count as a notice, but recorded as evidence.
        if TrafficNotice.isLate(participants: participants, cover: operation.cover) {
            return .recorded
        }
        guard operation.declarations.notice?.expectedParticipants != expected else { return .none }
        return declare(index) { $0.notice = notice }
    }

    private mutating func withdrawNotice(of id: String, _ note: String?) throws(CommandRefusal)
        -> Change
    {
        let index = try declarable(id, note)
        guard operations[Int(index)].declarations.notice != nil else { return .none }
        return declare(index) { $0.notice = nil }
    }

    private mutating func declare(
        _ campaign: String, _ declaration: CampaignDeclaration, of id: String, at time: Timestamp,
        participants: UInt32
    ) throws(CommandRefusal) -> Change {
        let index = try declarable(id, declaration.note)
        guard Identifier.isValid(campaign) else { throw .invalidIdentifier(of: "campaign") }
        guard declaration.recipients > 0 else {
            throw .invalid(pointer: "/recipients", detail: "must be at least 1")
        }
        if let ends = declaration.ends, ends <= declaration.starts {
            throw .invalid(pointer: "/ends", detail: "must be after `starts`")
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

    private mutating func withdraw(
        _ campaign: String, _ note: String?, of id: String, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        let index = try declarable(id, note)
        let campaigns = operations[Int(index)].declarations.campaigns
        guard let position = campaigns.firstIndex(where: { $0.id == campaign }) else {
            throw .unknownCampaign(campaign)
        }
        guard campaigns[position].withdrawnAt == nil else { return .none }
        return declare(index) { $0.campaigns[position].withdrawnAt = time }
    }

    /// The operation's index; a closed operation takes no declarations.
    private func declarable(_ id: String, _ note: String?) throws(CommandRefusal) -> UInt32 {
        guard let index = operationIndex(id) else { throw .unknownOperation(id) }
        try Field.requireNote(note)
        guard operations[Int(index)].phase != .closed else { throw .operationClosed(id) }
        return index
    }

    /// Changes the declarations and the cover with them. A changed cover is approached anew.
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
}

extension Policy {
    func validate() throws(CommandRefusal) {
        if let setting = firstOutOfRange {
            throw .invalid(
                pointer: "/" + setting.name, detail: "must be in \(setting.range)")
        }
    }
}

// MARK: Words

extension ContractCommand {
    package var sentence: String {
        switch self {
        case .putClient(let id, let name): "The client \(id) was recorded under the name \(name)."
        case .giveNotice(_, let expected, let note):
            "A traffic notice announced \(Words.grouped(expected)) participants (C2)."
                + Words.note(note)
        case .withdrawNotice(_, let note): "The traffic notice was withdrawn.\(Words.note(note))"
        case .declareCampaign(_, let campaign, let declaration):
            "The campaign \(campaign) was declared: \(declaration.channel.rawValue), "
                + "\(Words.grouped(declaration.recipients)) recipients, starting "
                + "\(declaration.starts.rfc3339) (C1).\(Words.note(declaration.note))"
        case .withdrawCampaign(_, let campaign, let note):
            "The campaign \(campaign) was withdrawn.\(Words.note(note))"
        case .setPolicy(let policy): policy.sentence
        }
    }
}

extension Policy {
    var sentence: String {
        "The policy in force: an operation causes strain if it brings at least "
            + "\(Words.perCent(sharePermille)) % of the load; strain that lasts "
            + "\(suspendAfterSeconds) s suspends it, the first time for \(suspensionSeconds) s."
    }
}
