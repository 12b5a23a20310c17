internal import Contract
internal import Ledger
internal import Logging
internal import Time

/// Lines of what persons changed.
extension EventLine {
    /// - Parameter before: the settings that a PUT or PATCH replaced; nil for a new operation.
    init(_ command: OperationCommand, changing before: OperationSettings?) {
        switch command {
        case .put(_, let settings, _):
            self.init(.info, before == nil ? "operation created" : "operation changed", [:])
            add("client", settings.client)
            add("rule", settings.rule.rawValue)
            add("policy", settings.policy.rawValue)
            add("robots", settings.robots.rawValue)
            if settings.identity != .opaque { add("identity", settings.identity.rawValue) }
            add("second_key", settings.secondKey?.name)
            if let before { add("changed", Self.names(changedFrom: before, to: settings)) }
        case .open: self.init(.info, "operation opened", [:])
        case .close: self.init(.info, "operation closed", [:])
        case .suspend:
            self.init(.notice, "operation suspended", [:])
            if let order = command.order { add(order) }
        case .resume: self.init(.notice, "operation resumed", [:])
        case .setPace(_, let perSecond, _):
            self.init(.notice, perSecond == nil ? "pace removed" : "pace set", [:])
            add("per_second", perSecond)
        case .reset(_, _, let export):
            self.init(.notice, "operation reset", [:])
            add(export)
        case .delete(_, let export):
            self.init(.notice, "operation deleted", [:])
            add(export)
        }
        add("command", command.name.rawValue)
        add("operation", command.operation)
    }

    init(_ command: ClientCommand) {
        switch command {
        case .suspend(_, let order):
            self.init(.notice, "client suspended", [:])
            add(order)
        case .resume: self.init(.notice, "client resumed", [:])
        case .addNote(_, let operation, _):
            self.init(.info, "exchange noted", [:])
            add("operation", operation)
        }
        add("command", command.name.rawValue)
        add("client", command.client)
    }

    private mutating func add(_ order: SuspensionOrder) {
        add("ground", order.ground.rawValue)
        add("until", order.until?.rfc3339)
        add("definitive", order.isDefinitive)
        add("public_reason", order.publicReason)
        add("notice_delivered_at", order.basis.notice?.deliveredAt.rfc3339)
        if order.basis.isUrgent { add("urgent", true) }
    }

    private static func names(
        changedFrom before: OperationSettings, to after: OperationSettings
    ) -> [String] {
        let (old, new) = (OperationView.members(of: before), OperationView.members(of: after))
        return Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
    }

    private mutating func add(_ export: ExportReceipt) {
        add("export", export.file)
        add("entries", export.entries)
        add("participants", export.participants)
    }

    init(_ command: PersonCommand) {
        switch command {
        case .export(let trace):
            self.init(.notice, "entries exported", [:])
            add("operation", trace.operation)
            add("format", trace.format)
            add("last_record", trace.lastRecord)
        }
        add("command", command.name.rawValue)
    }

    /// - Parameter catalogue: as it is behind the command.
    init(_ command: AccessCommand, _ catalogue: Catalogue) {
        switch command {
        case .addKey(_, let keyID, _, let frontEnd):
            self.init(.info, "front-end key created", [:])
            add("key_id", keyID)
            add("front_end", frontEnd.rawValue)
        case .revokeKey(let keyID, let reason, let declared):
            self.init(.notice, "front-end key revoked", [:])
            add("key_id", keyID)
            add("reason", reason.rawValue)
            add("declared_at", declared?.rfc3339)
            add("operation", Self.owner(of: keyID, catalogue))
        case .suspectKey(let keyID, _):
            self.init(.warning, "front-end key suspected", [:])
            add("key_id", keyID)
            add("operation", Self.owner(of: keyID, catalogue))
        case .addToken(let tokenID, let holder, _, let expires):
            self.init(.info, "token created", [:])
            add("token_id", tokenID)
            add("token_role", holder.role.rawValue)
            add("token_name", holder.name)
            add("expires", expires.rfc3339)
        case .renewToken(let tokenID, let renewal):
            self.init(.info, "token renewed", [:])
            add("token_id", tokenID)
            add("new_token_id", renewal.tokenID)
            add("token_name", Self.holder(of: tokenID, catalogue))
            add("expires", renewal.expires.rfc3339)
            add("overlap_until", renewal.overlapUntil.rfc3339)
        case .revokeToken(let tokenID, let reason, let declared):
            self.init(.notice, "token revoked", [:])
            add("token_id", tokenID)
            add("reason", reason.rawValue)
            add("declared_at", declared?.rfc3339)
            add("token_name", Self.holder(of: tokenID, catalogue))
        case .suspectToken(let tokenID, _):
            self.init(.warning, "token suspected", [:])
            add("token_id", tokenID)
            add("token_name", Self.holder(of: tokenID, catalogue))
        }
        add("command", command.name.rawValue)
        if let operation = command.operation { add("operation", operation) }
    }

    private static func owner(of keyID: String, _ catalogue: Catalogue) -> String? {
        catalogue.keyIndex(keyID).map {
            catalogue.operations[Int(catalogue.keys[Int($0)].operation)].id
        }
    }

    private static func holder(of tokenID: String, _ catalogue: Catalogue) -> String? {
        catalogue.tokens.first { $0.id == tokenID }?.holder.name
    }

    /// - Parameter catalogue: as it is behind the command.
    init(_ command: ContractCommand, _ catalogue: Catalogue) {
        switch command {
        case .putClient(let id, _):
            self.init(.info, "client created or renamed", [:])
            add("client", id)
        case .giveNotice(_, let expected, _):
            self.init(.info, "traffic notice given", [:])
            add("expected_participants", expected)
        case .withdrawNotice: self.init(.info, "traffic notice withdrawn", [:])
        case .declareCampaign(let id, let campaign, let declaration):
            let declared = catalogue.operation(id)?.declarations.campaigns
                .first { $0.id == campaign }
            let isLate = declared?.isLate ?? false
            self.init(
                isLate ? .warning : .info,
                isLate ? "campaign declared late" : "campaign declared", [:])
            add("campaign", campaign)
            add("channel", declaration.channel.rawValue)
            add("recipients", declaration.recipients)
            add("starts", declaration.starts.rfc3339)
            add("source", declared?.source)
            add("late", isLate)
            add("counts", declared?.counts ?? false)
        case .withdrawCampaign(_, let campaign, _):
            self.init(.info, "campaign withdrawn", [:])
            add("campaign", campaign)
        case .setPolicy(let policy):
            self.init(.notice, "policy changed", [:])
            add(policy)
        }
        add("command", command.name.rawValue)
        if let operation = command.operation { add("operation", operation) }
    }
}
