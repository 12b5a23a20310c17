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

extension ContractCommand {
    /// Carries the command out, see ``Catalogue/apply(_:by:at:counts:)``.
    /// - Parameter participants: those of the operation so far.
    func apply(
        to clients: inout ClientTable, _ operations: inout OperationTable,
        _ policy: inout Policy, at time: Timestamp, participants: UInt32
    ) throws(CommandRefusal) -> Change {
        switch self {
        case .putClient(let id, let name): return try clients.put(id, name: name, at: time)
        case .setPolicy(let new):
            try new.validate()
            guard new != policy else { return .none }
            policy = new
            return .policyChanged
        case .giveNotice(let id, let expected, let note):
            let index = try operations.requireDeclarable(id, note)
            guard expected > 0 else {
                throw .invalid(pointer: "/expected_participants", detail: "must be at least 1")
            }
            // Too late to count as a notice, but recorded as evidence.
            if TrafficNotice.isLate(participants: participants, cover: operations[index].cover) {
                return .recorded
            }
            let notice = TrafficNotice(expectedParticipants: expected, declaredAt: time)
            return operations[index].traffic.setNotice(notice, at: time, policy)
                ? .declarationsChanged(index) : .none
        case .withdrawNotice(let id, let note):
            let index = try operations.requireDeclarable(id, note)
            return operations[index].traffic.setNotice(nil, at: time, policy)
                ? .declarationsChanged(index) : .none
        case .declareCampaign(let id, let campaign, let declaration):
            let index = try operations.requireDeclarable(id, declaration.note)
            guard Identifier.isValid(campaign) else { throw .invalidIdentifier(of: "campaign") }
            try declaration.validate()
            return try operations[index].traffic.declare(
                campaign, declaration, at: time, participants: participants, policy)
                ? .declarationsChanged(index) : .none
        case .withdrawCampaign(let id, let campaign, let note):
            let index = try operations.requireDeclarable(id, note)
            return try operations[index].traffic.withdraw(campaign, at: time, policy)
                ? .declarationsChanged(index) : .none
        }
    }
}

extension OperationTable {
    /// The operation's index; a closed operation takes no declarations.
    fileprivate func requireDeclarable(
        _ id: String, _ note: String?
    ) throws(CommandRefusal) -> UInt32 {
        let index = try requireIndex(id)
        try Field.requireNote(note)
        guard self[index].phase != .closed else { throw .operationClosed(id) }
        return index
    }
}

extension CampaignDeclaration {
    fileprivate func validate() throws(CommandRefusal) {
        guard recipients > 0 else {
            throw .invalid(pointer: "/recipients", detail: "must be at least 1")
        }
        if let ends, ends <= starts {
            throw .invalid(pointer: "/ends", detail: "must be after `starts`")
        }
        if let source {
            try Field.requireText(source, 1...LedgerLimits.sourceBytes, at: "/source")
        }
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
