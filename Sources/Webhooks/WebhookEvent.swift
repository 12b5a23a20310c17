internal import Availability
internal import Contract
package import Ledger
package import Time
package import Wire

/// What a record is to receivers of webhooks and to those who follow the events: a type and its
/// data. No personal data is in it: names of holders and notes, which people write freely, stay
/// out.
///
/// It follows from the record, its time and the catalogue behind it, or any later one: so what is
/// read from the log again is what was sent at the time.
package struct WebhookEvent: Equatable, Sendable {
    package let type: WebhookEventType
    /// The client whose operation it is about; `nil` for what is about none.
    package let owner: String?
    private let data: JSONValue

    init(_ type: WebhookEventType, owner: String?, _ data: [String: JSONValue]) {
        self.type = type
        self.owner = owner
        var data = data
        data.add("client", text: owner)
        self.data = .object(data)
    }

    /// The operation that it is about; `nil` for what is about none, or about a client as a whole.
    package var operation: String? { data["operation"]?.string }

    /// The message that it is sent as.
    func message(record: UInt64, at time: Timestamp) -> WebhookMessage {
        WebhookMessage(
            record: record, at: time, type: type, body: body(record: record, at: time))
    }

    /// What receivers are sent: JSON on one line.
    package func body(record: UInt64, at time: Timestamp) -> [UInt8] {
        Self.body(type.rawValue, data.members, record: record, at: time)
    }

    /// The same form for what no receiver is sent.
    package static func body(
        _ type: String, _ data: [String: JSONValue], record: UInt64, at time: Timestamp
    ) -> [UInt8] {
        var data = data
        data.add("record", record)
        let body = JSONValue.object([
            "type": .string(type), "timestamp": .string(time.rfc3339), "data": .object(data),
        ])
        return body.bytes
    }
}

// MARK: What the fold found out

extension WebhookEvent {
    /// - Parameters:
    ///   - catalogue: as it is behind the event, or later.
    ///   - time: the record's.
    package init(_ event: LedgerEvent, _ catalogue: Catalogue, at time: Timestamp) {
        let owner = event.operation.flatMap { catalogue.client(of: $0, at: time) }
        var data: [String: JSONValue] = [:]
        data.add("operation", text: event.operation)
        switch event {
        case .coverNear(_, let participants, let cover),
            .coverCrossed(_, let participants, let cover):
            data.add("participants", participants)
            data.add("cover", cover)
            let isNear = event.name == .coverNear
            self.init(isNear ? .coverNear : .coverCrossed, owner: owner, data)
        case .clientCrossed(let crossing):
            self.init(.clientCrossed, owner: crossing.client, Self.data(of: crossing))
        case .clientWithin(let crossing):
            self.init(.clientWithin, owner: crossing.client, Self.data(of: crossing))
        case .suspensionEnded(_, let ground, let until),
            .clientSuspensionEnded(_, let ground, let until):
            data.add("reason", text: "expired")
            data.add("ground", text: ground.rawValue)
            data.add("until", until)
            data.add("by", text: "gateway")
            self.init(.operationResumed, owner: owner, data)
        case .step(let step):
            data.merge(Self.data(of: step)) { $1 }
            self.init(Self.type(of: step), owner: owner, data)
        case .incidentOverdue(let number, let client, let respondBy):
            data.add("incident", number)
            data.add("respond_by", respondBy)
            self.init(.incidentOverdue, owner: client, data)
        case .forceMajeureLasting(let number, let terms, let since):
            data.add("force_majeure", number)
            data.add("terms", text: terms.rawValue)
            data.add("since", since)
            self.init(.forceMajeureLasting, owner: nil, data)
        }
    }

    private static func data(of crossing: ClientCrossing) -> [String: JSONValue] {
        var data: [String: JSONValue] = [:]
        data.add("operations", crossing.operations)
        data.add("participants", crossing.participants)
        data.add("cover", crossing.cover)
        return data
    }

    private static func type(of step: LadderStep) -> WebhookEventType {
        guard step.isEnforced else { return .ladderAdvised }
        return switch step.kind {
        case .smooth: .operationSmoothed
        case .suspend: .operationSuspended
        case .resume: .operationResumed
        }
    }

    private static func data(of step: LadderStep) -> [String: JSONValue] {
        var data: [String: JSONValue] = [:]
        data.add("by", text: "ladder")
        data.add("rule", text: step.rule)
        data.add("ground", text: step.ground)
        data.add("cause", text: step.cause?.rawValue)
        data.add("participants", step.participants)
        data.add("cover", step.cover)
        data.add("crossed_at", step.crossedAt)
        data.add("per_second", step.perSecond)
        data.add("until", step.until)
        data.add("reason", text: step.reason?.rawValue)
        if step.kind == .suspend { data["definitive"] = .bool(false) }
        if !step.isEnforced { data.add("step", text: step.kind.rawValue) }
        if let report = step.report { data.add("pressure", text: "\(report.level.name)") }
        return data
    }
}

// MARK: What people and the process did

extension WebhookEvent {
    /// - Parameters:
    ///   - catalogue: as it is behind the command, or later.
    ///   - time: the record's.
    /// - Returns: `nil` for a command that receivers are not sent.
    package init?(_ record: AdministrativeRecord, _ catalogue: Catalogue, at time: Timestamp) {
        let by = record.author.role.rawValue
        switch record.command {
        case .operation(let command): self.init(command, by: by, catalogue, at: time)
        case .client(let command): self.init(command, by: by)
        case .incident(let command): self.init(command, by: by, catalogue.service.records, at: time)
        case .maintenance(let command): self.init(command, by: by, catalogue.service.records)
        case .service(let command): self.init(command, by: by, catalogue.service.records)
        case .fact(.unknownSource(let surge)):
            var data: [String: JSONValue] = ["operation": .string(surge.operation)]
            data.add("source", text: surge.source)
            data.add("entries", surge.entries)
            data.add("window_seconds", surge.windowSeconds)
            data["share"] = .number(Double(surge.permille) / 1_000)
            let owner = catalogue.client(of: surge.operation, at: time)
            self.init(.campaignUndeclared, owner: owner, data)
        case .fact(.rise(let rise)):
            var data: [String: JSONValue] = ["operation": .string(rise.operation)]
            data.add("entries", rise.entries)
            data.add("window_seconds", rise.windowSeconds)
            let owner = catalogue.client(of: rise.operation, at: time)
            self.init(.trafficUndeclared, owner: owner, data)
        case .permit(let command): self.init(command, by: by, catalogue)
        case .fact(.robots(let minute)):
            // Load tests alone: their permit was an event.
            guard minute.hasRobots else { return nil }
            let owner = catalogue.client(of: minute.operation, at: time)
            self.init(.robotsCounted, owner: owner, Self.data(of: minute))
        case .access(.revokeKey(let keyID, let reason, let declared)):
            guard let index = catalogue.keyIndex(keyID) else { return nil }
            let operation = catalogue.operations[Int(catalogue.keys[Int(index)].operation)]
            var data: [String: JSONValue] = ["operation": .string(operation.id)]
            data.add("key_id", text: keyID)
            data.add("reason", text: reason.rawValue)
            data.add("declared_at", declared)
            data.add("by", text: by)
            self.init(.keyRevoked, owner: operation.client, data)
        default: return nil
        }
    }

    private static func data(of minute: RobotMinute) -> [String: JSONValue] {
        var data: [String: JSONValue] = ["operation": .string(minute.operation)]
        data.add("since", minute.since)
        data.add("until", minute.until)
        data.add("attempts", minute.attempts)
        data.add("robots", minute.robots)
        data.add("suspects", minute.suspects)
        for verdict in RobotMinute.Verdict.allCases { data.add(verdict.rawValue, minute[verdict]) }
        data.add("tests", minute.tests)
        let tools = Set(minute.tools.map(\.tool)).sorted()
        data["tools"] = .array(tools.map(JSONValue.string))
        return data
    }

    private init?(
        _ command: OperationCommand, by: String, _ catalogue: Catalogue, at time: Timestamp
    ) {
        let owner = catalogue.client(of: command.operation, at: time)
        var data: [String: JSONValue] = ["operation": .string(command.operation)]
        data.add("by", text: by)
        switch command {
        case .suspend(_, let ground, let until, let isDefinitive, _, _, _):
            data.add("ground", text: ground.rawValue)
            data.add("until", until)
            data["definitive"] = .bool(isDefinitive)
            self.init(.operationSuspended, owner: owner, data)
        case .resume:
            data.add("reason", text: "person")
            self.init(.operationResumed, owner: owner, data)
        case .setPace(_, let perSecond?, _):
            data.add("per_second", perSecond)
            self.init(.operationSmoothed, owner: owner, data)
        case .setPace(_, nil, _):
            data.add("reason", text: "pace_removed")
            self.init(.operationResumed, owner: owner, data)
        default: return nil
        }
    }
}

extension WebhookEvent {
    /// - Returns: `nil` where the catalogue has no such permit: the command was refused.
    fileprivate init?(_ command: PermitCommand, by: String, _ catalogue: Catalogue) {
        guard let index = catalogue.permitIndex(command.permitID) else { return nil }
        let permit = catalogue.permits[Int(index)]
        let operation = catalogue.operations[Int(permit.operation)]
        var data: [String: JSONValue] = ["operation": .string(operation.id)]
        data.add("permit_id", text: permit.id)
        data.add("by", text: by)
        switch command {
        case .issue(_, let terms):
            data.add("per_second", terms.perSecond)
            data.add("starts", terms.starts)
            data.add("ends", terms.ends)
            self.init(.permitIssued, owner: operation.client, data)
        case .revoke: self.init(.permitRevoked, owner: operation.client, data)
        case .purge: self.init(.permitPurged, owner: operation.client, data)
        case .forgotten(_, let leaves, _):
            data.add("entries", leaves)
            self.init(.permitForgotten, owner: operation.client, data)
        }
    }

    fileprivate init?(_ command: ClientCommand, by: String) {
        var data: [String: JSONValue] = [:]
        data.add("by", text: by)
        switch command {
        case .suspend(let client, let order):
            data.add("ground", text: order.ground.rawValue)
            data.add("until", order.until)
            data["definitive"] = .bool(order.isDefinitive)
            self.init(.clientSuspended, owner: client, data)
        case .resume(let client, _, _):
            self.init(.clientResumed, owner: client, data)
        case .addNote: return nil
        }
    }
}

// MARK: Webhooks themselves

extension WebhookEvent {
    /// A test of a webhook.
    init(test webhook: Catalogue.Webhook) {
        self.init(
            .webhookTest, owner: webhook.client, ["webhook_id": .string(webhook.id)])
    }

    /// Deliveries to a webhook that were given up.
    /// - Parameter unsent: events that waited for a receiver that is gone.
    /// - Returns: `nil` where there are none that bring an event.
    init?(
        givenUp deliveries: [WebhookDelivery], of webhook: Catalogue.Webhook, unsent: Int
    ) {
        let lost = deliveries.filter { $0.outcome == .givenUp }
        let isGone = lost.contains(where: \.isGone)
        guard let first = lost.first, let last = lost.last,
            isGone || lost.contains(where: { !$0.type.isAboutWebhooks })
        else { return nil }
        var data: [String: JSONValue] = ["webhook_id": .string(webhook.id)]
        data.add("given_up", lost.count)
        data.add("first_record", first.record)
        data.add("last_record", last.record)
        data.add("status", last.status)
        if isGone { data.add("unsent", unsent) }
        self.init(isGone ? .webhookDisabled : .webhookGivenUp, owner: webhook.client, data)
    }
}

extension Catalogue {
    /// The client of the operation that had this name at this time: once it is deleted, the name
    /// may be another client's (C17).
    fileprivate func client(of operation: String, at time: Timestamp) -> String? {
        if let current = self.operation(operation), current.createdAt <= time {
            return current.client
        }
        return operations.last { $0.id == operation && $0.createdAt <= time }?.client
    }
}

extension [String: JSONValue] {
    mutating func add(_ name: String, text: String?) {
        if let text { self[name] = .string(text) }
    }

    mutating func add(_ name: String, _ number: (some BinaryInteger)?) {
        if let number { self[name] = .integer(Int(clamping: number)) }
    }

    mutating func add(_ name: String, _ time: Timestamp?) {
        add(name, text: time?.rfc3339)
    }
}
