internal import Bytes
internal import Contract
internal import Ledger
internal import Projections
internal import Robots
internal import Time
internal import Wire

/// Clients and operations, as the operator puts them.
struct OperationHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func putClient(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let name = body.text("name", .name)
        try body.finish()
        let id = call["client"]
        let change = try await control.decide(
            .contract(.putClient(id: id, name: name)), by: call.author
        )
        .change
        var isNew = false
        if case .clientAdded = change { isNew = true }
        return .view(
            ChangedView(
                view: try ClientHandlers(control).view(of: id), changed: change != .none),
            isNew ? .created : .ok)
    }

    func put(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["operation"]
        let catalogue = control.shared.projected.catalogue
        let index = catalogue.operationIndex(id)
        let current = index.map { catalogue.operations[Int($0)].settings }
        let settings = try settings(call.bodyReader(), of: current)
        // A change of one that is there must not make another: it may be deleted meanwhile.
        let expected = index.map { ExpectedOperation(index: $0) }
        let command = OperationCommand.put(
            id: id, settings: settings, dataKeyID: Token.identifier(prefix: "d"))
        let change = try await control.decide(
            .operation(command), by: call.author, expecting: expected
        ).change
        guard case .operationAdded = change else {
            return try view(id, isChanged: change != .none)
        }
        return try view(id, isChanged: true, .created)
    }

    private func view(
        _ id: String, isChanged: Bool, _ status: HTTPStatus = .ok
    ) throws(Problem) -> ControlReply {
        .view(
            ChangedView(
                view: try OperationReader(control).operation(named: id), changed: isChanged),
            status)
    }

    /// Changes the settings that the body names: a JSON Merge Patch (RFC 7396) of what `PUT` takes.
    func patch(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["operation"]
        let patch = try call.mergePatch()
        for _ in 0..<Self.attempts {
            let catalogue = control.shared.projected.catalogue
            guard let index = catalogue.operationIndex(id) else { throw .unknownOperation }
            let operation = catalogue.operations[Int(index)]
            var members = OperationView.members(of: operation.settings)
            members.merge(patch)
            let settings = try settings(BodyReader(members: members), of: operation.settings)
            // Its policy is the operator's, whoever the operation is of.
            if call.author.role == .client, settings.policy != operation.settings.policy {
                throw .forbidden
            }
            let command = OperationCommand.put(
                id: id, settings: settings, dataKeyID: operation.dataKeyID)
            do {
                let decision = try await control.decide(
                    .operation(command), by: call.author,
                    expecting: ExpectedOperation(index: index, settings: operation.settings))
                return try view(id, isChanged: decision.change != .none)
            } catch {
                // Somebody else has changed them meanwhile: the patch is of what is now.
                guard error.code == CommandRefusal.settingsOvertaken(id).code else { throw error }
            }
        }
        throw Problem(CommandRefusal.settingsOvertaken(id))
    }

    private static var attempts: Int { 8 }

    /// - Parameter current: the operation's, where it is there.
    private func settings(
        _ reader: BodyReader, of current: OperationSettings?
    ) throws(Problem) -> OperationSettings {
        var body = reader
        // What is in force is recorded with the settings, the operator's zone too.
        let calendar = control.shared.projected.catalogue.calendar
        let zone = body.optionalString("time_zone") ?? calendar.timeZone
        let localTime =
            LocalTime.resolving(zone, around: control.shared.ledgerTime)
            ?? (zone == calendar.timeZone ? calendar.localTime : nil)
        if localTime == nil {
            body.addError("time_zone", "Must be an IANA time zone name, such as Europe/Paris.")
        }
        let settings = OperationSettings(
            client: body.string("client"), title: body.text("title", .title),
            opens: body.optionalTime("opens"), closes: body.optionalTime("closes"),
            start: body.choice("start", default: .firstCome),
            rule: body.choice("rule", default: .once), timeZone: zone,
            localTime: localTime ?? .utc, minimumAge: body.optionalInteger("minimum_age"),
            consents: body.strings("consents"),
            consentTexts: body.optionalStrings("consent_texts"),
            publicReason: body.optionalText("public_reason", .publicReason),
            allowedOrigins: body.strings("allowed_origins"),
            identity: body.choice("identity", default: .opaque), country: body.country(),
            secondKey: body.secondKey(), cap: body.cap(),
            robots: body.choice("robots", default: .observe), networks: body.networks(),
            allowedRobots: body.allowedRobots(
                pinned: control.shared.ruleset.current.ruleset.pinned,
                current: current?.allowedRobots ?? []),
            policy: body.choice("policy", default: .advise))
        try body.finish()
        return settings
    }
}

extension OperationView {
    /// Settings as the body of `PUT` has them.
    static func members(of settings: OperationSettings) -> [String: JSONValue] {
        var members: [String: JSONValue] = [
            "client": .string(settings.client), "title": .string(settings.title),
            "rule": .string(settings.rule.rawValue), "time_zone": .string(settings.timeZone),
            "consents": .array(settings.consents.map(JSONValue.string)),
            "allowed_origins": .array(settings.allowedOrigins.map(JSONValue.string)),
            "robots": .string(settings.robots.rawValue),
            "policy": .string(settings.policy.rawValue),
        ]
        members["opens"] = settings.opens.map { .string($0.rfc3339) }
        members["closes"] = settings.closes.map { .string($0.rfc3339) }
        members["start"] = .string(settings.start.rawValue)
        members["minimum_age"] = settings.minimumAge.map(JSONValue.integer)
        members["consent_texts"] = settings.consentTexts.map {
            .object($0.mapValues(JSONValue.string))
        }
        members["public_reason"] = settings.publicReason.map(JSONValue.string)
        members["networks"] = .array(settings.networks.map(JSONValue.string))
        members["allowed_robots"] = .array(settings.allowedRobots.map(JSONValue.string))
        members["identity"] = .string(settings.identity.rawValue)
        members["country"] = settings.country.map(JSONValue.string)
        members["second_key"] = settings.secondKey?.json
        members["cap"] = settings.cap?.json
        return members
    }
}

extension [String: JSONValue] {
    /// Applies a JSON Merge Patch (RFC 7396, 2): null takes a member away, an object is merged,
    /// anything else replaces what was there.
    mutating func merge(_ patch: [String: JSONValue]) {
        for (name, value) in patch {
            switch value {
            case .null: removeValue(forKey: name)
            case .object(let inner):
                var members: [String: JSONValue] = [:]
                if case .object(let old)? = self[name] { members = old }
                members.merge(inner)
                self[name] = .object(members)
            default: self[name] = value
            }
        }
    }
}
