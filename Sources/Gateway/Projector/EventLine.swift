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

    mutating func add(_ name: String, _ value: Bool) { members[name] = .stringConvertible(value) }
    mutating func add(_ name: String, _ value: Double) {
        members[name] = .stringConvertible(value)
    }

    /// All of it: it is what the ladder acts by from here on.
    mutating func add(_ policy: Policy) {
        var settings: Logger.Metadata = [:]
        for setting in Policy.settings {
            settings[setting.name] = .stringConvertible(policy[keyPath: setting.path])
        }
        members["policy"] = .dictionary(settings)
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
        add("nodes", report.nodes)
    }
}
