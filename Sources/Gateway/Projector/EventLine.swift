internal import Availability
internal import Contract
internal import Ledger
internal import Logging
internal import Time
internal import Wire

/// One line of the ``EventLog``: a level, a message that never varies, and what belongs to it under
/// the names that the admin API has.
struct EventLine {
    let level: Logger.Level
    let message: StaticString
    private(set) var members: Logger.Metadata

    init(_ level: Logger.Level, _ message: StaticString, _ members: Logger.Metadata) {
        self.level = level
        self.message = message
        self.members = members
    }

    /// The same with who acted.
    func by(_ author: Author) -> EventLine {
        var line = self
        line.members["by"] = "\(author.name)"
        line.members["role"] = "\(author.role.rawValue)"
        return line
    }

    /// Adds a number, where there is one.
    mutating func add(_ name: String, _ value: (some BinaryInteger & Sendable)?) {
        if let value { members[name] = .stringConvertible(value) }
    }

    /// Adds a text, where there is one.
    mutating func add(_ name: String, _ value: String?) {
        if let value { members[name] = .string(value) }
    }

    mutating func add(_ name: String, _ values: [String]) {
        members[name] = .array(values.map { .string($0) })
    }
}

// MARK: Events

extension EventLine {
    init(_ event: LedgerEvent) {
        switch event {
        case .coverNear(_, let participants, let cover):
            self.init(.notice, "participants near the cover", [:])
            add("participants", participants)
            add("cover", cover)
        case .coverCrossed(_, let participants, let cover):
            self.init(.warning, "participants beyond the cover", [:])
            add("participants", participants)
            add("cover", cover)
        case .clientCrossed(let crossing):
            self.init(.warning, "participants of a client beyond what is free together", [:])
            add(crossing)
        case .clientWithin(let crossing):
            self.init(.notice, "participants of a client within what is free together", [:])
            add(crossing)
        case .step(let step): self.init(step)
        case .suspensionEnded(_, let ground, let until):
            self.init(.notice, "suspension ended", [:])
            add("ground", ground.rawValue)
            add("until", until.rfc3339)
        case .clientSuspensionEnded(_, let ground, let until):
            self.init(.notice, "client suspension ended", [:])
            add("ground", ground.rawValue)
            add("until", until.rfc3339)
        case .incidentOverdue(let number, let client, let respondBy):
            self.init(overdue: number, of: client, since: respondBy)
        case .forceMajeureLasting(let number, let terms, let since):
            self.init(forceMajeure: number, beyond: terms, since: since)
        }
        members["event"] = "\(event.name.rawValue)"
        add("operation", event.operation)
    }

    private mutating func add(_ crossing: ClientCrossing) {
        add("client", crossing.client)
        add("operations", crossing.operations)
        add("participants", crossing.participants)
        add("cover", crossing.cover)
    }

    private init(_ step: LadderStep) {
        let message: StaticString =
            switch (step.kind, step.isEnforced) {
            case (.smooth, true): "ladder: operation smoothed"
            case (.suspend, true): "ladder: operation suspended"
            case (.resume, true): "ladder: operation resumed"
            case (.smooth, false): "ladder advises: smooth the operation"
            case (.suspend, false): "ladder advises: suspend the operation"
            case (.resume, false): "ladder advises: resume the operation"
            }
        self.init(step.isEnforced && step.kind != .resume ? .warning : .notice, message, [:])
        members["step"] = "\(step.kind.rawValue)"
        members["rule"] = "\(step.rule)"
        add("ground", step.ground)
        add("cause", step.cause?.rawValue)
        members["enforced"] = .stringConvertible(step.isEnforced)
        add("participants", step.participants)
        add("cover", step.cover)
        add("per_second", step.perSecond)
        add("until", step.until?.rfc3339)
        add("reason", step.reason?.rawValue)
        add("crossed_at", step.crossedAt?.rfc3339)
        if let missing = step.missing { add("missing", missing.map(\.kind.rawValue)) }
        guard let report = step.report else { return }
        add(report)
        let demand = report.operations.first { $0.operation == step.operation }
        add("operation_attempts_per_second", demand?.attemptsPerSecond)
        add("operation_accepted_per_second", demand?.acceptedPerSecond)
        members["operation_share"] = demand.map {
            .stringConvertible(Double($0.sharePermille) / 1_000)
        }
    }
}

// MARK: Pressure

extension EventLine {
    /// The level has changed.
    init(_ report: PressureReport, before: PressureLevel) {
        self.init(report.level > .calm ? .warning : .notice, "pressure changed", [:])
        members["before"] = "\(before.name)"
        add(report)
        // The first is the one that brings most, or is held.
        add("top_operation", report.operations.first?.operation)
        add("top_attempts_per_second", report.operations.first?.attemptsPerSecond)
    }

    private mutating func add(_ report: PressureReport) {
        let figures = report.figures
        members["pressure"] = "\(report.level.name)"
        for (name, microseconds) in [
            ("unread_wait_seconds", figures.unreadWait), ("queue_wait_seconds", figures.queueWait),
            ("commit_seconds", figures.commit), ("loop_lag_seconds", figures.loopLag),
        ] {
            members[name] = .stringConvertible(Double(microseconds) / 1e6)
        }
        members["memory_pressure"] = .stringConvertible(Double(figures.memory) / 10)
        add("shed_per_second", figures.shed)
        add("attempts_per_second", report.attemptsPerSecond)
        add("accepted_per_second", report.acceptedPerSecond)
        add("capacity_per_second", report.capacityPerSecond)
        add("stage", report.stage?.rawValue)
    }
}

// MARK: Facts

extension EventLine {
    init(_ fact: Fact) {
        switch fact {
        case .started(let version, let policy, let calendar):
            self.init(.info, "start recorded", [:])
            add("version", version)
            if let policy { add(policy) }
            add("time_zone", calendar?.timeZone)
            add("holidays", calendar?.holidays.rawValue)
        case .measured(let report): self.init(report, before: report.level)
        case .unknownSource(let surge):
            self.init(.warning, "undeclared campaign tag brings a surge", [:])
            add("operation", surge.operation)
            add("source", surge.source)
            add("entries", surge.entries)
            add("window_seconds", surge.windowSeconds)
            add("undeclared_entries", surge.undeclaredEntries)
            members["share"] = .stringConvertible(Double(surge.permille) / 1_000)
        case .rise(let rise):
            self.init(.warning, "entries rise beyond what was announced", [:])
            add("operation", rise.operation)
            add("entries", rise.entries)
            add("window_seconds", rise.windowSeconds)
        case .answered(let answered):
            self.init(.info, "answers counted while the operation was held", [:])
            add("operation", answered.operation)
            add("state", answered.state.rawValue)
            add("since", answered.since.rfc3339)
            add("until", answered.until.rfc3339)
            for verdict in AnsweredEntries.verdicts {
                add(verdict.name, answered[keyPath: verdict.count])
            }
        case .robots(let minute): self.init(minute)
        case .queue(let queue):
            self.init(.debug, "queue counters recorded", [:])
            add("operation", queue.operation)
            add("issued", queue.counters.issued)
            add("called", queue.counters.called)
        case .draw(let draw):
            self.init(
                draw.isOpening ? .notice : .debug,
                draw.isOpening
                    ? "places shuffled at the opening" : "places given before the opening", [:])
            add("operation", draw.operation)
            add("places", draw.draw.registered)
            add("seed", draw.draw.shuffle?.seed)
        case .probeMinute(let report):
            self.init(.warning, "a probe found too many attempts failed or slow", [:])
            add("probe", report.probe)
            add("minute", report.minute.starts.rfc3339)
            add("attempts", report.tally.attempts)
            add("failed", report.tally.failed)
            add("slow", report.tally.slow)
        case .lostMinute(let lost): self.init(lost)
        case .notAccepted(let entries):
            self.init(.debug, "entries that were not accepted", [:])
            add("operation", entries.operation)
            add("entries", entries.counts.total)
        }
        members["command"] = "\(fact.name.rawValue)"
    }

    /// All of it: it is what the ladder acts by from here on.
    private mutating func add(_ policy: Policy) {
        var settings: Logger.Metadata = [:]
        for setting in Policy.settings {
            settings[setting.name] = .stringConvertible(policy[keyPath: setting.path])
        }
        members["policy"] = .dictionary(settings)
    }
}

// MARK: Changes by persons

extension EventLine {
    /// - Parameter before: the settings that a PUT or PATCH replaced; nil for a new operation.
    init(_ command: OperationCommand, changing before: OperationSettings?) {
        switch command {
        case .put(_, let settings, _):
            self.init(.info, before == nil ? "operation created" : "operation changed", [:])
            add("client", settings.client)
            add("rule", settings.rule.rawValue)
            members["policy"] = "\(settings.policy.rawValue)"
            members["robots"] = "\(settings.robots.rawValue)"
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
        members["command"] = "\(command.name.rawValue)"
        members["operation"] = "\(command.operation)"
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
        members["command"] = "\(command.name.rawValue)"
        members["client"] = "\(command.client)"
    }

    private mutating func add(_ order: SuspensionOrder) {
        add("ground", order.ground.rawValue)
        add("until", order.until?.rfc3339)
        members["definitive"] = .stringConvertible(order.isDefinitive)
        add("public_reason", order.publicReason)
        add("notice_delivered_at", order.basis.notice?.deliveredAt.rfc3339)
        if order.basis.isUrgent { members["urgent"] = .stringConvertible(true) }
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
        members["command"] = "\(command.name.rawValue)"
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
        members["command"] = "\(command.name.rawValue)"
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
            members["late"] = .stringConvertible(isLate)
            members["counts"] = .stringConvertible(declared?.counts ?? false)
        case .withdrawCampaign(_, let campaign, _):
            self.init(.info, "campaign withdrawn", [:])
            add("campaign", campaign)
        case .setPolicy(let policy):
            self.init(.notice, "policy changed", [:])
            add(policy)
        }
        members["command"] = "\(command.name.rawValue)"
        if let operation = command.operation { add("operation", operation) }
    }
}
